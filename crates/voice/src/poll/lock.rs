//! Locks on polls that draw, cast and close have in common.

use std::collections::BTreeSet;

use kernel::{Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};

/// Of these polls, those that are open. Until the transaction ends none of them can be closed: a ballot that is taken
/// is in the queue before the last shuffle looks.
pub async fn open_polls(tx: &Tx, polls: impl Iterator<Item = Id>) -> Result<BTreeSet<Id>> {
    let lock = if tx.app().db.is_sqlite() { "" } else { " FOR SHARE" };
    let sql = format!("SELECT id FROM poll WHERE id = $1 AND state = 'open' AND closes_at > $2{lock}");
    let mut open = BTreeSet::new();
    // In one order, so that two transactions do not wait for each other.
    for id in polls.collect::<BTreeSet<Id>>() {
        let values = [id.into(), tx.now().into()];
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), &sql, values);
        if tx.query_one_raw(statement).await?.is_some() {
            open.insert(id);
        }
    }
    Ok(open)
}

/// Locks one poll against everybody who draws, casts or enters; `false` when it is not open any more. For what must be
/// counted before it is written.
pub async fn open_alone(tx: &Tx, poll: Id) -> Result<bool> {
    let lock = if tx.app().db.is_sqlite() { "" } else { " FOR NO KEY UPDATE" };
    let sql = format!("SELECT id FROM poll WHERE id = $1 AND state = 'open' AND closes_at > $2{lock}");
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [poll.into(), tx.now().into()]);
    Ok(tx.query_one_raw(statement).await?.is_some())
}
