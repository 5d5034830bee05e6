#!/usr/bin/env bash
# What a disk does to those who pay on SQLite: the power goes, a sync fails, a sync takes long, and what that costs here.
# Then the ledger's simulation on SQLite and PostgreSQL for as long as one likes; prints each seed, and stops at the first
# that fails. The same seed fails again.
#
#     make simulate-faults                      # an hour on each engine, from seed 0
#     make simulate-faults SECONDS=36000 SEED=7000

. "$(dirname "$0")/build.sh"

need_rust
need_cc
need_openssl
if [ -z "${ZHIGONG_TEST_PG:-}" ]; then
  need_postgres
  exec "$ROOT/scripts/pg.sh" "$ROOT/scripts/simulate-faults.sh" "$@"
fi

cd "$ROOT"
export ZHIGONG_SIMULATE_SECONDS="${ZHIGONG_SIMULATE_SECONDS:-3600}"
ZHIGONG_TEST_LONG=1 cargo test --package zhigong-server --test main disk:: -- --nocapture --test-threads 1
cargo test --package zhigong-rewards --test main ledger::simulate -- --nocapture --test-threads 2
