#!/bin/sh
# 50,000 sinkhole rows into 200 units with 5,000 dated ranges: ours, then
# IntelMQ 3.5 on the same rows (which only parses and deduplicates them).
# Needs: cargo, python3 with venv, redis-server (apt install redis-server).
# Usage: bench/lists/run.sh [work folder]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
command -v redis-server >/dev/null || { echo "redis-server is missing: apt install redis-server" >&2; exit 1; }

echo "== data in $work"
python3 "$here/generate.py" "$work"
list="$work/2024-01-31-event4_sinkhole-sample.csv"

echo "== ours"
(cd "$here/../.." && cargo build --release --quiet -p lists --example place)
place="$here/../../target/release/examples/place"
python3 "$here/measure.py" "$place" "$list" "$work/ranges.csv" "$work/placed.jsonl" | tee "$work/ours.json"

echo "== IntelMQ 3.5.0"
# The system's python: a user other than root must be able to run it.
[ -x "$work/venv/bin/python" ] || /usr/bin/python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'intelmq==3.5.0'
rm -rf "$work/intelmq"
"$work/venv/bin/python" "$here/run_intelmq.py" "$list" 50000 "$work/intelmq" | tee "$work/theirs.json"

python3 - "$work" <<'PY'
import json, sys
ours, theirs = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("ours", "theirs"))
for kind in ("wall", "cpu"):
    print(f"{kind}: {theirs[kind]:.2f} s / {ours[kind]:.3f} s = {theirs[kind] / ours[kind]:.0f} times")
PY
