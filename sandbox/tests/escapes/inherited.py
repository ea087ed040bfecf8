# what: descriptors and variables that a careless host passes on
# full: contained
# landlock: contained
# off: escapes
import os
import socket

from attempt import SECRET, ancestors, attempt, done

for number in range(3, 256):
    with attempt(f'descriptor {number} is open'):
        os.fstat(number)
for number in [6, 106]:
    with attempt(f'send by {number}'):
        os.write(number, b'planted')
for number in [7, 107]:
    with attempt(f'reopen {number} for writing'):
        os.write(os.open(f'/proc/self/fd/{number}', os.O_WRONLY), b'planted')
for number in [9, 109]:
    with attempt(f'open beneath {number}'):
        os.open('file', os.O_RDONLY, dir_fd=number)
    with attempt(f'change into {number}'):
        os.fchdir(number)
for number in [10, 110]:
    with attempt(f'append by {number}'):
        os.write(number, b'planted')
with attempt('a variable with a secret'):
    assert any(SECRET.decode() in value for value in os.environ.values())
with attempt('variables that are not on the list'):
    assert {'AWS_SECRET_ACCESS_KEY', 'SSH_AUTH_SOCK'} & set(os.environ)
for process in [1, *ancestors()]:
    with attempt(f'the variables of {process}'):
        assert SECRET in open(f'/proc/{process}/environ', 'rb').read()
with attempt('something to read on standard input'):
    assert os.read(0, 1)
with attempt('a socket among the standard descriptors'):
    for number in [0, 1, 2]:
        assert socket.socket(fileno=os.dup(number)).family
done()
