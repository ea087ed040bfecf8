# what: killing, stopping and disturbing the process that watches over the script
# full: contained
# landlock: contained
# off: not run: it would end the run and with it the script's word
import os
import signal

from attempt import attempt, call, done

# At `full` the parent is the first process of all; elsewhere only this one is the sandbox's.
PARENT = os.getppid()
for number in [signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGALRM, signal.SIGCHLD,
               signal.SIGRTMIN]:
    try:
        os.kill(PARENT, number)
    except OSError:
        pass
for name, text in [('oom_score_adj', '1000'), ('comm', 'planted'), ('autogroup', '19'), ('coredump_filter', '0'),
                   ('timerslack_ns', '1000000000'), ('setgroups', 'allow'), ('projid_map', '0 0 1')]:
    try:
        with open(f'/proc/{PARENT}/{name}', 'w') as file:
            file.write(text)
    except OSError:
        pass
with attempt('an end for the parent', 'limits'):
    call('prlimit64', PARENT, 0, bytes(16), None)
with attempt('the parent is stopped', 'signals'):
    with open(f'/proc/{PARENT}/stat') as stat:
        assert stat.read().rsplit(')', 1)[1].split()[0] == 'T'
done()
