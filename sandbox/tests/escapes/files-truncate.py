# what: emptying, filling and overwriting a file outside by calls that need no ordinary open
# full: contained
# landlock: contained
# off: escapes
import mmap
import os

from attempt import OUTSIDE, attempt, call, done

FILE = OUTSIDE + '/file'

with attempt('truncate by path', 'files'):
    os.truncate(FILE, 0)
with attempt('open for reading, truncating', 'files'):
    os.open(FILE, os.O_RDONLY | os.O_TRUNC)
with attempt('truncate by a reopened place', 'files'):
    place = os.open(FILE, os.O_PATH)
    os.truncate(f'/proc/self/fd/{place}', 0)
with attempt('reopen a place for writing', 'files'):
    place = os.open(FILE, os.O_PATH)
    os.write(os.open(f'/proc/self/fd/{place}', os.O_WRONLY), b'planted')
with attempt('an unnamed file, linked', 'files'):
    unnamed = os.open(OUTSIDE, os.O_TMPFILE | os.O_RDWR)
    os.link(f'/proc/self/fd/{unnamed}', OUTSIDE + '/linked', follow_symlinks=True)
with attempt('an unnamed file of the workspace, linked outside', 'files'):
    unnamed = os.open('src', os.O_TMPFILE | os.O_RDWR)
    call('linkat', -100, f'/proc/self/fd/{unnamed}'.encode(), -100, (OUTSIDE + '/linked2').encode(), 0x400)
with attempt('write to a shared mapping', 'files'):
    target = os.open(FILE, os.O_RDWR)
    os.ftruncate(target, 8)
    mmap.mmap(target, 8)[0:4] = b'xxxx'
with attempt('copy within the kernel', 'files'):
    source = os.open('README', os.O_RDONLY)
    os.copy_file_range(source, os.open(FILE, os.O_WRONLY), 4)
done()
