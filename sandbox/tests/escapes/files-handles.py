# what: opening files by handles instead of paths, and watching the whole file system
# full: contained
# landlock: contained
# off as root: escapes
# off as a user: harmless: handles are for the superuser only, and notification groups see what their user sees
import ctypes
import os
import struct

from attempt import SECRET, attempt, call, done

with attempt('open by a handle'):
    handle = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128), 136)
    mount = ctypes.c_int()
    call('name_to_handle_at', -100, b'second-link', handle, ctypes.byref(mount), 0)
    top = os.open('.', os.O_RDONLY)
    assert SECRET in os.read(call('open_by_handle_at', top, handle, os.O_RDONLY), 100)
with attempt('open the root of the file system by a guessed handle'):
    handle = ctypes.create_string_buffer(struct.pack('IiII', 8, 1, 2, 0), 17)
    call('open_by_handle_at', os.open('/', os.O_RDONLY), handle, os.O_RDONLY | os.O_DIRECTORY)
with attempt('fanotify'):
    call('fanotify_init', 0, 0)
done()
