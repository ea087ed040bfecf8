# what: servers and interfaces of the host, by TCP, UDP, raw sockets and the lists of interfaces
# full: contained
# landlock: not contained (names)
# off: escapes
import os
import socket

from attempt import attempt, done

TCP, UDP = int(os.environ['ESCAPE_TCP']), int(os.environ['ESCAPE_UDP'])

for address in ['127.0.0.1', '127.1.2.3', '0.0.0.0']:
    with attempt('connect to ' + address):
        socket.create_connection((address, TCP), 1)
    with attempt('send to ' + address, 'sent'):
        # Only the server knows whether it arrived.
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'planted', (address, UDP))
        raise AssertionError
with attempt('connect by an address of the next version'):
    socket.create_connection(('::ffff:127.0.0.1', TCP), 1)
with attempt('connect with data'):
    socket.socket().sendto(b'planted', 0x20000000, ('127.0.0.1', TCP))
with attempt('connect without waiting'):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(('127.0.0.1', TCP))
    one.getpeername()
with attempt('reach another machine', but=(115,)):
    one = socket.socket()
    one.setblocking(False)
    one.connect(('192.0.2.1', 80))
with attempt('raw'):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
names = {name for _, name in socket.if_nameindex()} - {'lo'}
with attempt(f'interfaces {names}', 'names'):
    assert names
with attempt('interfaces, by /sys', 'names'):
    assert set(os.listdir('/sys/class/net')) - {'lo', 'bonding_masters'}
with attempt('addresses, by /proc', 'names'):
    assert len(open('/proc/net/dev').readlines()) > 3
done()
