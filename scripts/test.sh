#!/usr/bin/env bash
# Every test there is: Rust on SQLite and PostgreSQL, web units, walkthroughs in
# a real browser. Ends with one line, "N passed, N failed", over all of them.
#
#     make test         # ZHIGONG_TEST_SEEDS=3
#     make test-long    # many seeds and the full-size runs (ZHIGONG_TEST_LONG=1)
#
# ZHIGONG_TEST_PG may name a PostgreSQL server to use; without it a throw-away
# cluster is made around this script. A skipped or ignored test is a failure:
# a long test reads ZHIGONG_TEST_LONG and does less, it does not stay away.

. "$(dirname "$0")/build.sh"

need_rust
need_cc
need_openssl
need_node
need_chromium
need_fonts
if [ -z "${ZHIGONG_TEST_PG:-}" ]; then
  need_postgres
  exec "$ROOT/scripts/pg.sh" "$ROOT/scripts/test.sh" "$@"
fi

cd "$ROOT"
export ZHIGONG_TEST_SEEDS="${ZHIGONG_TEST_SEEDS:-3}"
export NO_COLOR=1
BINARY="$(server_binary)"
case "$BINARY" in /*) ;; *) BINARY="$ROOT/$BINARY" ;; esac
export ZHIGONG_BIN="$BINARY"
PASSED=0
FAILED=0
TIMES=""

# Runs one phase, keeps its output for counting, and notes how long it took.
phase() {
  local name="$1" started=$SECONDS status=0
  shift
  step "$name"
  LOG="$RUN_DIR/test-$name.log"
  "$@" 2>&1 </dev/null | tee "$LOG" || status=$?
  TIMES="$TIMES$(printf '%4d s  %s' $((SECONDS - started)) "$name")"$'\n'
  return "$status"
}

# count PASSED FAILED SKIPPED STATUS NAME: adds a phase to the sum. A phase that
# ran nothing, skipped something or died without a failed test counts as a failure.
count() {
  local passed="$1" failed="$2" skipped="$3" status="$4" name="$5"
  if [ "$skipped" != 0 ]; then
    say "✗ $name: $skipped skipped or ignored; nothing may be skipped"
    failed=$((failed + skipped))
  fi
  if [ "$passed" = 0 ] && [ "$failed" = 0 ]; then
    say "✗ $name: no test ran"
    failed=1
  elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
    say "✗ $name: ended with status $status without naming a failed test"
    failed=1
  fi
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
  TIMES="${TIMES%$'\n'}: $passed passed, $failed failed"$'\n'
}

summary() {
  step "times"
  printf '%s%4d s  total\n' "$TIMES" "$SECONDS"
  say "$PASSED passed, $FAILED failed"
  [ "$FAILED" = 0 ]
}

give_up() {
  say "✗ $1"
  FAILED=$((FAILED + 1))
  summary
  exit 1
}

# Sums the "test result:" lines as "passed failed ignored".
rust_counts() {
  awk '/^test result: / { for (i = 2; i <= NF; i++) {
         if ($i ~ /^passed/) p += $(i - 1)
         if ($i ~ /^failed/) f += $(i - 1)
         if ($i ~ /^ignored/) g += $(i - 1) } }
       END { print p + 0, f + 0, g + 0 }' "$1"
}

web_units() {
  rm -f "$RUN_DIR/vitest.json"
  npm --prefix web test --silent -- --reporter=default --reporter=json --outputFile.json="$RUN_DIR/vitest.json"
}

# The same three numbers from vitest's own report.
web_counts() {
  node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    console.log(r.numPassedTests, r.numFailedTests, r.numPendingTests + r.numTodoTests)' \
    "$RUN_DIR/vitest.json" 2>/dev/null || echo 0 0 0
}

phase web-build build_web || give_up "the web build failed"
phase rust-build build_all || give_up "the Rust code did not compile"
# The databases of tests lie in memory where there is room for them: SQLite waits for the disk at every commit. What is
# killed in tests is the process, and files in memory outlive it.
MEMORY=/dev/shm
if [ -w "$MEMORY" ] && [ "$(df -Pk "$MEMORY" | awk 'NR == 2 { print $4 }')" -gt 4000000 ]; then
  TESTS_IN="$MEMORY"
else
  TESTS_IN="${TMPDIR:-/tmp}"
fi
# Libraries, binaries and integration tests; documentation examples run with them.
status=0
phase rust env TMPDIR="$TESTS_IN" cargo test --workspace --all-features --no-fail-fast || status=$?
read -r passed failed skipped <<<"$(rust_counts "$LOG")"
count "$passed" "$failed" "$skipped" "$status" rust

status=0
phase web web_units || status=$?
read -r passed failed skipped <<<"$(web_counts)"
count "$passed" "$failed" "$skipped" "$status" web

status=0
phase e2e npm --prefix web run --silent e2e || status=$?
read -r passed failed <<<"$(sed -n 's/^E2E: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$LOG" | tail -1)" || true
count "${passed:-0}" "${failed:-0}" 0 "$status" e2e

summary
