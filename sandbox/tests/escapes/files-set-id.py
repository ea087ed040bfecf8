# what: programs that give their user's rights to others, by every call that makes or changes a mode
# full: contained
# landlock: contained
# off: escapes
import os
import stat
import struct

from attempt import attempt, call, done


def has_set_id(path):
    assert os.lstat(path).st_mode & (stat.S_ISUID | stat.S_ISGID)


def make(path):
    with open(path, 'w') as file:
        file.write('#!/bin/sh\n')
    os.chmod(path, 0o755)
    return path.encode()


with attempt('chmod'):
    os.chmod(make('src/1'), 0o4755)
    has_set_id('src/1')
with attempt('fchmod'):
    os.fchmod(os.open(make('src/2'), os.O_RDONLY), 0o2755)
    has_set_id('src/2')
with attempt('fchmodat'):
    call('fchmodat', -100, make('src/3'), 0o6755)
    has_set_id('src/3')
with attempt('fchmodat2'):
    call('fchmodat2', -100, make('src/4'), 0o4755, 0)
    has_set_id('src/4')
with attempt('fchmodat2 of a descriptor'):
    call('fchmodat2', os.open(make('src/5'), os.O_PATH), b'', 0o4755, 0x1000)
    has_set_id('src/5')
with attempt('open'):
    os.open('src/6', os.O_CREAT | os.O_WRONLY, 0o4755)
    has_set_id('src/6')
with attempt('open with flags in the upper half of the register'):
    os.open('src/7', os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o2755)
    has_set_id('src/7')
with attempt('an unnamed file'):
    unnamed = os.open('src', os.O_TMPFILE | os.O_RDWR, 0o4755)
    assert os.fstat(unnamed).st_mode & stat.S_ISUID
with attempt('mknod'):
    os.mknod('src/8', 0o104755)
    has_set_id('src/8')
with attempt('mode with other bits set in the upper half'):
    call('fchmodat', -100, make('src/9'), (7 << 32) | 0o4755)
    has_set_id('src/9')
with attempt('openat2'):
    call('openat2', -100, b'src/10', struct.pack('QQQ', os.O_CREAT | os.O_WRONLY, 0o4755, 0), 24)
    has_set_id('src/10')
os.umask(0)
with attempt('mkdir'):
    os.mkdir('src/11', 0o2777)
    has_set_id('src/11')
with attempt('capabilities of a file'):
    # VFS_CAP_REVISION_2, effective, CAP_SETUID: only for the superuser outside.
    os.setxattr(make('src/12'), 'security.capability', struct.pack('<IIIII', 0x02000001, 1 << 7, 0, 0, 0))
done()
