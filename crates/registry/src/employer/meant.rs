//! At which of a union's employers somebody works.

use kernel::{Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::spelling::{Spelling, likeness};
use super::{alias_entity as alias, claim};

/// Least likeness of what was typed, in thousandths: the same name but for its place and legal form.
const LEAST: i64 = 1000;

/// The employer that an applicant means, among those that his union covers today: the one he named, or the only one
/// there is. `None` where he named another, or none of several; nobody is put where he may not work.
///
/// # Errors
/// The database.
pub async fn meant(tx: &Tx, organization: Id, typed: Option<&str>) -> Result<Option<Id>> {
    let covered = claim::of_union(tx, organization, tx.today()).await?;
    let Some(typed) = typed.map(Spelling::read).filter(|spelling| !spelling.text.is_empty()) else {
        return Ok(match covered.as_slice() {
            [only] => Some(only.id),
            _ => None,
        });
    };
    let ids = covered.iter().map(|row| row.id);
    let others = alias::Entity::find().filter(alias::Column::EmployerId.is_in(ids)).all(tx).await?;
    let present = covered.iter().map(|row| (row.id, row.name.as_str()));
    let names = present.chain(others.iter().map(|row| (row.employer_id, row.name.as_str())));
    let near = names.map(|(id, name)| (likeness(&typed, &Spelling::read(name)), id));
    let mut near: Vec<(i64, Id)> = near.filter(|(likeness, _)| *likeness >= LEAST).collect();
    near.sort_unstable();
    // Of two that are as near, neither is meant.
    let (best, id) = near.pop().unzip();
    let doubtful = near.iter().any(|(likeness, other)| Some(*likeness) == best && Some(*other) != id);
    Ok(id.filter(|_| !doubtful))
}
