#!/bin/sh
# Says hello to the person named by the first argument, or to the world.
printf 'Hello, %s!\n' "${1:-world}"
