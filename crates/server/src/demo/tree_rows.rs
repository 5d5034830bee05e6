//! The tree as rows: divisions, nodes and their placements, unions, employers,
//! which union covers which employer, joining links.

use kernel::crypto::seal;
use kernel::time::{Day, Time};
use kernel::{Error, Result, Tx};
use registry::division::entity as division;
use registry::employer::entity as employer;
use registry::organization::rules::{LINK_ALPHABET, LINK_LENGTH};
use registry::organization::{employer_link, entity as organization, join_link_entity as join_link};
use sea_orm::ActiveValue::Set;

use super::day;
use super::dice::Dice;
use super::people::{Maker, People};
use super::rows::{self, Placement};
use super::unions::{Tree, Union};

/// Kinds that take members directly, and so have a joining link.
const TAKES_MEMBERS: [&str; 4] = ["grassroots", "joint_grassroots", "industry", "town_joint"];
const ROADS: [&str; 8] = ["建设路", "迎宾大道", "港口路", "东华路", "胜利路", "工业大道", "人民路", "白石大道"];

/// Writes the tree; the people give each union the name to ask for.
///
/// # Errors
/// When the database refuses or the keys cannot be had.
pub async fn write(tx: &Tx, maker: &mut Maker<'_>, tree: &Tree, people: &People) -> Result<()> {
    rows::insert(tx, divisions(tree)).await?;
    let nodes: Vec<_> = tree.unions.iter().map(|union| (union.id, union.kind)).collect();
    rows::nodes(tx, &nodes).await?;
    rows::placements(tx, &placements(tree)).await?;
    let mut unions = Vec::new();
    for union in &tree.unions {
        unions.push(union_row(tx, maker, union, people)?);
    }
    rows::insert(tx, unions).await?;
    rows::insert(tx, employers(tree, tx.now())).await?;
    let names: Vec<_> = tree.employers.iter().map(|employer| (employer.id, employer.name.clone())).collect();
    registry::employer::index_names(tx, &names).await?;
    rows::insert(tx, covers(tree)).await?;
    rows::insert(tx, links(tree, maker.dice, tx.now())).await
}

fn divisions(tree: &Tree) -> Vec<division::ActiveModel> {
    let row = |row: &registry::division::data::DivisionRow| division::ActiveModel {
        code: Set(row.code.to_owned()),
        name: Set(row.name.to_owned()),
        parent_code: Set(Some(row.parent_code.to_owned())),
        level: Set(row.level.as_str().to_owned()),
        valid_from: Set(day(2019, 1, 1)),
        valid_to: Set(None),
    };
    tree.divisions.iter().map(row).collect()
}

fn placements(tree: &Tree) -> Vec<Placement> {
    let mut placements = Vec::new();
    for union in &tree.unions {
        let Some(parent) = union.parent else { continue };
        let mut from = union.established;
        if let Some((former, until)) = union.moved {
            placements.push(Placement { child: union.id, parent: former, from, to: Some(until) });
            from = until;
        }
        placements.push(Placement { child: union.id, parent, from, to: union.dissolved });
    }
    placements
}

fn union_row(tx: &Tx, maker: &mut Maker<'_>, union: &Union, people: &People) -> Result<organization::ActiveModel> {
    let chair = people.officers.iter().find(|o| *o.organization_id.as_ref() == union.id).map(|o| *o.person_id.as_ref());
    let chair = people.persons.iter().find(|person| Some(person.id) == chair);
    let context = format!("organization.contact_phone:{}", union.id);
    let phone = |phone: &str| seal(tx.app().keys.as_ref(), &context, phone.as_bytes()).map_err(Error::internal);
    let base = is_base(union);
    let term = maker.term(union, if base { 3 } else { 5 });
    let declared = i64::try_from(union.size * (105 + maker.dice.below(70)) / 100).map_err(Error::internal)?;
    Ok(organization::ActiveModel {
        id: Set(union.id),
        name: Set(union.name.clone()),
        kind: Set(union.kind.to_owned()),
        state: Set(if union.dissolved.is_some() { "dissolved" } else { "established" }.to_owned()),
        uscc: Set(union.uscc.clone()),
        division_code: Set(union.division.to_owned()),
        employees_declared: Set(Some(declared).filter(|_| base)),
        founded_by: Set(None),
        established_on: Set(Some(union.established)),
        dissolved_on: Set(union.dissolved),
        term_from: Set(Some(term.0)),
        term_to: Set(Some(term.1)),
        contact_name: Set(chair.map(|person| person.name.clone())),
        contact_phone_sealed: Set(chair.map(|person| phone(person.phone.as_str())).transpose()?),
        address: Set(Some(format!("示例地址 {}{} 号", maker.dice.pick(&ROADS), maker.dice.between(1, 299)))),
        synthetic: Set(true),
        created_at: Set(morning(union.established)),
        version: Set(1),
    })
}

fn is_base(union: &Union) -> bool {
    matches!(union.kind, "grassroots" | "joint_grassroots")
}

/// Nine in the morning in China.
pub fn morning(day: Day) -> Time {
    day.and_hms_opt(1, 0, 0).unwrap_or_default().and_utc()
}

fn employers(tree: &Tree, now: Time) -> Vec<employer::ActiveModel> {
    let row = |one: &super::unions::Employer| employer::ActiveModel {
        id: Set(one.id),
        name: Set(one.name.clone()),
        uscc: Set(Some(one.uscc.clone())),
        division_code: Set(one.division.to_owned()),
        synthetic: Set(true),
        created_at: Set(now),
    };
    tree.employers.iter().map(row).collect()
}

fn covers(tree: &Tree) -> Vec<employer_link::ActiveModel> {
    let pairs = tree.unions.iter().flat_map(|union| union.employers.iter().map(move |employer| (union, *employer)));
    let row = |(union, employer): (&Union, kernel::Id)| employer_link::ActiveModel {
        organization_id: Set(union.id),
        employer_id: Set(employer),
        valid_from: Set(union.established),
        valid_to: Set(union.dissolved),
    };
    pairs.map(row).collect()
}

fn links(tree: &Tree, dice: &mut Dice, now: Time) -> Vec<join_link::ActiveModel> {
    let with = tree.unions.iter().filter(|u| TAKES_MEMBERS.contains(&u.kind) && u.dissolved.is_none());
    let row = |union: &Union| join_link::ActiveModel {
        code: Set(code(dice)),
        organization_id: Set(union.id),
        created_by: Set(None),
        created_at: Set(now),
        ended_at: Set(None),
    };
    with.map(row).collect()
}

/// A code as every demo has it, so that a printed one still works after a fresh start.
fn code(dice: &mut Dice) -> String {
    let letters = (0..LINK_LENGTH).map(|_| LINK_ALPHABET.get(dice.below(LINK_ALPHABET.len())).copied());
    letters.map(|letter| char::from(letter.unwrap_or(b'2'))).collect()
}
