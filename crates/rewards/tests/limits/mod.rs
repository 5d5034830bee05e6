//! No limit gives way, however many call at once. What is attacked comes from the list of declared parameters: one that
//! nobody attacks, and that is not said to be no limit, fails the run. Limits that are no parameters stand beside them.

mod issuing;
mod paying;

use futures::future::join_all;
use kernel::testing::Answer;

/// So many call at once, and each the same.
const CROWD: usize = 32;

/// Parameters by which nothing is gained by calling often: times and days, and what an auditor is told.
const NO_LIMITS: [&str; 18] = [
    "cashier.invitation_hours",
    "cashier.pin_lock_minutes",
    "counter.device_days",
    "counter.flag_pair",
    "counter.flag_person",
    "counter.flag_refunds",
    "counter.flag_shop",
    "counter.grace_days",
    "counter.refund_days",
    "counter.reverse_minutes",
    "counter.short_minutes",
    "dispute.open_days",
    "dispute.refund_working_days",
    "dispute.working_days",
    "points.bank_balance_days",
    "points.notice_days",
    "points.valid_days",
    "settlement.bank_early_days",
];

/// The limits of this floor whose names begin so, or do not.
fn declared(prefixes: &[&str], within: bool) -> Vec<&'static str> {
    let limits = rewards::parameters().into_iter().map(|one| one.name).filter(|name| !NO_LIMITS.contains(name));
    limits.filter(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)) == within).collect()
}

/// Asks so often at once, and then one after the other until it is refused: one may lose the race for a row too often to be
/// heard. Answers how often it was done.
async fn done<F: Future<Output = Answer>>(ask: impl Fn() -> F, refusal: &str) -> usize {
    let at_once = join_all((0..CROWD).map(|_| ask())).await;
    for answer in at_once.iter().filter(|answer| !matches!(answer.status, 200 | 503)) {
        assert_eq!(answer.code(), refusal, "{}", answer.body);
    }
    let mut done = at_once.iter().filter(|answer| answer.status == 200).count();
    loop {
        let answer = ask().await;
        if answer.status != 200 {
            assert_eq!(answer.code(), refusal, "{}", answer.body);
            return done;
        }
        done += 1;
    }
}

/// Guesses wrong so often at once, and then one after the other until nobody listens any more; answers how often it was told
/// that it was wrong.
async fn guessed<F: Future<Output = Answer>>(ask: impl Fn() -> F, wrong: &str, locked: &str) -> usize {
    let at_once = join_all((0..CROWD).map(|_| ask())).await;
    for answer in at_once.iter().filter(|answer| answer.status != 503) {
        assert!([wrong, locked].contains(&answer.code()), "{}", answer.body);
    }
    let mut told = at_once.iter().filter(|answer| answer.code() == wrong).count();
    loop {
        let answer = ask().await;
        if answer.code() != wrong {
            assert_eq!(answer.code(), locked, "{}", answer.body);
            return told;
        }
        told += 1;
    }
}

#[test]
fn what_is_said_to_be_no_limit_is_declared() {
    let declared: Vec<&str> = rewards::parameters().iter().map(|one| one.name).collect();
    for name in NO_LIMITS {
        assert!(declared.contains(&name), "there is no parameter {name}");
    }
}
