#!/usr/bin/env bash
# The board of 300 units over 60,000 hosts and 200,000 rows of sightings, at 20
# concurrent users. Needs curl, jq and wrk. Usage: run.sh WORKDIR
set -euo pipefail
work=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
address=127.0.0.1:8191
site=http://$address
bin=target/release/thapcanh

cargo build --release --package thapcanh
cargo run --release --package sample --example write_scale -- "$work/files" 300 60000 200000 5000
printf 'a password for the bench\n' > "$work/password"

start() {
  THAPCANH_LOG=warn $bin serve --data "$work/data" --listen "$address" --admin bench \
    --province Bench --admin-password-file "$work/password" > "$work/serve.log" 2>&1 &
  server=$!
  until curl -sf "$site/readyz" > /dev/null; do sleep 0.2; done
}
stop() { kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true; }
trap stop EXIT

start; stop # the first start makes the account
timed() { # NAME COMMAND…: what it took
  local name=$1; shift
  /usr/bin/time -f "$name: %e s wall, %U s user, %M KiB" "$@" > "$work/last.log" || tail -3 "$work/last.log"
}
timed units $bin import units "$work/files/units.csv" --data "$work/data"
timed systems $bin import systems "$work/files/systems.csv" --data "$work/data"
timed networks $bin import networks "$work/files/networks-import.csv" --data "$work/data"
timed hosts $bin import hosts "$work/files/hosts.csv" --data "$work/data"

start
jar=$work/jar
curl -sf -c "$jar" -o /dev/null --data-urlencode login=bench --data-urlencode "password=$(cat "$work/password")" "$site/login"
csrf=$(curl -sf -b "$jar" "$site/account" | grep -o 'name="csrf" value="[^"]*"' | head -1 | sed 's/.*value="//; s/"//')
token=$(curl -sf -b "$jar" --data-urlencode "csrf=$csrf" --data-urlencode name=bench --data-urlencode days=1 \
  --data-urlencode scope=change "$site/account/tokens" | grep -o 'tc_[A-Za-z0-9_-]*' | head -1)
api() { curl -sf -H "Authorization: Bearer $token" -H 'content-type: application/json' "$@"; }
api "$site/api/v1/feeds" -d '{"code":"sinkhole","name":"Shadowserver sinkhole","zone":"UTC"}' > /dev/null
letter=$(api "$site/api/v1/directives" -d '{"number":"01/BENCH","issuer":"Bench","date":"2024-01-15","title":{"vi":"Đo bảng","en":"Bench"}}' | jq -r .id)
for n in $(seq 15); do
  kind=declared; [ "$n" -gt 3 ] || kind=botnet-clean
  api "$site/api/v1/directives/$letter/demands" -d "{\"code\":\"d$n\",\"title\":{\"vi\":\"Yêu cầu $n\",\"en\":\"Demand $n\"},\"covers\":\"all\",\"due_at\":\"2030-01-01T00:00:00Z\",\"check_kind\":\"$kind\"}" > /dev/null
done
api -X POST "$site/api/v1/directives/$letter/issue" -d '{}' > /dev/null
stop
timed sightings $bin import list "$work/files/2024-01-31-event4_sinkhole.csv" --feed sinkhole \
  --from 2024-01-01 --to 2024-01-31 --data "$work/data"

begun=$(date +%s%N); start; echo "start to ready: $(( ($(date +%s%N) - begun) / 1000000 )) ms"
curl -s -o "$work/board.html" -b "$jar" -w 'first board: %{time_total} s, %{size_download} bytes\n' "$site/board/$letter"
cookie=$(awk '/thapcanh_session/ {print "thapcanh_session=" $7}' "$jar")
wrk -t1 -c20 -d20s --latency -H "Cookie: $cookie" "$site/board/$letter"
grep VmHWM "/proc/$server/status"
