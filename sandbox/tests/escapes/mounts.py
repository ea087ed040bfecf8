# what: mounts, roots and namespaces of its own, by the old and the new calls, with and without a new user first
# full: contained
# landlock: contained
# off: escapes
import ctypes
import os
import struct

from attempt import attempt, call, done, in_child

NEW = {'users': 0x10000000, 'mounts': 0x20000, 'processes': 0x20000000, 'network': 0x40000000, 'names': 0x4000000,
       'ipc': 0x8000000, 'groups': 0x2000000, 'time': 0x80}

os.mkdir('src/here')


def unmount():
    call('umount2', b'src/here', 2)


def all_mounts():
    with attempt('mount tmpfs'):
        call('mount', b'none', b'src/here', b'tmpfs', 0, b'')
        unmount()
    with attempt('mount bind'):
        call('mount', b'tests', b'src/here', None, 0x1000, None)
        unmount()
    with attempt('remount', but=(22,)):
        call('mount', None, b'src/here', None, 0x1000 | 0x20, None)
    with attempt('fsopen'):
        call('fsopen', b'tmpfs', 0)
    with attempt('open_tree'):
        call('open_tree', -100, b'/', 1 | 0x8000)
    with attempt('open_tree_attr'):
        call('open_tree_attr', -100, b'/', 1 | 0x8000, struct.pack('QQQQ', 0, 0, 0, 0), 32)
    with attempt('fspick'):
        call('fspick', -100, b'/', 0)
    with attempt('mount_setattr', but=(22,)):
        call('mount_setattr', -100, b'src/here', 0, struct.pack('QQQQ', 0, 1, 0, 0), 32)
    with attempt('pivot_root', but=(16, 22)):
        call('pivot_root', b'src/here', b'src/here')
    with attempt('chroot'):
        assert in_child(lambda: call('chroot', b'src/here'))
    with attempt('unmount', but=(22,)):
        # Not the place of a mount, which is looked at after the permission.
        call('umount2', b'src/here', 2)


all_mounts()
for name, flag in NEW.items():
    with attempt('unshare ' + name):
        assert in_child(lambda: call('unshare', flag))
    if name != 'time':
        with attempt('clone with new ' + name):
            def cloned():
                child = call('clone', flag | 17, 0, 0, 0, 0)
                if child == 0:
                    os._exit(0)
                os.waitpid(child, 0)
            assert in_child(cloned)
    with attempt('clone3 with new ' + name):
        def cloned():
            child = call('clone3', ctypes.create_string_buffer(struct.pack('8Q', flag, 0, 0, 0, 17, 0, 0, 0)), 64)
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        assert in_child(cloned)


def as_another():
    call('unshare', 0x10020000)
    all_mounts()


with attempt('unshare users and mounts'):
    assert in_child(as_another)
for process in ['1', str(os.getppid()), os.environ['ESCAPE_VICTIM']]:
    for name in ['user', 'mnt', 'net', 'pid', 'uts', 'ipc', 'cgroup']:
        with attempt(f'enter the {name} namespace of {process}'):
            kind = os.open(f'/proc/{process}/ns/{name}', os.O_RDONLY)
            assert in_child(lambda: call('setns', kind, 0))
with attempt('enter the namespaces of a process by descriptor'):
    process = call('pidfd_open', int(os.environ['ESCAPE_VICTIM']), 0)
    assert in_child(lambda: call('setns', process, 0x40000000))
done()
