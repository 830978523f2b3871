#!/bin/sh
# Hunting side by side with rsigma-eval 0.23 and evtx 0.15, in one run:
#   THAPCANH_SHARED=/path/to/shared bench/hunt/run.sh
# Prints CPU seconds (user + system), peak memory, and what each found.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
sigma=${THAPCANH_SHARED:-$root/../shared}/data/11-detection/sigma
[ -d "$sigma" ] || { echo "SKIPPED: no rules at $sigma"; exit 0; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
[ -n "${RIVAL_TARGET:-}" ] || RIVAL_TARGET=$work/rival

(cd "$root" && cargo build --release -q -p detect --example hunt)
(cd "$here/rival" && CARGO_TARGET_DIR=$RIVAL_TARGET cargo build --release -q)
hunt=$root/target/release/examples/hunt
rival=$RIVAL_TARGET/release/rival

for copy in $(seq 1 64); do
  mkdir -p "$work/corpus64/$copy"
  find "$sigma/regression_data" -name '*.evtx' -exec cp {} "$work/corpus64/$copy/" \;
done
mkdir -p "$work/corpus16" && for copy in $(seq 1 16); do cp -r "$work/corpus64/$copy" "$work/corpus16/"; done
python3 "$here/inside.py" "$sigma/rules/windows" "$work/inside"
python3 "$here/invent.py" indicators 1000000 > "$work/million.txt"
python3 "$here/invent.py" json 100000 > "$work/events.json"

say() { # name, command…
  name=$1; shift
  /usr/bin/time -f "%U %S %e %M" -o "$work/time" "$@" > "$work/out" 2> "$work/err" || true
  # hunt answers 1 when it finds something
  tail -1 "$work/time" | awk -v name="$name" '{ printf "%-44s %6.2f CPU s %6.2f s %6.0f MiB\n", name, $1 + $2, $3, $4 / 1024 }'
}
rules="$sigma/rules/windows"
cache="$work/rules.cache"
say "floor: evtx to JSON, 16 copies" "$rival" --floor "$work/corpus16"; cat "$work/out"
say "rival: rsigma-eval routed, 16 copies" "$rival" "$rules" "$work/corpus16"; cat "$work/out" "$work/err"
say "rival: rules with Channel inside" "$rival" "$work/inside" "$work/corpus16"; cat "$work/out"
h() { name=$1; shift; say "$name" "$hunt" --stats --format jsonl --out "$work/found.jsonl" "$@"; cut -c1-200 "$work/err" | head -1; }
h "hunt: start only, no cache" --rules "$rules" --cache "$cache" "$here/run.sh"
h "hunt: start only, cache" --rules "$rules" --cache "$cache" "$here/run.sh"
h "hunt: 16 copies, no cache" --rules "$rules" "$work/corpus16"
h "hunt: 16 copies, cache" --rules "$rules" --cache "$cache" "$work/corpus16"
h "hunt: 64 copies, cache" --rules "$rules" --cache "$cache" "$work/corpus64"
h "hunt: 64 copies, cache, 2 threads" --rules "$rules" --cache "$cache" --threads 2 "$work/corpus64"
h "hunt: rules with Channel inside, 16 copies" --rules "$work/inside" "$work/corpus16"
h "hunt: a million indicators, start only" --indicators "$work/million.txt" "$here/run.sh"
h "hunt: 100,000 JSON events, no rules" "$work/events.json"
h "hunt: 100,000 JSON events, rules" --rules "$rules" --cache "$cache" "$work/events.json"
h "hunt: 100,000 JSON events, a million indicators" --indicators "$work/million.txt" "$work/events.json"
