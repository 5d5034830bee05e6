//! Entering unions, one or many at once: nodes, places, records, joining links.

use kernel::db::insert_rows;
use kernel::time::Day;
use kernel::{Id, Result, Tx, node};
use sea_orm::Value;

use super::record::{self, NewOrganization};
use super::rules::OrganizationKind;

const COLUMNS: [&str; 19] = [
    "id",
    "name",
    "kind",
    "state",
    "uscc",
    "division_code",
    "employees_declared",
    "founded_by",
    "established_on",
    "dissolved_on",
    "term_from",
    "term_to",
    "contact_name",
    "contact_phone_sealed",
    "address",
    "synthetic",
    "created_at",
    "version",
    "import_id",
];

/// Enters unions, parents first; the established ones that take members get their joining links. Names must be free.
/// Answers how many were entered: fewer than asked for when somebody else has a code (or, on a race, a name), and then
/// the transaction must not be committed.
///
/// An imported union has the first term from its establishment only while that lasts: of an older one the files do not
/// say since when its present committee serves, so its term is unknown until somebody enters it.
///
/// # Errors
/// The database.
pub async fn enter(tx: &Tx, unions: Vec<NewOrganization>, import: Option<Id>) -> Result<u64> {
    let from = |new: &NewOrganization| new.established_on.unwrap_or_else(|| tx.today());
    let nodes: Vec<_> = unions.iter().map(|new| (new.id, new.kind.as_str(), new.parent, from(new))).collect();
    node::create_many(tx, &nodes).await?;
    let linked: Vec<Id> = unions.iter().filter(|new| takes_members_now(new)).map(|new| new.id).collect();
    let rows = unions.into_iter().map(|new| row(tx, new, import)).collect::<Result<Vec<_>>>()?;
    let asked = rows.len() as u64;
    let entered = insert_rows(tx, "organization", &COLUMNS, rows, "ON CONFLICT DO NOTHING").await?;
    if entered == asked {
        record::open_links(tx, &linked).await?;
    }
    Ok(entered)
}

fn takes_members_now(new: &NewOrganization) -> bool {
    new.established_on.is_some() && new.kind.takes_members()
}

fn row(tx: &Tx, new: NewOrganization, import: Option<Id>) -> Result<Vec<Value>> {
    let phone = record::seal_phone(tx, new.id, new.contact_phone.as_deref())?;
    let term = new.established_on.map(|day| term(tx, new.kind, day, import.is_some())).transpose()?.flatten();
    let state = if new.established_on.is_some() { "established" } else { "founding" };
    Ok(vec![
        new.id.into(),
        new.name.into(),
        new.kind.as_str().into(),
        state.into(),
        new.uscc.map(|code| code.to_string()).into(),
        new.division_code.into(),
        new.employees_declared.into(),
        tx.caller().account_id().into(),
        new.established_on.into(),
        None::<Day>.into(),
        term.map(|(from, _)| from).into(),
        term.map(|(_, to)| to).into(),
        new.contact_name.into(),
        phone.into(),
        new.address.into(),
        new.synthetic.into(),
        tx.now().into(),
        1_i64.into(),
        import.into(),
    ])
}

fn term(tx: &Tx, kind: OrganizationKind, from: Day, imported: bool) -> Result<Option<(Day, Day)>> {
    let term = record::term_of(kind, from, None)?;
    Ok(Some(term).filter(|(_, to)| !imported || *to > tx.today()))
}
