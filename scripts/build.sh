# shellcheck shell=bash
# What run.sh, check.sh and test.sh build, once for all of them. Sourced.

. "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

# The web pages, only when a file they are made of changed since the last build:
# the stamp holds a hash of the sources, the lock file among them, and of Node.
build_web() {
  need_node_modules
  local stamp="$RUN_DIR/web.stamp" want
  want="$(node_version) $(sources_hash web ':!web/e2e' ':!web/*.md' ':!web/**/*.test.ts')"
  if [ -f "$ROOT/web/member/dist/index.html" ] && [ -f "$ROOT/web/desk/dist/index.html" ] &&
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    return
  fi
  step "npm run build"
  rm -f "$stamp"
  npm --prefix "$ROOT/web" run --silent build </dev/null || return 1
  printf '%s\n' "$want" >"$stamp"
}

# The server with the pages in it, at target/debug/zhigong. Cargo itself finds
# out in a third of a second that nothing changed. The pages must be built first.
build_server() {
  (cd "$ROOT" && cargo build --quiet --package zhigong-server --all-features </dev/null)
}

# Everything cargo knows, the same binary among it, with the features the tests
# unify: check.sh and test.sh share these, so nothing is compiled twice.
build_all() {
  (cd "$ROOT" && cargo build --quiet --workspace --all-targets --all-features </dev/null)
}

# Where cargo puts the binary, whatever CARGO_TARGET_DIR says.
server_binary() { printf '%s/debug/zhigong\n' "${CARGO_TARGET_DIR:-$ROOT/target}"; }
