"""What the scripts share: how they say what went through, and calls that Python has no name for."""
import contextlib
import ctypes
import os
import platform
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
LIBC.mmap.restype = ctypes.c_void_p

OUTSIDE = os.environ['ESCAPE_OUTSIDE']
WORK = os.environ['ESCAPE_WORK']
HOME = os.environ['ESCAPE_HOME']
TOKEN = os.environ['ESCAPE_TOKEN']
VICTIM = int(os.environ['ESCAPE_VICTIM'])
SECRET = b'host-secret'

# Name: (x86-64, the architectures that came later).
NUMBERS = {
    'ptrace': (101, 117), 'personality': (135, 92), 'pivot_root': (155, 41), 'chroot': (161, 51), 'acct': (163, 89),
    'mount': (165, 40), 'umount2': (166, 39), 'swapon': (167, 224), 'swapoff': (168, 225), 'reboot': (169, 142),
    'sethostname': (170, 161), 'setdomainname': (171, 162), 'iopl': (172, None), 'ioperm': (173, None),
    'init_module': (175, 105), 'delete_module': (176, 106), 'quotactl': (179, 60), 'syslog': (103, 116),
    'setxattr': (188, 5), 'adjtimex': (159, 171), 'clock_settime': (227, 112), 'settimeofday': (164, 170),
    'kexec_load': (246, 104), 'add_key': (248, 217), 'request_key': (249, 218), 'keyctl': (250, 219),
    'ioprio_set': (251, 30), 'unshare': (272, 97), 'linkat': (265, 37), 'perf_event_open': (298, 241),
    'fanotify_init': (300, 262), 'prlimit64': (302, 261), 'name_to_handle_at': (303, 264),
    'open_by_handle_at': (304, 265), 'clock_adjtime': (305, 266), 'setns': (308, 268),
    'process_vm_readv': (310, 270), 'process_vm_writev': (311, 271), 'kcmp': (312, 272), 'finit_module': (313, 273),
    'renameat2': (316, 276), 'kexec_file_load': (320, 294), 'bpf': (321, 280), 'userfaultfd': (323, 282),
    'copy_file_range': (326, 285), 'io_uring_setup': (425, 425), 'pidfd_send_signal': (424, 424),
    'open_tree': (428, 428), 'move_mount': (429, 429), 'fsopen': (430, 430), 'fspick': (433, 433),
    'pidfd_open': (434, 434), 'clone3': (435, 435), 'openat2': (437, 437), 'pidfd_getfd': (438, 438),
    'process_madvise': (440, 440), 'mount_setattr': (442, 442), 'quotactl_fd': (443, 443), 'fchmodat2': (452, 452),
    'open_tree_attr': (467, 467), 'file_setattr': (469, 469), 'clone': (56, 220), 'rt_sigqueueinfo': (129, 138),
    'tgkill': (234, 131), 'msgget': (68, 186), 'semget': (64, 190), 'shmget': (29, 194), 'shmat': (30, 196),
    'mknodat': (259, 33), 'fchmodat': (268, 53), 'capset': (126, 91), 'sched_setattr': (314, 274),
    'lookup_dcookie': (212, 18), 'vhangup': (153, 58), 'mq_open': (240, 180), 'mq_timedsend': (242, 182),
}


def number(name):
    """The number of a system call here; an attempt that has none fails like one that is refused."""
    found = NUMBERS[name][0 if platform.machine() == 'x86_64' else 1]
    if found is None:
        raise OSError(38, 'no such call on this machine')
    return found


def call(name, *arguments):
    """Makes a system call by its name or number."""
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = LIBC.syscall(ctypes.c_long(name if isinstance(name, int) else number(name)), *given)
    if result == -1:
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno))
    return result


def escaped(what, kind='escape'):
    print(f'escaped [{kind}] {what}', flush=True)


@contextlib.contextmanager
def attempt(what, kind='escape', but=()):
    """What is done in here is an escape unless the system refuses it, or it fails by an assertion. Errors in `but` come
    after the permission was asked for and given."""
    try:
        yield
    except OSError as error:
        if error.errno in but:
            escaped(f'{what}: permitted', kind)
    except AssertionError:
        pass
    else:
        escaped(what, kind)


def in_child(action):
    """Runs something that may kill its process; whether it went well."""
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def ancestors():
    """The processes above this one, as far as they can be seen."""
    found, process = [], os.getppid()
    while process > 1 and len(found) < 5:
        found.append(process)
        try:
            with open(f'/proc/{process}/stat') as stat:
                process = int(stat.read().rsplit(')', 1)[1].split()[1])
        except OSError:
            break
    return found


def skip(reason):
    print(f'skip: {reason}', flush=True)
    sys.exit(0)


def done():
    """Says that the script came to its end, so that silence is not taken for safety."""
    print('done', flush=True)
