# what: the machine as a whole: time, name, modules, swap, kernel programs, keys; with arguments that do nothing
# full: contained
# landlock: contained
# off: escapes
import ctypes
import os
import struct
import time

from attempt import attempt, call, done

NAME = os.uname().nodename.encode()
MISSING = b'/missing'


def probe(name, *arguments, but=(22, 2, 14, 8, 77, 6, 20, 9, 95, 7, 12)):
    """Any answer but a refusal shows that the call was permitted."""
    with attempt(name, but=but):
        call(name, *arguments)


with attempt('set the time'):
    call('clock_settime', 0, struct.pack('qq', *divmod(time.time_ns(), 10**9)))
with attempt('set the time of day'):
    call('settimeofday', struct.pack('qq', int(time.time()), 0), None)
with attempt('adjust the time'):
    times = ctypes.create_string_buffer(208)
    call('adjtimex', times)
    tick = struct.unpack_from('q', times, 88)[0]
    struct.pack_into('I', times, 0, 0x4000)
    struct.pack_into('q', times, 88, tick)
    call('adjtimex', times)
probe('sethostname', NAME, len(NAME))
probe('setdomainname', b'(none)', 6)
probe('acct', MISSING)
probe('swapon', MISSING, 0)
probe('swapoff', MISSING)
probe('init_module', None, 0, b'')
probe('finit_module', -1, b'', 0)
probe('delete_module', b'missing', 0)
probe('kexec_load', 0, 1000, None, 0)
probe('kexec_file_load', -1, -1, 0, b'', 1000)
probe('reboot', 0, 0, 0, 0)
probe('quotactl', 0x80000000 | 0x800002 << 8, MISSING, 0, None, but=(2, 3, 15))
probe('bpf', 0, ctypes.create_string_buffer(struct.pack('IIII', 2, 4, 4, 1), 64), 64)
probe('bpf', 5, ctypes.create_string_buffer(64), 64)
probe('perf_event_open', ctypes.create_string_buffer(struct.pack('IIQ', 1, 112, 0), 112), 0, -1, -1, 0)
probe('userfaultfd', 1)
probe('userfaultfd', 0)
probe('keyctl', 0, -3, 1)
probe('keyctl', 1, b'planted')
probe('add_key', b'user', b'planted', b'x', 1, -3)
probe('request_key', b'user', b'planted', None, 0, but=(126,))
probe('syslog', 10, None, 0)
probe('personality', 0x0400000)
probe('iopl', 3)
probe('ioperm', 0x80, 1, 1)
done()
