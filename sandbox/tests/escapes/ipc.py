# what: memory, queues and semaphores that the host shares by number or name
# full: contained
# landlock: not contained (names)
# off: escapes
import ctypes
import os

from attempt import LIBC, SECRET, TOKEN, attempt, call, done

KEY = int(os.environ['ESCAPE_MEMORY'])

with attempt('read shared memory'):
    at = call('shmat', call('shmget', KEY, 0, 0o600), None, 0)
    assert ctypes.string_at(at, len(SECRET)) == SECRET
    ctypes.memmove(at, b'planted', 7)
with attempt('list shared memory', 'names'):
    assert str(KEY) in open('/proc/sysvipc/shm').read()
LIBC.mq_open.restype = ctypes.c_int
with attempt('send to a message queue'):
    queue = LIBC.mq_open(b'/' + TOKEN.encode(), os.O_WRONLY)
    assert queue >= 0
    assert LIBC.mq_send(queue, b'planted', 7, 0) == 0
done()
