#!/bin/sh
# Prints facts about this machine: what it looks at as it goes, and on the last line all of it as one JSON object.
set -eu

text() {
  # A JSON string: quotes and backslashes escaped, control characters dropped.
  printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

number() {
  case "$1" in
    '' | *[!0-9.]*) printf 'null' ;;
    *) printf '%s' "$1" ;;
  esac
}

memory_mb() {
  [ -r /proc/meminfo ] || return 0
  awk -v wanted="$1:" '$1 == wanted { printf "%d", $2 / 1024 }' /proc/meminfo
}

echo 'Looking at the system …'
host=$(hostname 2>/dev/null || cat /etc/hostname 2>/dev/null || echo unknown)
system=$(uname -s)
kernel=$(uname -r)
uptime_seconds=
[ -r /proc/uptime ] && uptime_seconds=$(cut -d. -f1 /proc/uptime)

echo 'Looking at processors and memory …'
cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo)
load=
[ -r /proc/loadavg ] && load=$(cut -d' ' -f1 /proc/loadavg)
memory_total_mb=$(memory_mb MemTotal)
memory_available_mb=$(memory_mb MemAvailable)

echo 'Looking at the disk …'
disk=$(df -Pk . | awk 'NR == 2 { printf "%d %d", $4 / 1024, 100 * $4 / ($3 + $4) }')
disk_free_mb=${disk% *}
disk_free_percent=${disk#* }

printf '{"host":%s,"system":%s,"kernel":%s,"uptime_seconds":%s,"cpus":%s,"load_1m":%s,' \
  "$(text "$host")" "$(text "$system")" "$(text "$kernel")" \
  "$(number "$uptime_seconds")" "$(number "$cpus")" "$(number "$load")"
printf '"memory_total_mb":%s,"memory_available_mb":%s,"disk_free_mb":%s,"disk_free_percent":%s}\n' \
  "$(number "$memory_total_mb")" "$(number "$memory_available_mb")" \
  "$(number "$disk_free_mb")" "$(number "$disk_free_percent")"
