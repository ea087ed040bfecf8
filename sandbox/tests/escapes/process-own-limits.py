# what: raising its own limits again, and leaving a core dump behind
# full: contained
# landlock: contained
# off as root: harmless: limits are set at every level, and only root's capabilities raise them
# off as a user: harmless: limits are set at every level
import os
import resource
import signal

from attempt import attempt, done, in_child

for limit in [resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_DATA,
              resource.RLIMIT_CORE]:
    soft, hard = resource.getrlimit(limit)
    if hard == resource.RLIM_INFINITY:
        continue
    with attempt(f'raise limit {limit}'):
        try:
            resource.setrlimit(limit, (soft, hard + 1))
        except ValueError:
            raise AssertionError from None
os.chdir('src')
in_child(lambda: os.kill(os.getpid(), signal.SIGSEGV))
with attempt('a core dump'):
    assert any(name.startswith('core') for name in os.listdir('.'))
done()
