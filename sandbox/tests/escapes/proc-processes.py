# what: memory, environment, files and programs of processes outside, by /proc
# full: contained
# landlock: not contained (names)
# off: escapes
import os

from attempt import SECRET, VICTIM, ancestors, attempt, done

for process in {1, os.getppid(), VICTIM, *ancestors()}:
    directory = f'/proc/{process}'
    with attempt(f'environment of {process}'):
        assert open(directory + '/environ', 'rb').read()
    for name in ['mem', 'maps', 'pagemap', 'stack', 'syscall', 'auxv', 'io', 'timerslack_ns', 'personality']:
        with attempt(f'{name} of {process}'):
            assert os.read(os.open(f'{directory}/{name}', os.O_RDONLY), 1) or name in ('mem', 'pagemap')
    for name in ['mem']:
        with attempt(f'{name} of {process}, for writing'):
            os.open(f'{directory}/{name}', os.O_WRONLY)
    for name in ['root', 'cwd']:
        with attempt(f'{name} of {process}'):
            os.listdir(f'{directory}/{name}')
    with attempt(f'files of {process}'):
        for number in os.listdir(directory + '/fd'):
            os.open(f'{directory}/fd/{number}', os.O_RDONLY | os.O_NONBLOCK)
            break
        else:
            raise AssertionError
    with attempt(f'program of {process}, for writing'):
        os.open(directory + '/exe', os.O_WRONLY)
if os.path.exists(f'/proc/{VICTIM}'):
    with attempt('arguments of the victim', 'names'):
        assert os.environ['ESCAPE_TOKEN'].encode() in open(f'/proc/{VICTIM}/cmdline', 'rb').read()
with attempt('the secret in the environment of the victim'):
    assert SECRET in open(f'/proc/{VICTIM}/environ', 'rb').read()
done()
