# what: links from allowed directories to what is not allowed, and files exchanged with it
# full: contained
# told: README
# landlock: contained
# off: escapes
import os

from attempt import OUTSIDE, WORK, attempt, call, done

os.symlink('..', 'src/up')
with attempt('write through a link to the workspace', 'view'):
    open('src/up/README', 'a').write('planted')
with attempt('link a file of the workspace into an allowed directory', 'files'):
    os.link(OUTSIDE + '/file', 'src/hard')
    open('src/hard', 'a').write('planted')
with attempt('link through an open descriptor', 'files'):
    place = os.open(OUTSIDE + '/file', os.O_PATH)
    os.link(f'/proc/self/fd/{place}', 'src/hard2', follow_symlinks=True)
with attempt('link by an empty path', 'files'):
    place = os.open(OUTSIDE + '/file', os.O_PATH)
    call('linkat', place, b'', -100, b'src/hard3', 0x1000)
with attempt('exchange with a file outside', 'files'):
    call('renameat2', -100, b'src/a', -100, (OUTSIDE + '/file').encode(), 2)
with attempt('leave a whiteout behind', 'files'):
    call('renameat2', -100, (OUTSIDE + '/file').encode(), -100, (OUTSIDE + '/gone').encode(), 4)
with attempt('replace an allowed directory by a link', 'view'):
    os.rename('src', 'tests/src')
    os.symlink(OUTSIDE, 'src')
    open(WORK + '/src/file', 'a').write('planted')
done()
