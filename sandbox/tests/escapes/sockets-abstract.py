# what: sockets of the host without a path
# full: contained
# landlock: not contained (names)
# off: escapes
import socket

from attempt import TOKEN, attempt, done

for kind in [socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET]:
    with attempt(f'connect, kind {kind}', 'abstract sockets'):
        socket.socket(socket.AF_UNIX, kind).connect('\0' + TOKEN)
with attempt('list sockets', 'names'):
    assert '@' + TOKEN in open('/proc/net/unix').read()
done()
