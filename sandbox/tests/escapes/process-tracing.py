# what: tracing processes, reading their memory and taking their descriptors
# full: contained
# landlock: contained
# off: escapes
import ctypes
import os
import struct

from attempt import VICTIM, ancestors, attempt, call, done, in_child


def mapping(process):
    with open(f'/proc/{process}/maps') as maps:
        return int(maps.readline().split('-')[0], 16)


with attempt('attach to the victim'):
    # To nobody else: attaching stops.
    assert in_child(lambda: call('ptrace', 16, VICTIM, 0, 0))
for process in {VICTIM, os.getppid(), *ancestors()}:
    with attempt(f'seize {process}'):
        assert in_child(lambda: call('ptrace', 0x4206, process, 0, 0))
    with attempt(f'read memory of {process}'):
        buffer = ctypes.create_string_buffer(4)
        local = struct.pack('QQ', ctypes.addressof(buffer), 4)
        call('process_vm_readv', process, local, 1, struct.pack('QQ', mapping(process), 4), 1, 0)
    with attempt(f'a descriptor of {process}'):
        call('pidfd_getfd', call('pidfd_open', process, 0), 0, 0)
    with attempt(f'advise on memory of {process}', but=(22,)):
        call('process_madvise', call('pidfd_open', process, 0), struct.pack('QQ', 0, 4096), 1, 20, 0)
    with attempt(f'compare with {process}'):
        call('kcmp', os.getpid(), process, 0, 1, 1)
# Whoever is traced by its own child can have its calls changed after the filter has looked at them.
with attempt('be traced'):
    assert in_child(lambda: call("ptrace", 0, 0, 0, 0))
with attempt('write to memory of a child', but=(14,)):
    child = os.fork()
    if child == 0:
        os.read(os.pipe()[0], 1)
        os._exit(0)
    try:
        call('process_vm_writev', child, struct.pack('QQ', 0, 0), 1, struct.pack('QQ', 0, 0), 1, 0)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
done()
