#!/usr/bin/env bash
# The part of bench.sh that runs while a PostgreSQL is there.

. "$(dirname "$0")/build.sh"

[ -z "${BENCH_THROW_AWAY:-}" ] || export ZHIGONG_BENCH_PG="$ZHIGONG_TEST_PG"
cd "$ROOT"
step "cargo build --release"
cargo build --quiet --release --package zhigong-server </dev/null
binary="${CARGO_TARGET_DIR:-$ROOT/target}/release/zhigong"
step "zhigong bench"
if [ $# != 0 ]; then
  "$binary" bench --out "$ROOT/target/bench-out" "$@"
  exit
fi
only=()
[ -z "${ZHIGONG_BENCH_ONLY:-}" ] || only=(--merge --only "$ZHIGONG_BENCH_ONLY")
# A missed gate is told at the end: the table shows it all the same.
missed=0
"$binary" bench ${only[@]+"${only[@]}"} || missed=$?
[ "$missed" -le 1 ] || exit "$missed"

# Between its two marks the README shows the table.
awk -v table="$ROOT/bench/latest.md" '
  /<!-- bench -->/ { print; print ""; while ((getline line < table) > 0) print line; print ""; inside = 1; next }
  /<!-- \/bench -->/ { inside = 0 }
  !inside { print }
' README.md >"$RUN_DIR/readme" && cat "$RUN_DIR/readme" >README.md
say "bench/latest.md, bench/latest.json, README.md"
exit "$missed"
