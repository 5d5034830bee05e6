//! Members under a filter, page by page: what the list shows is what an export writes.
//!
//! Every order has an index behind it, so a page costs the same at the beginning and at row 600,000:
//!
//! | asked for | read from | in order of |
//! |---|---|---|
//! | an ID or phone number | the person's memberships | id |
//! | a name | `person_by_name`; for few members and no rare name, the members themselves | name, person, id |
//! | an import, an employer | `membership_by_import`, `membership_by_employer` | id |
//! | anything else | `membership_by_organization`, union by union | union, id |
//!
//! What no index knows (whether a record was taken over) is sifted out of ever larger batches.
//!
//! Nobody hears of a member out of [`Reach`]. Whoever may see the whole city needs no list of its unions, and somebody
//! looked up by a number is in a union or two, which are looked at from below.

use std::collections::BTreeSet;

use kernel::access::{Scope, below};
use kernel::error::INPUT_INVALID;
use kernel::time::Day;
use kernel::{Id, Result, node};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::batch::{self, Batch};
use super::entity as membership;
use crate::account;
use crate::organization::entity as organization;

/// Members of the unions in question up to which they themselves are read to find a name.
pub(super) const FEW: i64 = 5_000;
/// Rows of the first and of the largest batch.
pub(super) const FIRST_BATCH: usize = 64;
const LARGEST_BATCH: usize = 4_096;

/// Where members are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    /// What the caller may list; without it, everything.
    pub scope: Option<&'a Scope>,
    /// This union alone.
    pub only: Option<Id>,
    /// This union and everything below it.
    pub within: Option<Id>,
    /// As the tree stands on this day.
    pub today: Day,
}

/// Unions in reach.
#[derive(Debug, Clone)]
pub enum Unions {
    /// All there are.
    All,
    /// These, in order of their ids.
    These(Vec<Id>),
}

impl Default for Unions {
    fn default() -> Self {
        Self::These(Vec::new())
    }
}

impl Unions {
    /// Whether this is one of them.
    #[must_use]
    pub fn holds(&self, union: Id) -> bool {
        match self {
            Self::All => true,
            Self::These(unions) => unions.binary_search(&union).is_ok(),
        }
    }
}

impl Reach<'_> {
    /// All unions in reach.
    ///
    /// # Errors
    /// The database.
    pub async fn unions(&self, conn: &impl ConnectionTrait) -> Result<Unions> {
        if let Some(only) = self.only {
            return self.those_of(conn, vec![only]).await;
        }
        let mut rows = organization::Entity::find()
            .select_only()
            .column(organization::Column::Id)
            .order_by_asc(organization::Column::Id);
        let mut all = true;
        for tops in self.tops() {
            if !node::all_below(conn, tops, self.today).await? {
                rows = rows.filter(organization::Column::Id.in_subquery(below(tops, self.today)));
                all = false;
            }
        }
        Ok(if all { Unions::All } else { Unions::These(rows.into_tuple::<Id>().all(conn).await?) })
    }

    /// The unions in reach to which one of these persons belongs or belonged.
    ///
    /// # Errors
    /// The database.
    pub async fn unions_of(&self, conn: &impl ConnectionTrait, persons: &[Id]) -> Result<Unions> {
        let unions = membership::Entity::find()
            .select_only()
            .column(membership::Column::OrganizationId)
            .distinct()
            .filter(membership::Column::PersonId.is_in(persons.iter().copied()));
        self.those_of(conn, unions.into_tuple::<Id>().all(conn).await?).await
    }

    /// Those of these unions that are in reach.
    async fn those_of(&self, conn: &impl ConnectionTrait, mut unions: Vec<Id>) -> Result<Unions> {
        unions.retain(|union| self.only.is_none_or(|only| only == *union));
        for tops in self.tops() {
            unions = node::among(conn, &unions, tops, self.today).await?;
        }
        unions.sort_unstable();
        Ok(Unions::These(unions))
    }

    /// What is in reach is below one of each of these.
    fn tops(&self) -> Vec<&[Id]> {
        let scope = self.scope.and_then(Scope::roots);
        scope.into_iter().chain(self.within.as_ref().map(std::slice::from_ref)).collect()
    }
}

