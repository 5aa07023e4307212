#!/bin/sh
# Says that it waits, and ends when the file FOLDER/NAME is there.
set -eu
echo "waiting at the gate $1"
while [ ! -e "$FOLDER/$1" ]; do sleep 0.05; done
echo "the gate $1 is open"
printf '{"gate":"%s"}\n' "$1"
