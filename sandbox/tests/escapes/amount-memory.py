# what: more memory than a process may have
# full: contained
# landlock: contained
# off: harmless: limits are set at every level
import mmap

from attempt import attempt, done

with attempt('one large piece', but=()):
    try:
        mmap.mmap(-1, 150 << 20, flags=mmap.MAP_PRIVATE)
    except MemoryError:
        raise AssertionError from None
with attempt('many small pieces'):
    pieces = []
    try:
        for _ in range(150):
            pieces.append(bytearray(1 << 20))
    except MemoryError:
        raise AssertionError from None
done()
