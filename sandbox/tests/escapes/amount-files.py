# what: a file larger than allowed, one with holes, and more open files than allowed
# full: contained
# landlock: contained
# off: harmless: limits are set at every level
import os
import signal

from attempt import attempt, done

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with attempt('a file with a hole'):
    os.truncate(os.open('src/hole', os.O_CREAT | os.O_WRONLY), 1 << 40)
with attempt('a reserved file'):
    os.posix_fallocate(os.open('src/reserved', os.O_CREAT | os.O_WRONLY), 0, 16 << 20)
with attempt('a large file'):
    with open('src/large', 'wb') as file:
        for _ in range(16):
            file.write(bytes(1 << 20))
with attempt('a large file in memory'):
    os.ftruncate(os.memfd_create('large'), 16 << 20)
with attempt('open files'):
    for _ in range(300):
        os.dup(0)
done()
