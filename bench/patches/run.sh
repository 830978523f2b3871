#!/bin/sh
# Judges the same invented hosts with this engine and with wesng from PyPI.
# Needs Python 3 with venv, and wesng's definitions of 2023-09-29 or later:
#   THAPCANH_SHARED=<shared data> bench/patches/run.sh [WORKDIR]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$root/target/bench-patches}
definitions=${WESNG_DEFINITIONS:-${THAPCANH_SHARED:?}/data/01-msrc/wesng/definitions_20230930.zip}
cvrf=${THAPCANH_SHARED}/data/01-msrc/cvrf
pack=$root/packs/bulletins/msrc-2023-05_11.pack
mkdir -p "$work"
cargo build --release -q -p patches --example exposures --manifest-path "$root/Cargo.toml"
exposures=$root/target/release/examples/exposures
now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{printf "%.3f", $2 - $1}'; }
measure() { /usr/bin/time -f "%e s, %M KiB at most" "$@" || true; }

[ -d "$work/hosts" ] || python3 "$root/bench/patches/hosts.py" "$work/hosts" 10000
[ -d "$work/few" ] || python3 "$root/bench/patches/hosts.py" "$work/few" 20
[ -d "$work/venv" ] || { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q wesng chardet; }

echo "== a month's CVRF (2023-Jul, 3.3 MB), parsed"
measure "$exposures" --build "$work/jul.pack" --bulletins "$cvrf/cvrfDocument-2023-Jul.xml"
echo "== one host from a cold start with the pack"
measure "$exposures" --pack "$pack" --inventory "$work/few/PC-MAU-00000_systeminfo.txt" --format json > /dev/null
echo "== 10,000 hosts x seven months, JSON"
start=$(now)
measure "$exposures" --pack "$pack" --inventory "$work/hosts" --format json > /dev/null
ours=$(since "$start")

echo "== wesng, twenty of the same hosts"
cp "$definitions" "$work/definitions.zip"
mkdir -p "$work/wes"
start=$(now)
for file in "$work"/few/*_systeminfo.txt; do
    host=$(basename "$file" _systeminfo.txt)
    (cd "$work" && venv/bin/wes "$file" --definitions definitions.zip -o "wes/$host.csv" > /dev/null 2>&1)
done
wes=$(since "$start")
"$exposures" --pack "$pack" --inventory "$work/few" --format json > "$work/ours.json" || true
python3 "$root/bench/patches/compare.py" "$work/ours.json" "$work/wes" "$ours" 10000 "$wes"
