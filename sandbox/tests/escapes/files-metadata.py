# what: modes, owners, times and attributes of files outside, by path, by descriptor, and by the newest calls
# full: contained
# landlock: not contained (metadata)
# off: escapes
import ctypes
import fcntl
import os
import struct

from attempt import OUTSIDE, attempt, call, done

FILE = OUTSIDE + '/file'

with attempt('chmod', 'metadata'):
    os.chmod(FILE, 0o666)
with attempt('fchmod of a file open for reading', 'metadata'):
    os.fchmod(os.open(FILE, os.O_RDONLY), 0o604)
with attempt('fchmodat2', 'metadata'):
    call('fchmodat2', -100, FILE.encode(), 0o640, 0)
with attempt('chmod through a place', 'metadata'):
    os.chmod(f'/proc/self/fd/{os.open(FILE, os.O_PATH)}', 0o660)
with attempt('chmod of a directory', 'metadata'):
    os.chmod(OUTSIDE, 0o777)
with attempt('chown', 'metadata'):
    os.chown(FILE, os.getuid(), os.getgid())
with attempt('times', 'metadata'):
    os.utime(FILE, (1, 1))
with attempt('an attribute', 'metadata'):
    os.setxattr(FILE, 'user.planted', b'x')
with attempt('flags', 'metadata'):
    # FS_IOC_GETFLAGS and FS_IOC_SETFLAGS, with what is set already.
    file = os.open(FILE, os.O_RDONLY)
    flags = fcntl.ioctl(file, 0x80086601, struct.pack('L', 0))
    fcntl.ioctl(file, 0x40086602, flags)
with attempt('flags, by path', 'metadata'):
    call('file_setattr', -100, FILE.encode(), ctypes.create_string_buffer(24), 24, 0)
done()
