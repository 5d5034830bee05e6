#!/usr/bin/env bash
# Plants one fault after the other in a copy of what moves points, and runs over each the tests that must notice it. A fault
# that they do not notice is named, and the script fails: then a test is missing. Three quarters of an hour.
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

# What is wrong then ~ the tests that must notice it ~ the file ~ the code as it is, which stands there once ~ the code with
# the fault.
# shellcheck disable=SC2016
FAULTS='one fen below the floor~ledger::~ledger/engine/rows.rs~rest >= i128::from(floor)~rest + 1 >= i128::from(floor)
an id is not known again~ledger::~ledger/engine/mod.rs~self.state.known.get(&order.id)~self.state.known.get(&order.id).filter(|known| known.fingerprint.is_empty())
an id with other contents is answered as before~ledger::~ledger/engine/mod.rs~known.fingerprint != fingerprint~known.fingerprint.len() != fingerprint.len()
the time of a book goes back~ledger::~ledger/engine/mod.rs~book.at.max(self.moment.now)~book.at.min(self.moment.now)
a book that stands still is written into~ledger::~ledger/engine/mod.rs~is_some_and(|book| book.stopped)~is_some_and(|book| book.stopped && book.seq < 0)
a frozen account pays~ledger::~ledger/engine/mod.rs~accounts.iter().any(frozen)~accounts.iter().all(frozen)
lots are spent last-expiring first~ledger::~ledger/engine/state.rs~.into_iter().flatten().filter_map(|(_, _, id)|~.into_iter().flat_map(|open| open.iter().rev()).filter_map(|(_, _, id)|
an expired lot is spent~ledger::~ledger/engine/spend.rs~lot.expires_on >= today && lot.free_cents() > 0~lot.expires_on >= today - chrono::Days::new(9) && lot.free_cents() > 0
what is held is spent~ledger::~ledger/engine/spend.rs~rest.min(lot.free_cents())~rest.min(lot.left_cents)
a refund begins with the oldest lot~ledger::~ledger/engine/give_back.rs~past.uses.iter().rev()~past.uses.iter()
a refund forgets those before it~ledger::~ledger/engine/give_back.rs~(past.refunded_cents, cents, Vec::new())~(0, cents, Vec::new())
more goes back than was paid~ledger::~ledger/engine/give_back.rs~past.amount_cents - past.refunded_cents {~past.amount_cents {
points come back to a lot that is over~ledger::~ledger/engine/give_back.rs~Some(lot) if lot.expires_on < today =>~Some(lot) if lot.expires_on < today && cents < 0 =>
a lot expires on its last day~ledger::~ledger/engine/give_back.rs~lot.expires_on < today.min(~lot.expires_on <= today.min(
what is held expires~ledger::~ledger/engine/give_back.rs~lot.budget_id, lot.free_cents(), EXPIRED~lot.budget_id, lot.left_cents, EXPIRED
what expired of a lot is not added up~ledger::~ledger/engine/mod.rs~*sum(&mut lot) += cents~*sum(&mut lot) += cents.min(0)
what went back of a lot is not written~ledger::~ledger/write.rs~effects.lots_back.contains(&lot.id)~effects.lots_back.contains(&lot.id) && lot.seq < 0
a hold is captured after its time~ledger::~ledger/engine/hold.rs~|| hold.expires_at <= self.open_moment(order.book_id)~|| hold.expires_at < hold.held_at
a hold is resolved twice~ledger::~ledger/engine/hold.rs~&& hold.state == HoldState::Held~&& hold.state != HoldState::Captured
what is released stays held~ledger::~ledger/engine/hold.rs~self.change_held(hold.account_id, -hold.amount_cents)~self.change_held(hold.account_id, 0)
an account is left out where many are read at once~ledger::~ledger/load.rs~early?.into_iter().chain(late?)~early?.into_iter().skip(1).chain(late?)
a bank line tops up twice~ledger::~ledger/engine/fund.rs~self.state.bank_lines.contains(&bank_line_id)~self.state.bank_lines.len() > 1_000_000
an event says another amount~ledger::~ledger/told.rs~.with("amount_cents", self.amount_cents)~.with("amount_cents", self.transfers)
what was paid does not count against a limit~counter::limits~counter/settle/load.rs~self.spent(owner).and(cents)~self.spent(owner).and(cents.min(0))
a pay code is good for two payments~counter::paying~counter/settle/decide.rs~desk.uses.contains_key(&row)~desk.uses.get(&row) == Some(&act.id)
a charge with other contents is answered as before~counter::paying~counter/settle/decide.rs~_ if known.fingerprint != fingerprint~_ if known.fingerprint.len() != fingerprint.len()
more goes back at the till than was paid~counter::refunds~counter/settle/decide.rs~back.saturating_add(asked) > all~back.min(0).saturating_add(asked) > all
a contract that is over takes points~counter::paying~merchant/find.rs~|to| day < to~|to| day <= to
a fen is lost where unions share a day~settlement::month~settlement/cut.rs~line.sum.paid_cents.into()~(line.sum.paid_cents - line.sum.paid_cents % 2).into()
a settlement is released by who made it~settlement::people~settlement/approve.rs~row.made_by == by || row.checked_by == Some(by)~row.made_by == by && row.checked_by == Some(by)
a line of the bank pays an item again~settlement::reconcile~settlement/classify.rs~(Outcome::Paid, "paid") => Class::Duplicate~(Outcome::Paid, "paid") => Class::Matched
a payment of another amount settles an item~settlement::reconcile~settlement/classify.rs~(Outcome::Paid, "open") if line.cents != item.cents~(Outcome::Paid, "open") if line.cents > item.cents
a line of the bank is matched to two budgets~points::approval~points/budget/top_up.rs~.exec_without_returning(tx).await? != 1~.exec_without_returning(tx).await? > 1
more is promised than a budget holds~points::race~points/budget/reserve.rs~AND reserved_cents + $2 <= (~AND 0 * reserved_cents + $2 <= (
the daily cap of a rule is passed over~points::rule~points/rule/rules.rs~if above(caps.0, had.day)~if above(caps.0, had.day.min(0))
what a rule gave does not count against the limit of its purpose~points::rule~points/rule/give.rs~limit::add(tx, &count, &BTreeMap::from([(person_id, rule.amount_cents)]))~limit::add(tx, &count, &BTreeMap::from([(person_id, rule.amount_cents.min(0))]))'

COPY="$RUN_DIR/planted"
LOG="$RUN_DIR/planted.log"
REWARDS="$COPY/crates/rewards/src"
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
tests || {
  tail -n 20 "$LOG"
  stop "没有植入错误时测试就不通过。" "The tests do not pass without a fault."
}
survivors=0
while IFS='~' read -r name noticed_by file old fresh; do
  step "$name"
  plant "$REWARDS/$file" "$old" "$fresh" || stop "$file 里没有找到要改的代码。" "$file has no such code, or more than once: $old"
  tests --no-run || {
    tail -n 20 "$LOG"
    stop "植入后不能编译。" "This does not compile: $fresh"
  }
  if tests "$noticed_by"; then
    say "✗ nobody noticed"
    survivors=$((survivors + 1))
  else
    grep -m 3 -E '^test .* FAILED' "$LOG" || say "found"
  fi
  git -C "$COPY" checkout --quiet -- .
done <<<"$FAULTS"
say "$survivors not noticed"
[ "$survivors" = 0 ]
