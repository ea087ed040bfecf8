# what: switches of the kernel, in /proc and /sys; opened for writing and not written
# full: contained
# landlock: contained
# off as root: escapes
# off as a user: harmless: a user has no right to any of them
import os

from attempt import attempt, done


def writable(path):
    with attempt('open ' + path):
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


for top, directories, names in os.walk('/proc'):
    if top == '/proc/pressure':
        # A trigger of its own is all that a process could set there.
        continue
    if top == '/proc':
        directories[:] = [name for name in directories if not name.isdigit() and name not in ('self', 'thread-self')]
    for name in names:
        writable(os.path.join(top, name))
for name in ['kernel/uevent_helper', 'kernel/mm/ksm/run', 'kernel/mm/transparent_hugepage/enabled', 'power/state',
             'kernel/debug', 'kernel/security', 'module/kernel/parameters/panic', 'fs/selinux/enforce',
             'class/net/lo/mtu', 'class/net/lo/ifalias', 'class/net/eth0/mtu', 'devices/system/cpu/cpu1/online',
             'block/vda/queue/scheduler', 'firmware/efi/efivars', 'kernel/profiling', 'kernel/rcu_expedited']:
    writable('/sys/' + name)
for top, directories, names in os.walk('/sys/fs'):
    for name in names:
        if name in ('cgroup.procs', 'tasks', 'release_agent', 'notify_on_release', 'pids.max', 'memory.limit_in_bytes',
                    'cgroup.subtree_control', 'cgroup.kill', 'devices.allow', 'memory.max', 'freezer.state'):
            writable(os.path.join(top, name))
    with attempt('make a group in ' + top):
        os.mkdir(os.path.join(top, 'planted'))
        os.rmdir(os.path.join(top, 'planted'))
with attempt('read the kernel'):
    assert os.read(os.open('/proc/kcore', os.O_RDONLY), 16)
with attempt('read the kernel log'):
    assert os.read(os.open('/proc/kmsg', os.O_RDONLY | os.O_NONBLOCK), 16)
done()
