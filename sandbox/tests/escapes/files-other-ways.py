# what: reading a hidden file by a second hard link to it, which lies in the workspace
# full: harmless: the workspace shows what has a name of its own in it
# landlock: not contained (links)
# off: escapes
from attempt import SECRET, attempt, done

with attempt('the second link of a hidden file', 'links'):
    assert SECRET in open('second-link', 'rb').read()
done()
