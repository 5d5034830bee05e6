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
need_sqlite
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

# Names every test binary of the workspace, the longest first: where it belongs, the binary, and what to call it.
# shellcheck disable=SC2016
rust_binaries() {
  cargo test --workspace --all-features --no-run --message-format=json-render-diagnostics | node -e '
    const { dirname, basename } = require("path");
    const longest = ["registry", "server", "voice", "kernel", "rewards"];
    const found = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line))
      .filter((one) => one.reason === "compiler-artifact" && one.profile.test && one.executable)
      .map((one) => {
        const crate = basename(dirname(one.manifest_path)), own = one.target.kind.includes("test");
        const place = own ? longest.indexOf(crate) : -1;
        const name = [crate, one.target.kind[0], one.target.name].join("-");
        return { place: place < 0 ? longest.length : place, items: [dirname(one.manifest_path), one.executable, name] };
      });
    found.sort((one, other) => one.place - other.place);
    process.stdout.write(found.flatMap((one) => one.items).map((item) => item + "\0").join(""));'
}

# Runs libraries, binaries and integration tests two binaries at a time, since a test waits for PostgreSQL as much as it
# computes, and the examples of the documentation beside them. Each writes a log of its own, so that their words do not
# mix; all are shown at the end.
# shellcheck disable=SC2016
rust_tests() {
  local logs="$RUN_DIR/test-rust" status=0 examples
  rm -rf "$logs"
  mkdir -p "$logs"
  rust_binaries >"$logs/binaries" || return 1
  cargo test --workspace --all-features --no-fail-fast --doc >"$logs/examples.log" 2>&1 &
  examples=$!
  xargs -0 -n 3 -P 2 bash -c '
    cd "$1" || exit 1
    "$2" >"$0/$3.log" 2>&1
    status=$?
    printf "%4d s  %s: %s\n" "$SECONDS" "$3" "$(grep "^test result" "$0/$3.log" || echo "ended with status $status")"
    exit "$status"' "$logs" <"$logs/binaries" || status=$?
  wait "$examples" || status=$?
  cat "$logs"/*.log
  return "$status"
}

phase web-build build_web || give_up "the web build failed"
phase rust-build build_all || give_up "the Rust code did not compile"
# The databases of tests lie in memory where there is room for them: SQLite waits for the disk at every commit. What is
# killed in tests is the process, and files in memory outlive it.
TMPDIR="$(room_in_memory || echo "${TMPDIR:-/tmp}")"
export TMPDIR
status=0
phase rust rust_tests || status=$?
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
