#!/usr/bin/env bash
# Writes the generated files that are committed: openapi.json, docs/codes.md and
# docs/access-matrix.md, from the routes, refusals and roles, and
# web/api/schema.d.ts, from openapi.json.
#
#     make generate
#
# Builds the server without the pages: they are made with the very client types
# this script writes.

. "$(dirname "$0")/build.sh"

need_rust
need_cc
need_openssl
need_node_modules
cd "$ROOT"
mkdir -p docs
# Only a complete document replaces the committed one.
write() {
  cargo run --quiet --package zhigong-server -- "$1" </dev/null >"$RUN_DIR/fresh"
  mv "$RUN_DIR/fresh" "$2"
}
write openapi openapi.json
write codes docs/codes.md
write matrix docs/access-matrix.md
npm --prefix web run --silent generate </dev/null
say "openapi.json, docs/codes.md, docs/access-matrix.md, web/api/schema.d.ts"
