//! Duties (应办事项): what a union must do by a day, and who hears of it when it does not.
//!
//! A slice that asks something of a union begins a duty and says when it is done ([`begin`], [`done`]); the clock, the
//! lists and the telling are here. Where a duty stands is worked out from its days at every look ([`standing`]), so that
//! what became overdue is seen at once. A round each minute tells the level above, and after
//! `duty.escalate_days` more the next one, and the next.
//!
//! Invariants, each behind a constraint or a trigger of the tables:
//! * one duty for a kind and subject; it is never deleted, and done once, on the day on which it is entered;
//! * its last day only moves later: by an extension from the level above, with a reason, or because the table of
//!   holidays changed. A day once told is never taken back, also when the new table would make it earlier;
//! * a level is told once for each last day (primary key of `duty_told`), however many rounds run, however they end.
//!
//! ```no_run
//! use voice::duty::{self, DutyKind, NewDuty};
//!
//! # async fn example(tx: kernel::Tx, evaluation_id: kernel::Id, union: kernel::Id, case: kernel::Id) -> kernel::Result<()> {
//! let due = kernel::calendar::load(&tx).await?.due_next_month(tx.today());
//! let plan = NewDuty { evaluation_id, organization_id: union, kind: DutyKind::Plan, subject_id: case, due };
//! duty::begin(&tx, plan).await?;
//! assert!(duty::done(&tx, DutyKind::Plan, case).await?);
//! # Ok(()) }
//! ```

mod begin;
pub mod entity;
pub mod rules;

pub use begin::{NewDuty, begin, done};
pub use rules::{DutyKind, Standing, standing};
