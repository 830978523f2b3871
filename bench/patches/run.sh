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
exposures=${EXPOSURES:-$root/target/release/examples/exposures}
[ -n "${EXPOSURES:-}" ] ||
    cargo build --release -q -p patches --example exposures --manifest-path "$root/Cargo.toml"
# Runs a command and says what it took; its processor time goes to $work/cpu.
measure() {
    /usr/bin/time -o "$work/time" -f "%e %U %S %M" "$@" || true
    tail -n 1 "$work/time" | awk '{printf "%s s, %.2f s of processor, %d MiB at most\n", $1, $2 + $3, $4 / 1024}' >&2
    tail -n 1 "$work/time" | awk '{print $2 + $3}' > "$work/cpu"
}

[ -d "$work/hosts" ] || python3 "$root/bench/patches/hosts.py" "$work/hosts" 10000
[ -d "$work/few" ] || python3 "$root/bench/patches/hosts.py" "$work/few" 10
[ -d "$work/venv" ] || { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q wesng chardet; }

echo "== a month's CVRF (2023-Jul, 3.3 MB), parsed"
measure "$exposures" --build "$work/jul.pack" --bulletins "$cvrf/cvrfDocument-2023-Jul.xml"
echo "== one host from a cold start with the pack"
measure "$exposures" --pack "$pack" --inventory "$work/few/PC-MAU-00000_systeminfo.txt" --format json > /dev/null
echo "== 10,000 hosts x seven months, JSON"
measure "$exposures" --pack "$pack" --inventory "$work/hosts" --format json > /dev/null
ours=$(cat "$work/cpu")

echo "== wesng, ten of the same hosts"
cp "$definitions" "$work/definitions.zip"
mkdir -p "$work/wes"
cat > "$work/wes.sh" <<'EOF'
for file in few/*_systeminfo.txt; do
    host=$(basename "$file" _systeminfo.txt)
    venv/bin/wes "$file" --definitions definitions.zip -o "wes/$host.csv" > /dev/null 2>&1
done
EOF
cd "$work"
measure sh wes.sh
wes=$(cat "$work/cpu")
"$exposures" --pack "$pack" --inventory "$work/few" --format json > "$work/ours.json" || true
python3 "$root/bench/patches/compare.py" "$work/ours.json" "$work/wes" "$ours" 10000 "$wes"
