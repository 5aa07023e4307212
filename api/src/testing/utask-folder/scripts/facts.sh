#!/bin/sh
read -r line
echo "read: $line"
printf '{"who": "%s", "colour": "%s"}\n' "$1" "$COLOUR"
