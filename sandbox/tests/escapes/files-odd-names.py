# what: names that break lines, command terminals or are no text, and trees deeper than any path
# full: contained
# told: README
# landlock: contained
# off: harmless: all of it is allowed; the sandbox must find its way through and out of it
import os

from attempt import done

for name in [b'line\nbreak', b'escape\x1b]0;planted\x07', b'\xff\xfe', b'-rf', b' ', b'\xe2\x80\xae', b'x' * 255]:
    open(b'src/' + name, 'w').close()
os.chdir('src')
for _ in range(60):
    os.mkdir('deep' * 40)
    os.chdir('deep' * 40)
os.chmod('.', 0)
os.chdir(os.environ['ESCAPE_WORK'])
for name in ['closed', 'closed/inner']:
    os.mkdir('src/' + name)
open('src/closed/inner/file', 'w').close()
os.chmod('src/closed/inner', 0)
os.chmod('src/closed', 0)
os.mkfifo('src/pipe')
os.symlink('/' + 'x' * 4000, 'src/long')
try:
    open('README', 'a').write('planted')
except OSError:
    pass
done()
