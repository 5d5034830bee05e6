#!/usr/bin/env bash
# Plants one fault after the other in a copy of the ledger and runs the ledger's tests over each. A fault that no test
# notices is named at the end, and the script fails: then a test is missing. Half an hour.
#
#     make plant-bugs        # over what is committed

. "$(dirname "$0")/build.sh"

need_rust
need_cc
need_openssl
need_node
if [ -z "${ZHIGONG_TEST_PG:-}" ]; then
  need_postgres
  exec "$ROOT/scripts/pg.sh" "$ROOT/scripts/plant-bugs.sh" "$@"
fi

# What is wrong then ~ the file ~ the code as it is, which stands there once ~ the code with the fault.
FAULTS='one fen below the floor~engine/rows.rs~rest >= i128::from(floor)~rest + 1 >= i128::from(floor)
an id is not known again~engine/mod.rs~self.state.known.get(&order.id)~self.state.known.get(&order.id).filter(|known| known.fingerprint.is_empty())
an id with other contents is answered as before~engine/mod.rs~known.fingerprint != fingerprint~known.fingerprint.len() != fingerprint.len()
the time of a book goes back~engine/mod.rs~book.at.max(self.moment.now)~book.at.min(self.moment.now)
a book that stands still is written into~engine/mod.rs~is_some_and(|book| book.stopped)~is_some_and(|book| book.stopped && book.seq < 0)
a frozen account pays~engine/mod.rs~accounts.iter().any(frozen)~accounts.iter().all(frozen)
lots are spent last-expiring first~engine/state.rs~.into_iter().flatten().filter_map(|(_, _, id)|~.into_iter().flat_map(|open| open.iter().rev()).filter_map(|(_, _, id)|
an expired lot is spent~engine/spend.rs~lot.expires_on >= today && lot.free_cents() > 0~lot.expires_on >= today - chrono::Days::new(9) && lot.free_cents() > 0
what is held is spent~engine/spend.rs~rest.min(lot.free_cents())~rest.min(lot.left_cents)
a refund begins with the oldest lot~engine/give_back.rs~past.uses.iter().rev()~past.uses.iter()
a refund forgets those before it~engine/give_back.rs~(past.refunded_cents, cents, Vec::new())~(0, cents, Vec::new())
more goes back than was paid~engine/give_back.rs~past.amount_cents - past.refunded_cents {~past.amount_cents {
points come back to a lot that is over~engine/give_back.rs~Some(lot) if lot.expires_on < today =>~Some(lot) if lot.expires_on < today && cents < 0 =>
a lot expires on its last day~engine/give_back.rs~lot.expires_on < today.min(~lot.expires_on <= today.min(
what is held expires~engine/give_back.rs~lot.budget_id, lot.free_cents(), EXPIRED~lot.budget_id, lot.left_cents, EXPIRED
a hold is captured after its time~engine/hold.rs~|| hold.expires_at <= self.open_moment(order.book_id)~|| hold.expires_at < hold.held_at
a hold is resolved twice~engine/hold.rs~&& hold.state == HoldState::Held~&& hold.state != HoldState::Captured
what is released stays held~engine/hold.rs~self.change_held(hold.account_id, -hold.amount_cents)~self.change_held(hold.account_id, 0)
a bank line tops up twice~engine/fund.rs~self.state.bank_lines.contains(&bank_line_id)~self.state.bank_lines.len() > 1_000_000
an event says another amount~write.rs~.with("amount_cents", of.amount_cents)~.with("amount_cents", of.seq)'

COPY="$RUN_DIR/planted"
LOG="$RUN_DIR/planted.log"
LEDGER="$COPY/crates/rewards/src/ledger"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$ROOT/target}"

cleanup() { git -C "$ROOT" worktree remove --force "$COPY" >/dev/null 2>&1 || true; }
trap cleanup EXIT
cleanup
git -C "$ROOT" worktree add --quiet --force --detach "$COPY" HEAD

tests() (cd "$COPY" && cargo test --quiet --package zhigong-rewards --test main "$@" >"$LOG" 2>&1 </dev/null)

# plant FILE OLD NEW: the old code must stand there exactly once.
plant() {
  node -e '
    const fs = require("fs"), [file, old, fresh] = process.argv.slice(1), text = fs.readFileSync(file, "utf8");
    if (text.split(old).length !== 2) process.exit(1);
    fs.writeFileSync(file, text.replace(old, () => fresh));' "$@"
}

step "without a fault"
tests ledger:: || {
  tail -n 20 "$LOG"
  stop "没有植入错误时测试就不通过。" "The tests do not pass without a fault."
}
survivors=0
while IFS='~' read -r name file old fresh; do
  step "$name"
  plant "$LEDGER/$file" "$old" "$fresh" || stop "$file 里没有找到要改的代码。" "$file has no such code, or more than once: $old"
  tests --no-run || {
    tail -n 20 "$LOG"
    stop "植入后不能编译。" "This does not compile: $fresh"
  }
  if tests ledger::; then
    say "✗ nobody noticed"
    survivors=$((survivors + 1))
  else
    grep -m 3 -E '^test .* FAILED' "$LOG" || say "found"
  fi
  git -C "$COPY" checkout --quiet -- .
done <<<"$FAULTS"
say "$survivors not noticed"
[ "$survivors" = 0 ]
