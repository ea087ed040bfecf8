# what: more bytes and more files than the view and the private directories may hold
# full: contained
# landlock: not run: the disk is not limited there (amounts)
# off: not run: the disk is not limited there
import os

from attempt import attempt, done

for directory in ['src', os.environ['TMPDIR'], '/dev/shm', '/run', os.environ['ESCAPE_HOME']]:
    with attempt('bytes in ' + directory):
        for number in range(10):
            with open(f'{directory}/bytes{number}', 'wb') as file:
                file.write(bytes(6 << 20))
    for number in range(10):
        try:
            os.unlink(f'{directory}/bytes{number}')
        except OSError:
            pass
with attempt('files'):
    os.mkdir('/tmp/many')
    for number in range(110_000):
        os.mknod(f'/tmp/many/{number}', 0o100600)
done()
