# what: sockets of the host with a path: an agent's, a service's in the home directory, one in the workspace
# full: contained
# landlock: not contained (sockets)
# off: escapes
import os
import socket

from attempt import HOME, OUTSIDE, WORK, attempt, done

for path in [OUTSIDE + '/socket', HOME + '/.cargo/socket', WORK + '/socket', '/proc/self/root' + WORK + '/socket',
             '/run/docker.sock', '/var/run/docker.sock', '/run/containerd/containerd.sock',
             '/run/dbus/system_bus_socket', '/run/systemd/private', '/run/user/0/bus', '/tmp/.X11-unix/X0']:
    with attempt('connect to ' + path, 'sockets'):
        socket.socket(socket.AF_UNIX).connect(path)
    with attempt('connect through a place ' + path, 'sockets'):
        socket.socket(socket.AF_UNIX).connect(f'/proc/self/fd/{os.open(path, os.O_PATH)}')
with attempt('send to a datagram socket', 'sockets'):
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'planted', OUTSIDE + '/datagrams')
with attempt('the agent that a variable names'):
    assert os.environ.get('SSH_AUTH_SOCK')
done()
