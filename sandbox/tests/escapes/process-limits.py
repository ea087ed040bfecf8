# what: limits, priorities and processors of processes outside
# full: contained
# landlock: not contained (scheduling)
# landlock as root: contained
# off: escapes
import os
import resource
import struct

from attempt import VICTIM, attempt, call, done

with attempt('limits of another'):
    resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (5, resource.prlimit(VICTIM, resource.RLIMIT_NOFILE)[1]))
with attempt('limits of another, by a number with bits in the upper half'):
    call('prlimit64', VICTIM | 7 << 32, 7, struct.pack('QQ', 6, 6), None)
with attempt('a limit that ends another'):
    call('prlimit64', VICTIM, 0, struct.pack('QQ', 100, 200), None)
with attempt('priority of another', 'scheduling'):
    os.setpriority(os.PRIO_PROCESS, VICTIM, 7)
with attempt('priority of a group', 'scheduling'):
    os.setpriority(os.PRIO_PGRP, VICTIM, 8)
with attempt('priority of input and output of another', 'scheduling'):
    call('ioprio_set', 1, VICTIM, 3 << 13 | 7)
with attempt('processors of another', 'scheduling'):
    os.sched_setaffinity(VICTIM, {max(os.sched_getaffinity(0))})
with attempt('policy of another', 'scheduling'):
    os.sched_setscheduler(VICTIM, os.SCHED_BATCH, os.sched_param(0))
with attempt('who is killed first'):
    with open(f'/proc/{VICTIM}/oom_score_adj', 'w') as file:
        file.write('900')
done()
