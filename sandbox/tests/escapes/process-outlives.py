# what: staying behind: daemons in sessions of their own, that ignore signals, are stopped, or have another parent
# full: contained
# landlock: contained
# off: harmless: nothing outlives its command at any level
import ctypes
import os
import signal
import sys

from attempt import TOKEN, call, done

PROGRAM = 'import os, sys, time\nif "stopped" in sys.argv[1]:\n    os.kill(os.getpid(), 19)\nfor number in range(3):\n    os.closerange(number, number + 1)\ntime.sleep(1000)'
LIBC = ctypes.CDLL(None)


def stay(name, prepare=lambda: None):
    """Waits until it runs, so that it could stay behind."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        os.read(read, 1)
        os.close(read)
        return
    for number in [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]:
        signal.signal(number, signal.SIG_IGN)
    prepare()
    os.close(read)
    os.execv(sys.executable, [sys.executable, '-c', PROGRAM, f'{TOKEN}-survivor-{name}'])


def twice():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.setsid() if os.getpid() != os.getsid(0) else None


def adopted():
    # CLONE_PARENT: a child of this one's parent.
    try:
        if call('clone', 0x8000 | signal.SIGCHLD, 0, 0, 0, 0):
            os._exit(0)
    except OSError:
        pass


stay('background')
stay('session', os.setsid)
stay('daemon', twice)
stay('adopted', adopted)
stay('no-child-signal', lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
stay('no-death-signal', lambda: LIBC.prctl(1, 0, 0, 0, 0))
stay('reaper', lambda: (LIBC.prctl(36, 1, 0, 0, 0), twice()))
stay('not-dumpable', lambda: LIBC.prctl(4, 0, 0, 0, 0))
stay('stopped')
done()