/// Which members.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of these unions; see [`Reach`].
    pub unions: Unions,
    /// `active`, `retained`, `transferred`, `left`.
    pub state: String,
    /// These persons only: those with an ID or phone number.
    pub persons: Option<Vec<Id>>,
    /// Beginning of the name.
    pub name: Option<String>,
    /// Entered by this import.
    pub import_id: Option<Id>,
    /// Entered as working there.
    pub employer_id: Option<Id>,
    /// Whether an account holds the person.
    pub taken_over: Option<bool>,
}

/// One page of members.
#[derive(Debug)]
pub struct Members {
    /// Memberships in order.
    pub rows: Vec<membership::Model>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Where a membership stands in the order: what is ordered by, the person where the order knows him, its own id.
pub(super) type Key = (Vec<u8>, Id, Id);

/// A membership as it is sifted.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub id: Id,
    pub person_id: Id,
    pub organization_id: Id,
    pub import_id: Option<Id>,
    pub employer_id: Option<Id>,
    pub key: Key,
}

/// From where the lines come.
pub(super) enum Source {
    /// All of them, sorted.
    Few(Vec<Line>),
    /// By name, through the persons.
    Name(String),
    /// By an import.
    Import(Id),
    /// By an employer.
    Employer(Id),
    /// Union by union.
    Unions,
}

/// The members after a cursor, `limit` at the most.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn members(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<&str>,
    limit: usize,
) -> Result<Members> {
    let mut after = after.map(parse).transpose()?;
    let source = batch::source(conn, filter).await?;
    let (mut lines, mut size) = (Vec::new(), FIRST_BATCH.max(limit + 1));
    while lines.len() <= limit {
        let Batch { found, resume } = batch::fetch(conn, filter, &source, after.as_ref(), size).await?;
        lines.extend(sifted(conn, filter, found).await?);
        let Some(resume) = resume else { break };
        (after, size) = (Some(resume), (size * 4).min(LARGEST_BATCH.max(limit + 1)));
    }
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| more).map(|line| text(&line.key));
    Ok(Members { rows: whole(conn, &lines).await?, next })
}

/// Keeps what the filter asks for beyond the index that was read.
async fn sifted(conn: &impl ConnectionTrait, filter: &Filter, mut lines: Vec<Line>) -> Result<Vec<Line>> {
    lines.retain(|line| {
        filter.unions.holds(line.organization_id)
            && filter.import_id.is_none_or(|import| line.import_id == Some(import))
            && filter.employer_id.is_none_or(|employer| line.employer_id == Some(employer))
            && filter.persons.as_ref().is_none_or(|persons| persons.contains(&line.person_id))
    });
    if let Some(wanted) = filter.taken_over {
        let persons: Vec<Id> = lines.iter().map(|line| line.person_id).collect();
        let held: BTreeSet<Id> = account::persons_held(conn, &persons).await?;
        lines.retain(|line| held.contains(&line.person_id) == wanted);
    }
    Ok(lines)
}

/// The rows of these lines, in their order.
async fn whole(conn: &impl ConnectionTrait, lines: &[Line]) -> Result<Vec<membership::Model>> {
    let ids = lines.iter().map(|line| line.id);
    let rows = membership::Entity::find().filter(membership::Column::Id.is_in(ids)).all(conn).await?;
    let mut rows: std::collections::HashMap<Id, membership::Model> =
        rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(lines.iter().filter_map(|line| rows.remove(&line.id)).collect())
}

/// A cursor as it goes out.
fn text((by, person, id): &Key) -> String {
    let by: String = by.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{by}.{}.{}", person.simple(), id.simple())
}

/// A cursor as it comes back.
fn parse(cursor: &str) -> Result<Key> {
    let read = || {
        let mut parts = cursor.split('.');
        let (by, person, id) = (parts.next()?, parts.next()?, parts.next()?);
        let byte = |at: usize| u8::from_str_radix(by.get(at..at + 2)?, 16).ok();
        let bytes = (0..by.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>()?;
        parts.next().is_none().then_some((bytes, person.parse().ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| INPUT_INVALID.refusal().on("after").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_they_went() {
        for key in [
            ("陈示例".as_bytes().to_vec(), Id::from_u128(7), Id::from_u128(9)),
            (Vec::new(), Id::nil(), Id::from_u128(1)),
        ] {
            assert_eq!(parse(&text(&key)).ok(), Some(key));
        }
        for foreign in ["", "x", "0.1.2", "zz..", "0190ffff-0000-7000-8000-000000000000", "é.é.é", "a.b.c.d"] {
            assert!(parse(foreign).is_err(), "{foreign}");
        }
    }
}
