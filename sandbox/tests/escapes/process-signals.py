# what: signals to processes outside, by every call that sends them
# full: contained
# landlock: contained
# off: escapes
import ctypes
import fcntl
import os
import signal
import struct

from attempt import VICTIM, attempt, call, done

with attempt('kill with nothing', 'signals'):
    os.kill(VICTIM, 0)
with attempt('continue the group', 'signals'):
    os.killpg(VICTIM, signal.SIGCONT)
with attempt('queue', 'signals'):
    info = ctypes.create_string_buffer(struct.pack('iii', signal.SIGCONT, 0, -1), 128)
    call('rt_sigqueueinfo', VICTIM, signal.SIGCONT, info)
with attempt('to a thread', 'signals'):
    call('tgkill', VICTIM, VICTIM, signal.SIGCONT)
with attempt('by a descriptor', 'signals'):
    call('pidfd_send_signal', call('pidfd_open', VICTIM, 0), signal.SIGCONT, None, 0)
with attempt('by a descriptor of /proc', 'signals'):
    call('pidfd_send_signal', os.open(f'/proc/{VICTIM}', os.O_RDONLY), signal.SIGCONT, None, 0)
with attempt('by the owner of a pipe', 'signals'):
    # The kernel checks when it sends, and says nothing: the victim's end tells.
    read, write = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETOWN, VICTIM)
    fcntl.fcntl(read, 10, signal.SIGUSR1)
    fcntl.fcntl(read, fcntl.F_SETFL, fcntl.fcntl(read, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(write, b'x')
    raise AssertionError
with attempt('stop and kill', 'signals'):
    os.kill(VICTIM, signal.SIGSTOP)
    os.kill(VICTIM, signal.SIGKILL)
done()
