# what: moving, removing and replacing the places that the sandbox stands on: workspace, home, temporary directory
# full: contained
# told: .
# landlock: not contained (metadata)
# off: escapes
. "$PYTHONPATH/attempt.sh"

attempt files "move the workspace" mv "$ESCAPE_WORK" "$ESCAPE_WORK-moved"
attempt files "remove the home" rmdir "$ESCAPE_HOME"
attempt files "move the home" mv "$ESCAPE_HOME" "$ESCAPE_HOME-moved"
attempt files "move a toolchain" mv "$ESCAPE_HOME/.cargo" "$ESCAPE_HOME/cargo"
attempt files "move the way to the workspace" mv "$ESCAPE_OUTSIDE/.." /tmp/moved
attempt files "move an allowed directory away" mv src "$ESCAPE_OUTSIDE/src"
chmod 0 "$ESCAPE_HOME" "$TMPDIR" . 2>/dev/null
rm -rf "$TMPDIR"
finish
