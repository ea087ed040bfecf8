# what: privileges: kept, regained, or taken from a program that gives them away
# full: contained
# landlock: contained
# off: escapes
import ctypes
import os
import struct
import subprocess

from attempt import attempt, call, done, in_child

status = dict(line.split(':\t', 1) for line in open('/proc/self/status').read().splitlines() if ':\t' in line)
with attempt('no_new_privs is not set'):
    assert status['NoNewPrivs'].strip() != '1'
for name in ['CapEff', 'CapPrm', 'CapInh', 'CapAmb']:
    with attempt(f'{name} {status[name]}'):
        assert int(status[name], 16)
with attempt('become somebody else'):
    assert in_child(lambda: os.setuid(os.getuid() + 1))
with attempt('become the superuser', but=(0,)):
    assert os.getuid() != 0 and in_child(lambda: os.setuid(0))
with attempt('choose groups'):
    assert in_child(lambda: os.setgroups([0, 6]))
with attempt('take capabilities'):
    header, data = struct.pack('Ii', 0x20080522, 0), struct.pack('IIIIII', 1 << 21, 1 << 21, 0, 0, 0, 0)
    call('capset', header, data)
with attempt('ambient capabilities'):
    assert ctypes.CDLL(None).prctl(47, 2, 21, 0, 0) == 0
with attempt('a program that runs as its owner'):
    said = subprocess.run(['./set-id', '-u'], capture_output=True, text=True).stdout.strip()
    assert said and int(said) != os.getuid()
done()
