# what: making the report of changes say less than what was done, by the marks that a view keeps for itself
# full: contained
# told: .git/config, README, made, made/file
# landlock: not contained (metadata)
# off: escapes
import os

from attempt import attempt, call, done

with attempt('change files', 'view'):
    open('README', 'a').write('planted')
    open('.git/config', 'a').write('planted')
    os.mkdir('made')
    open('made/file', 'w').write('planted')
with attempt('remove a directory', 'view'):
    os.rename('app', 'src/app')
MARKS = ['opaque', 'whiteout', 'redirect', 'metacopy', 'origin', 'impure', 'nlink', 'upper', 'protattr', 'uuid']
for kind in ['user.overlay.', 'trusted.overlay.', 'user.overlay.overlay.']:
    for mark in MARKS:
        for path in ['README', 'made', 'made/file', '.git', '.']:
            for value in [b'y', b'x', b'', b'/src']:
                try:
                    os.setxattr(path, kind + mark, value)
                except OSError:
                    pass
# What looks like the mark of a deleted file; an ordinary user may make this one.
for path in ['src/README', 'src/a2']:
    for make in [lambda: os.mknod(path, 0o20000, 0), lambda: call('mknodat', -100, path.encode(), 0o20000, 0)]:
        try:
            make()
        except OSError:
            pass
try:
    call('renameat2', -100, b'src/a', -100, b'src/b', 4)
except OSError:
    pass
os.utime('README', (1, 1))
done()
