#!/usr/bin/env bash
# Every check that runs no test: formatting, lints, documentation, licences,
# unused dependencies, generated files, sizes, forbidden words. All of them run
# even when one fails; the end lists those that did.
#
#     make check

. "$(dirname "$0")/build.sh"

need_rust_lints
need_cc
need_openssl
need_node_modules
need_cargo_tool cargo-machete "$CARGO_MACHETE_OLDEST"
need_cargo_tool cargo-deny "$CARGO_DENY_OLDEST"

cd "$ROOT"
BAD=""
TIMES=""

check() {
  local name="$1" started=$SECONDS
  shift
  step "$name"
  if ! "$@" </dev/null; then
    say "✗ $name"
    BAD="$BAD $name"
  fi
  TIMES="$TIMES$(printf '%4d s  %s' $((SECONDS - started)) "$name")"$'\n'
}

npm_run() { npm --prefix web run --silent "$@"; }

# Tests may unwrap and print; nothing else may. Two passes: only the second leaves the tests out.
clippy_all() {
  cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings \
    -D clippy::too_many_lines -D clippy::cognitive_complexity -D clippy::allow_attributes -D clippy::allow_attributes_without_reason
}
clippy_product() {
  cargo clippy --quiet --workspace --lib --bins --all-features -- -D warnings \
    -D clippy::unwrap_used -D clippy::expect_used -D clippy::dbg_macro -D clippy::todo -D clippy::unimplemented
}

rust_doc() { RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --all-features; }

# Committed generated files must be what the program generates now.
generated_clean() {
  local fresh="$RUN_DIR/generated" status=0
  mkdir -p "$fresh"
  if [ ! -f openapi.json ] || [ ! -f web/api/schema.d.ts ]; then
    say "openapi.json or web/api/schema.d.ts is missing: run make generate and commit"
    return 1
  fi
  "$(server_binary)" openapi >"$fresh/openapi.json" || return 1
  diff -u openapi.json "$fresh/openapi.json" >"$fresh/openapi.diff" || status=1
  # openapi-typescript writes in place: keep the committed text and put it back.
  cp web/api/schema.d.ts "$fresh/committed.d.ts"
  npm_run generate >/dev/null || status=1
  cp web/api/schema.d.ts "$fresh/schema.d.ts"
  cp -p "$fresh/committed.d.ts" web/api/schema.d.ts
  diff -u "$fresh/committed.d.ts" "$fresh/schema.d.ts" >"$fresh/schema.diff" || status=1
  if [ "$status" != 0 ]; then
    head -n 40 "$fresh/openapi.diff" "$fresh/schema.diff"
    say "openapi.json or web/api/schema.d.ts is stale: run make generate and commit"
  fi
  return "$status"
}

# At most 400 lines a source file; generated ones are named in .gitattributes.
file_sizes() {
  local attributes path lines status=0
  attributes="$(git ls-files -co --exclude-standard -- '*.rs' '*.vue' '*.ts' |
    git check-attr --stdin linguist-generated)"
  while IFS= read -r path; do
    path="${path%: linguist-generated: *}"
    [ -f "$path" ] || continue
    lines=$(($(wc -l <"$path")))
    if [ "$lines" -gt 400 ]; then
      say "$path: $lines lines (at most 400)"
      status=1
    fi
  done <<<"$(printf '%s\n' "$attributes" | grep -v ': linguist-generated: \(set\|true\)$')"
  return "$status"
}

# A promise is not a feature: none of these words may be committed.
forbidden_words() {
  local status=0
  local files=(':!*.lock' ':!web/package-lock.json' ':!scripts/check.sh')
  git grep -nI --untracked -w -E 'TODO|FIXME|XXX' -- "${files[@]}" && status=1
  git grep -nI --untracked -E 'todo!\(|unimplemented!\(|敬请期待|暂未开放|即将上线|功能开发中' -- "${files[@]}" && status=1
  return "$status"
}

# A number without a type in a condition is 32 bits wide, the columns are 64: PostgreSQL keeps a statement by its text,
# so the same one asked elsewhere with 64 bits fails on that connection. Write 0_i64.
typed_numbers() {
  ! git grep -nE 'Column::[A-Za-z]+\.(eq|ne|gt|gte|lt|lte|between)\(-?[0-9]+[,)]' -- '*.rs'
}

check files file_sizes
check words forbidden_words
check numbers typed_numbers
check fmt cargo fmt --all --check
check deny cargo-deny --log-level error check bans licenses sources
check machete cargo-machete --with-metadata
check eslint npm_run lint
check typecheck npm_run typecheck
# Clippy and the binary need the built pages: they are embedded.
check web-build build_web
check size npm_run size
check floor npm_run floor
check clippy clippy_all
check clippy-product clippy_product
check doc rust_doc
check build build_all
check generated generated_clean

step "times"
printf '%s%4d s  total\n' "$TIMES" "$SECONDS"
if [ -n "$BAD" ]; then
  say "✗ failed:$BAD"
  exit 1
fi
say "✓ all checks passed"
