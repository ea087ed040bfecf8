# what: making, changing, moving and deleting files outside the workspace, by every way that a path can take
# full: contained
# landlock: contained
# off: escapes
. "$PYTHONPATH/attempt.sh"

append files "$ESCAPE_OUTSIDE/file"
append files ../outside/file
append files src/../../outside/file
append files "/proc/self/cwd/../outside/file"
append files "/proc/self/root$ESCAPE_OUTSIDE/file"
ln -s "$ESCAPE_OUTSIDE" src/outside
append files src/outside/file
ln -s ../../outside/new src/dangling
append files src/dangling
attempt files "make a directory" mkdir "$ESCAPE_OUTSIDE/made"
attempt files "make a link" ln -s x "$ESCAPE_OUTSIDE/link"
attempt files "make a pipe" mkfifo "$ESCAPE_OUTSIDE/pipe"
attempt files "move out" mv src/a "$ESCAPE_OUTSIDE/a"
attempt files "move in" mv "$ESCAPE_OUTSIDE/directory" src/directory
attempt files "move within" mv "$ESCAPE_OUTSIDE/file" "$ESCAPE_OUTSIDE/moved"
attempt files "delete" rm "$ESCAPE_OUTSIDE/leaked"
attempt files "delete a directory" rm -r "$ESCAPE_OUTSIDE/directory"
finish
