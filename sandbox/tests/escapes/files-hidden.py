# what: reading credentials and other people's files, by every way to them
# full: contained
# landlock: contained
# off: escapes
import mmap
import os
import subprocess

from attempt import HOME, OUTSIDE, SECRET, TOKEN, WORK, attempt, done

NAMES = [HOME + '/' + name for name in ['.ssh/id_ed25519', '.aws/credentials', '.netrc', '.config/gh/hosts.yml',
                                        '.cargo/credentials.toml', 'notes']]
NAMES += [OUTSIDE + '/secret', WORK + '/.env', WORK + '/app/.env.local', '.env', 'app/.env.local', '/tmp/' + TOKEN,
          '/var/tmp/' + TOKEN, '/dev/shm/' + TOKEN]
for name in NAMES:
    with attempt('read ' + name):
        assert SECRET in open(name, 'rb').read()
    for root in ['/proc/self/root', '/proc/thread-self/root', '/proc/1/root', f'/proc/{os.getppid()}/root']:
        with attempt(f'read {root}{name}'):
            assert SECRET in open(root + os.path.abspath(name), 'rb').read()
    with attempt('reopen a place of ' + name):
        place = os.open(name, os.O_PATH)
        assert SECRET in open(f'/proc/self/fd/{place}', 'rb').read()
    with attempt('map ' + name):
        assert os.path.getsize(name)
        assert SECRET in mmap.mmap(os.open(name, os.O_RDONLY), len(SECRET), prot=mmap.PROT_READ)[:]
    link = 'src/to-' + name.replace('/', '-')
    os.symlink(os.path.abspath(name), link)
    with attempt('follow a link to ' + name):
        assert SECRET in open(link, 'rb').read()
    with attempt('link ' + name):
        os.link(name, link + '-hard')
        assert SECRET in open(link + '-hard', 'rb').read()
    with attempt('copy ' + name):
        subprocess.run(['cp', name, link + '-copy'], stderr=subprocess.DEVNULL)
        assert SECRET in open(link + '-copy', 'rb').read()
    with attempt('move ' + name):
        os.rename(name, link + '-moved')
        assert SECRET in open(link + '-moved', 'rb').read()
    directory = os.path.dirname(os.path.abspath(name))
    with attempt('from within the directory of ' + name):
        here = os.open('.', os.O_PATH)
        try:
            os.chdir(directory)
            assert SECRET in open(os.path.basename(name), 'rb').read()
        finally:
            os.fchdir(here)
with attempt('read /etc/shadow'):
    assert open('/etc/shadow').read()
done()
