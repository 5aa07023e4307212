#!/bin/sh
# Appends its number to FOLDER/numbers, then waits while FOLDER/gate-NUMBER says that it shall be interrupted here.
set -eu
echo "$1" >> "$FOLDER/numbers"
while [ -e "$FOLDER/gate-$1" ]; do sleep 0.05; done
printf '{"number":%s}\n' "$1"
