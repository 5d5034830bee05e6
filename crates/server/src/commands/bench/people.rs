//! Whoever signed in with a phone becomes a person, as somebody does who joins. All SYNTHETIC.

use kernel::db::insert_rows;
use kernel::{Id, Tx};

use super::client::{Client, failed};
use crate::fault::Fault;

/// The accounts behind these connections.
pub async fn accounts(clients: &mut [Client]) -> Result<Vec<Id>, Fault> {
    let mut accounts = Vec::with_capacity(clients.len());
    for client in clients {
        let me = client.get("/api/me").await?;
        accounts.push(me["account_id"].as_str().unwrap_or_default().parse().map_err(failed)?);
    }
    Ok(accounts)
}

/// Gives each of these accounts a person of its own.
pub async fn persons(tx: &Tx, accounts: &[Id]) -> Result<Vec<Id>, Fault> {
    let persons: Vec<Id> = accounts.iter().map(|_| tx.id()).collect();
    let person = |id: &Id| vec![(*id).into(), "示例会员".into(), "none".into(), true.into(), tx.now().into()];
    let columns = ["id", "name", "real_name", "synthetic", "created_at"];
    insert_rows(tx, "person", &columns, persons.iter().map(person).collect(), "").await?;
    for (account, person) in accounts.iter().zip(&persons) {
        // They are signed in already: a session knows its person from its beginning.
        for link in [
            "UPDATE account SET person_id = $2 WHERE id = $1",
            "UPDATE session SET person_id = $2 WHERE account_id = $1",
        ] {
            tx.execute_sql(link, [(*account).into(), (*person).into()]).await?;
        }
    }
    Ok(persons)
}
