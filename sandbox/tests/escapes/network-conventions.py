# what: the same calls by other conventions: x32, 32-bit programs, and rings that the kernel reads calls from
# full: contained
# landlock: contained
# off: escapes
import ctypes
import mmap
import platform
import struct

from attempt import attempt, call, done, in_child



def permitted(*arguments):
    try:
        call(*arguments)
    except OSError as error:
        assert error.errno == 2


with attempt('a ring', but=(22, 14)):
    call('io_uring_setup', 8, ctypes.create_string_buffer(120))
if platform.machine() == 'x86_64':
    # socket(AF_VSOCK), where only the convention differs; the kernel may not have it at all.
    for name, number in [('socket', 41), ('mount', 165), ('ptrace', 521), ('io_uring_setup', 425)]:
        with attempt('x32: ' + name):
            assert in_child(lambda: call(0x40000000 | number, 40, 1, 0))
    for name, number in [('socket', 359), ('mount', 21), ('chroot', 61), ('unshare', 310), ('getpid', 20)]:
        code = struct.pack('<BI', 0xb8, number) + bytes.fromhex('31db31c931d2cd80c3')

        def by_interrupt():
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(code)
            at = ctypes.addressof(ctypes.c_char.from_buffer(page))
            result = ctypes.CFUNCTYPE(ctypes.c_int)(at)()
            assert result >= 0

        with attempt('32 bits: ' + name):
            assert in_child(by_interrupt)
    with attempt('a number with bits in the upper half'):
        # Of what is only looked at once it is permitted: there is no such place.
        assert in_child(lambda: permitted((1 << 32) | 165, b'none', b'missing', b'tmpfs', 0, b''))
done()
