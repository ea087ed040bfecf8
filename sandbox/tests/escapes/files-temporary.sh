# what: leaving files in the directories that everybody shares, and reading and changing what others left there
# full: contained
# landlock: contained
# off: escapes
. "$PYTHONPATH/attempt.sh"

for directory in /tmp /var/tmp /dev/shm /run; do
    # At `full` these are private, so the host alone knows.
    echo planted > "$directory/$ESCAPE_TOKEN-planted"
    echo planted >> "$directory/$ESCAPE_TOKEN"
    ln -s /etc/passwd "$directory/$ESCAPE_TOKEN-link"
    attempt files "read $directory/$ESCAPE_TOKEN" grep -q host-secret "$directory/$ESCAPE_TOKEN"
done 2>/dev/null
finish
