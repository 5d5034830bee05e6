#!/usr/bin/env bash
# The figures of the README, measured in one run: the release binary on SQLite and on
# a throw-away PostgreSQL, both with durable commits.
#
#     make bench                    # 652,000 rows; leaves bench/latest.md and .json, and the README's table
#     make bench ONLY=pay,points    # these parts anew, the other lines kept as and when they were measured
#     scripts/bench.sh --rows 20000 --only http    # anything `zhigong bench` takes; the README stays as it is
#
# ZHIGONG_BENCH_PG may name a server to use; it must have fsync on.

. "$(dirname "$0")/build.sh"

need_rust
need_cc
need_openssl
if [ -z "${ZHIGONG_BENCH_PG:-}" ]; then
  need_postgres
  PG_DURABLE=1 exec "$ROOT/scripts/pg.sh" env BENCH_THROW_AWAY=1 "$ROOT/scripts/bench-on.sh" "$@"
fi
exec "$ROOT/scripts/bench-on.sh" "$@"
