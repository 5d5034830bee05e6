//! Tables of the floor. Money stands in the ledger alone; what other slices keep points to its transfers.

mod bank;
mod books;
mod breaker;
mod correction;
mod counter;
mod day;
mod dispute;
mod evidence;
mod indexes;
mod lean;
mod ledger;
mod licence;
mod lot_back;
mod merchant;
mod points;
mod rule_total;
mod settlement;

use kernel::Migration;

/// All steps, oldest first.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    vec![
        // One slice a line.
        Migration { name: "rewards_0001_ledger", sql: ledger::LEDGER },
        Migration { name: "rewards_0002_points", sql: points::POINTS },
        Migration { name: "rewards_0003_merchant", sql: merchant::MERCHANT },
        Migration { name: "rewards_0004_counter", sql: counter::COUNTER },
        Migration { name: "rewards_0005_settlement", sql: settlement::SETTLEMENT },
        Migration { name: "rewards_0006_books", sql: books::BOOKS },
        Migration { name: "rewards_0007_day_root", sql: day::DAY },
        Migration { name: "rewards_0008_breaker", sql: breaker::BREAKER },
        Migration { name: "rewards_0009_lean", sql: lean::LEAN },
        Migration { name: "rewards_0010_bank", sql: bank::BANK },
        Migration { name: "rewards_0011_correction", sql: correction::CORRECTION },
        Migration { name: "rewards_0012_rule_total", sql: rule_total::RULE_TOTAL },
        Migration { name: "rewards_0013_dispute_refund", sql: dispute::DISPUTE_REFUND },
        Migration { name: "rewards_0014_licence", sql: licence::LICENCE },
        Migration { name: "rewards_0015_evidence", sql: evidence::EVIDENCE },
        Migration { name: "rewards_0016_lot_back", sql: lot_back::LOT_BACK },
        Migration { name: "rewards_0017_indexes", sql: indexes::INDEXES },
    ]
}
