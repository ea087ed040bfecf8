# what: device nodes: made, found, and opened
# full: contained
# landlock: contained
# off as root: escapes
# off as a user: harmless: a user has no right to any of them
import os
import stat

from attempt import attempt, call, done

for name, kind, major, minor in [('disk', stat.S_IFBLK, 254, 0), ('disk8', stat.S_IFBLK, 8, 0),
                                 ('memory', stat.S_IFCHR, 1, 1), ('null', stat.S_IFCHR, 1, 3),
                                 ('messages', stat.S_IFCHR, 1, 11), ('fuse', stat.S_IFCHR, 10, 229)]:
    with attempt('make ' + name):
        os.mknod('src/' + name, kind | 0o666, os.makedev(major, minor))
    with attempt('make by another call ' + name):
        call('mknodat', -100, b'src/at-' + name.encode(), kind | 0o666, os.makedev(major, minor))
for name in ['mem', 'kmem', 'port', 'kmsg', 'kvm', 'fuse', 'net/tun', 'loop-control', 'loop0', 'vda', 'sda', 'nvme0n1',
             'mapper/control', 'userfaultfd', 'vsock', 'vhost-vsock', 'vhost-net', 'btrfs-control', 'cpu_dma_latency',
             'hwrng', 'vga_arbiter', 'autofs', 'console', 'tty0', 'tty1', 'ttyS0', 'vcs', 'vcsa', 'uinput', 'rtc0',
             'input/event0', 'dri/card0', 'zram0', 'snapshot', 'mei0', 'nvram']:
    for flags in [os.O_RDONLY, os.O_WRONLY]:
        with attempt(f'open /dev/{name}'):
            os.open('/dev/' + name, flags | os.O_NONBLOCK | os.O_NOCTTY)
with attempt('plant a device'):
    open('/dev/planted', 'w').close()
    os.unlink('/dev/planted')
done()
