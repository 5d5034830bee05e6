//! What the floor of points does, over HTTP and on both engines.
//!
//! Which test holds which rule. I are what `zhigong verify ledger` proves (`rewards::ledger::verify` says each), B what
//! many at once must not get past, C what happens when something fails, F what is paid out. What a run in full length
//! (`ZHIGONG_TEST_LONG`, `ZHIGONG_TEST_SEEDS`) does more of is the same test.
//!
//! | rule | test |
//! |---|---|
//! | I1–I8, I13 | `ledger::tamper` plants what breaks each; every other test of the ledger ends in a proof |
//! | I11 | `settlement::month`, `settlement::people` |
//! | I12 | `ledger::tamper` (a transfer and its event); the chain itself: `chain` of the kernel, `verify` of the server |
//! | B3 | `ledger::race`, `counter::paying` |
//! | B4 | `ledger::pairs` |
//! | B5 | `counter::limits`, where a new limit names itself; `merchant::cashiers`, `points::race`, `counter::paying` |
//! | B6 | `ledger::ids`, `ledger::simulate` |
//! | B7 | `money` of the kernel; `settlement::month` by issuer |
//! | B8 | `ledger::same`, over several books `ledger::joint`: the plain ledger is the oracle |
//! | B9 | `make plant-bugs` plants twenty faults, one after the other, and runs `ledger` over each |
//! | B10 | `ledger::past` |
//! | C1 | `ledger_crash` of the server; within a process `ledger::crash`, `points::issue`, `points::rule`, `points::expiry` |
//! | C2, C3 | `database_crash` of the server |
//! | C6 | `ledger::faults` on SQLite |
//! | C7, C8 | `ledger::simulate`, `counter::unknown`; never early: `ledger::orders` |
//! | C10 | `ledger::faults` on PostgreSQL; contention: `ledger::pairs` |
//! | C11 | `ledger::tamper` |
//! | C13 | `restore` of the server |
//! | C14 | `ledger::simulate`, for hours by `make simulate-faults` |
//! | F1, F3 | `settlement::month` |
//! | F2 | `settlement::reconcile` |
//! | F4 | `settlement::people` |
//! | F5 | `counter::unknown` |
//! | F7 | `ledger::breaker`, `points::breaker`, `counter::breaker` |

mod counter;
mod ledger;
mod merchant;
mod points;
mod settlement;
