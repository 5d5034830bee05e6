#!/usr/bin/env bash
# Writes the two generated files that are committed: openapi.json, from the
# routes, and web/api/schema.d.ts, from openapi.json.
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
cargo run --quiet --package zhigong-server -- openapi </dev/null >"$RUN_DIR/openapi.json"
# Only a complete document replaces the committed one.
mv "$RUN_DIR/openapi.json" openapi.json
npm --prefix web run --silent generate </dev/null
say "openapi.json, web/api/schema.d.ts"
