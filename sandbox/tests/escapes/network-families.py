# what: kinds of sockets that reach other machines, the machine's owner, or rarely used parts of the kernel
# full: contained
# landlock: contained
# off: escapes
import socket

from attempt import attempt, done

FAMILIES = {'AF_AX25': 3, 'AF_IPX': 4, 'AF_APPLETALK': 5, 'AF_X25': 9, 'AF_KEY': 15, 'AF_PACKET': 17, 'AF_RDS': 21,
            'AF_PPPOX': 24, 'AF_LLC': 26, 'AF_CAN': 29, 'AF_TIPC': 30, 'AF_BLUETOOTH': 31, 'AF_RXRPC': 33, 'AF_ALG': 38,
            'AF_NFC': 39, 'AF_VSOCK': 40, 'AF_KCM': 41, 'AF_QIPCRTR': 42, 'AF_SMC': 43, 'AF_XDP': 44, 'AF_MCTP': 45}
NETLINK = {'sock_diag': 4, 'xfrm': 6, 'selinux': 7, 'audit': 9, 'netfilter': 12, 'scsi': 18, 'crypto': 21, 'generic': 16,
           'connector': 11, 'fib': 10, 'iscsi': 8, 'rdma': 20}
for name, family in FAMILIES.items():
    for kind in [socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW]:
        for number in [family, family | 7 << 32]:
            with attempt(f'{name}, kind {kind}'):
                try:
                    socket.socket(number, kind)
                except OverflowError:
                    raise AssertionError from None
for name, protocol in NETLINK.items():
    with attempt(f'AF_NETLINK, {name}'):
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
done()
