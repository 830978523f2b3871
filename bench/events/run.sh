#!/bin/sh
# How fast logs are decoded, on one core: lines and megabytes a CPU second for
# invented logs, and EVTX beside the crate `evtx` decoding to JSON (the floor).
# Prints a Markdown table. Each row is the best of five runs.
set -eu
cd "$(dirname "$0")/../.."
work="${TMPDIR:-/tmp}/thapcanh-bench-events"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
cargo build --quiet --release -p events --examples
bin=target/release/examples

best() { # CPU seconds (user and system) of the fastest of five runs
    for _ in 1 2 3 4 5; do
        # shellcheck disable=SC2039
        { LC_ALL=C bash -c 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1' run "$@"; } 2>&1
    done | awk '{ t = $1 + $2; if (!m || t < m) m = t } END { print m }'
}

row() { # title, records, bytes, seconds
    awk -v title="$1" -v n="$2" -v bytes="$3" -v s="$4" 'BEGIN {
        printf "| %s | %d | %.0f | %.3f | %.0f | %.2f |\n", title, n, bytes / 1e6, s, bytes / 1e6 / s, s * 1e6 / n }'
}

echo "| input | records | MB | CPU s | MB/s | µs a record |"
echo "|---|---|---|---|---|---|"
for format in syslog fortigate eve evtx; do
    file="$work/$format"
    "$bin/invent" "$format" 100 "$file"
    bytes=$(wc -c <"$file")
    records=$("$bin/decode" --quiet "$file" 2>&1 | awk '{ print $1 }')
    row "$format" "$records" "$bytes" "$(best "$bin/decode" --quiet "$file")"
done
row "evtx, the crate evtx to JSON" "$records" "$bytes" "$(best "$bin/evtx_floor" "$file")"
