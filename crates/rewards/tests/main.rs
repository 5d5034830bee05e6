//! What the floor of points does, over HTTP and on both engines.
//!
//! Which test holds which rule. I are what `zhigong verify ledger` proves (`rewards::ledger::verify` says each), B what
//! many at once must not get past, C what happens when something fails, F what is paid out. What a run in full length
//! (`ZHIGONG_TEST_LONG`, `ZHIGONG_TEST_SEEDS`) does more of is the same test: 10,000 pairs of each kind (B4), a million
//! operations (B6), half a million transfers and a thousand looks at their past (B10), the program killed a hundred times,
//! the database fifty, both five and twenty (C1, C2, C3), five hundred seeds (C14).
//! I9, I10, B1 and B2 are about campaigns, vouchers and stock: they wait for the voucher and the mall.
//!
//! | rule | what it says | test |
//! |---|---|---|
//! | I1–I8, I13 | the books fit, row by row | `ledger::tamper` plants what breaks each; every other test of the ledger ends in a proof |
//! | I11 | settled and open are what merchants are owed | `settlement::month`, `settlement::people` |
//! | I12 | every transfer has its event, and the chain is whole | `ledger::tamper`; `chain` of the kernel, `verify` of the server |
//! | B3 | of many who want the last points some get them, exactly | `ledger::race`, `counter::paying` |
//! | B4 | of two ends of one thing at one moment one happens | `ledger::pairs`, `points::correction` |
//! | B5 | no limit gives way to many calls at once | `limits` attacks each declared one, and fails over one that nobody attacks; `points::race`, `points::rule`, `counter::paying` |
//! | B6 | an id is answered once, whenever it comes again: in its batch, in another one, after a restart, with other contents | `ledger::ids`, `ledger::simulate` |
//! | B7 | parts of an amount are the amount | `money` of the kernel; `settlement::month` by issuer |
//! | B8 | many at once are the same as one by one | `ledger::same`, over several books `ledger::joint`: the plain ledger is the oracle |
//! | B9 | a fault in the code is noticed | `make plant-bugs` plants more than thirty, one after the other, and runs over each the test that must notice it |
//! | B10 | any account can be asked for any number of the past | `ledger::past` |
//! | C1 | the program is killed | `counter_crash` and `ledger_crash` of the server; within a process `ledger::crash`, `points::issue`, `points::correction`, `points::rule`, `points::expiry` |
//! | C2, C3 | the database is killed, or both | `database_crash` of the server |
//! | C4 | the power goes, and with it what was not synced | `disk` of the server on SQLite, where it also shows that a disk that lies is noticed |
//! | C5 | a sync fails: nothing is written until the program starts anew | `disk` of the server on SQLite; `db` of the kernel |
//! | C6 | the disk is full | `ledger::faults` on SQLite |
//! | C7, C8 | an answer is lost; the clock jumps | `ledger::simulate`, `counter::unknown`; nothing ends early: `ledger::orders` |
//! | C9 | a process stops in the middle of a batch, and another one takes over: the database ends its transaction | `halted_writer` of the server |
//! | C10 | a batch loses its connection, or a race | `ledger::faults` on PostgreSQL; `ledger::pairs` |
//! | C11 | one cell is changed, and the proof names its row | `ledger::tamper` |
//! | C12 | a sync takes 50 ms more: those who wait for it share the next | `disk` of the server on SQLite; `make simulate-faults` prints what it costs |
//! | C13 | a back-up is put in place | `restore` of the server |
//! | C14 | all of it, by chance, for long | `ledger::simulate`, for hours by `make simulate-faults` |
//! | F1, F3 | a month of statements is the ledger, and stays so | `settlement::month` |
//! | F2 | what the bank says otherwise is found | `settlement::reconcile` |
//! | F2 | what leads from the ledger to the balance at the bank | `points::bank`, `settlement::bank` |
//! | F4 | two people pay and correct | `settlement::people` |
//! | F5 | a payment that nobody heard of comes to an end | `counter::unknown`; without a press, within a minute: `web/member/src/pay/order.test.ts` |
//! | F6, I14 | a day's transfers are under its published root | `ledger::day`; with the script `counter::slips`; in the browser `web/shared/verify/slip.test.ts` |
//! | F7 | what does not fit stops the book, and nothing else does | `ledger::breaker`, `points::breaker`, `counter::breaker` |

mod counter;
mod ledger;
mod limits;
mod merchant;
mod points;
mod settlement;
