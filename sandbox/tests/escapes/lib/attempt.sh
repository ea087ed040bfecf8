# What the scripts share: how they say what went through.

# escaped KIND WHAT
escaped() { printf 'escaped [%s] %s\n' "$1" "$2"; }

# attempt KIND WHAT COMMAND…: an escape unless the command fails.
attempt() {
    kind=$1 what=$2
    shift 2
    if "$@" >/dev/null 2>&1; then escaped "$kind" "$what"; fi
}

# append KIND FILE: an escape if a line can be added.
append() { attempt "$1" "append to $2" sh -c 'echo planted >> "$1"' sh "$2"; }

# Says that the script came to its end, so that silence is not taken for safety.
finish() { echo 'done'; }
