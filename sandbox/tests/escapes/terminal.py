# what: the terminal of whoever started the sandbox: typing into it, writing to it
# needs: terminal
# full: contained
# landlock: contained
# off: escapes
import fcntl
import os

from attempt import attempt, done

NAMES = ['/dev/tty', os.environ['ESCAPE_TERMINAL'], '/dev/console', '/dev/tty0', '/dev/stdin', '/proc/self/fd/0']
for name in NAMES:
    for flags in [os.O_RDONLY, os.O_RDWR]:
        with attempt('open ' + name, 'view'):
            terminal = os.open(name, flags | os.O_NONBLOCK | os.O_NOCTTY)
            assert os.isatty(terminal)
            if name != os.environ['ESCAPE_TERMINAL']:
                continue
            os.write(terminal, b'\x1b]52;c;planted\x07')
for descriptor in range(256):
    for request in [0x5412, 0x541C, 0x5412 | 7 << 32]:
        with attempt(f'type into {descriptor}'):
            fcntl.ioctl(descriptor, request, b'\n')
with attempt('type into a terminal of its own'):
    master, slave = os.openpty()
    os.setsid() if os.getpid() != os.getsid(0) else None
    fcntl.ioctl(slave, 0x540E, 0)
    fcntl.ioctl(slave, 0x5412, b'x')
done()
