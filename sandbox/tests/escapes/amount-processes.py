# what: more processes than allowed
# full: contained
# landlock: contained
# off: not run: without a limit it disturbs the machine
import os
import signal

from attempt import done, escaped

read, write = os.pipe()
children = []
try:
    while len(children) < 800:
        child = os.fork()
        if child == 0:
            signal.pause()
            os._exit(0)
        children.append(child)
except OSError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
if len(children) > 250:
    escaped(f'{len(children)} processes of 200')
done()
