# what: staying for the next session: start files, services, schedules, programs in the search path, configuration
# full: contained
# landlock: contained
# off: escapes
import os

from attempt import HOME, attempt, done

# At `full` the home directory is a private one, so the host alone knows.
for name in ['.bashrc', '.profile', '.gitconfig', '.ssh/authorized_keys', '.ssh/config', '.config/systemd/user/a.service',
             '.config/systemd/user/b.service', '.config/autostart/planted.desktop', '.cargo/config.toml',
             '.cargo/bin/tool', '.cargo/bin/cargo', '.local/bin/tool', '.local/bin/ls', '.npmrc', '.pam_environment',
             '.config/environment.d/planted.conf', '.local/lib/python3/site-packages/planted.pth']:
    path = os.path.join(HOME, name)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'a') as file:
            file.write('planted')
    except OSError:
        pass
for name in ['/etc/passwd', '/etc/hosts', '/etc/profile', '/etc/ld.so.cache', '/etc/environment', '/bin/sh',
             '/usr/bin/env', '/etc/crontab']:
    with attempt('open for writing ' + name):
        os.open(name, os.O_WRONLY | os.O_APPEND)
for name in ['/', '/etc', '/etc/cron.d', '/etc/profile.d', '/etc/systemd/system', '/usr/bin', '/usr/local/bin', '/var/spool',
             '/var/spool/cron', '/var/spool/cron/crontabs', '/var/lib', '/opt', '/srv', '/boot', '/var/cache']:
    with attempt('an unnamed file in ' + name):
        os.open(name, os.O_TMPFILE | os.O_WRONLY)
done()
