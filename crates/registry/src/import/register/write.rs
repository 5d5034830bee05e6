//! Writing what a judged chunk brings, set-wise and in a fixed order of tables.
//!
//! Everything is claimed: where somebody else was faster (a code, a name, a chair, an employer's link, a union
//! dissolved meanwhile) fewer rows come out than were asked for, and the chunk is judged again.

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Error, Id, Result, Tx};

use super::judge::{Cover, New, NewEmployer, NewOfficer, NewPerson};
use crate::employer::index_names;
use crate::organization::enter::enter;
use crate::organization::record::{self, NewOrganization};
use crate::person::complete::{self, NewNumber};
use crate::person::id_number::Sex;
use crate::person::vault;

const ONCE: &str = "ON CONFLICT DO NOTHING";

/// Writes it as of the day of the import, with one event for each union, employer, person and office.
///
/// # Errors
/// Contention when the database has changed since the judgement; the database.
pub async fn write(tx: &Tx, import: Id, day: Day, new: New) -> Result<()> {
    // Unions that were there before must still stand.
    record::hold_established(tx, new.leaned_on.into_iter().collect()).await?;
    let mut events = events(&new.unions, &new.employers, &new.covers, &new.persons, &new.officers);
    events.extend(new.numbers.iter().map(|(person, _)| complete::number_entered(*person)));
    enter_employers(tx, import, new.employers).await?;
    let asked = new.unions.len() as u64;
    claimed(enter(tx, new.unions, Some(import)).await?, asked)?;
    enter_covers(tx, day, &new.covers).await?;
    enter_persons(tx, &new.persons).await?;
    let keys = tx.app().keys.as_ref();
    let numbers = new.numbers.iter().map(|(person, number)| NewNumber::of(keys, *person, number));
    complete::enter_numbers(tx, numbers.collect::<Result<_>>()?).await?;
    enter_officers(tx, import, &new.officers).await?;
    tx.record_many(events).await?;
    Ok(())
}

fn claimed(written: u64, asked: u64) -> Result<()> {
    if written == asked { Ok(()) } else { Err(Error::Contention) }
}

/// Employers with their other names, filed where the search looks.
async fn enter_employers(tx: &Tx, import: Id, employers: Vec<NewEmployer>) -> Result<()> {
    let columns = ["id", "name", "uscc", "division_code", "synthetic", "created_at", "import_id"];
    let asked = employers.len() as u64;
    let (mut rows, mut aliases, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for new in employers {
        for alias in &new.aliases {
            aliases.push(vec![new.id.into(), alias.clone().into(), tx.now().into()]);
        }
        names.extend(new.aliases.into_iter().map(|alias| (new.id, alias)));
        names.push((new.id, new.name.clone()));
        rows.push(vec![
            new.id.into(),
            new.name.into(),
            new.code.into(),
            new.division_code.into(),
            new.synthetic.into(),
            tx.now().into(),
            import.into(),
        ]);
    }
    claimed(insert_rows(tx, "employer", &columns, rows, ONCE).await?, asked)?;
    insert_rows(tx, "employer_alias", &["employer_id", "name", "created_at"], aliases, "").await?;
    index_names(tx, &names).await
}

async fn enter_covers(tx: &Tx, day: Day, covers: &[Cover]) -> Result<()> {
    let columns = ["organization_id", "employer_id", "valid_from"];
    let row = |cover: &Cover| vec![cover.union.into(), cover.employer.into(), day.into()];
    let rows = covers.iter().map(row).collect();
    claimed(insert_rows(tx, "organization_employer", &columns, rows, ONCE).await?, covers.len() as u64)
}

async fn enter_persons(tx: &Tx, persons: &[NewPerson]) -> Result<()> {
    let columns = [
        "id",
        "name",
        "sex",
        "birth",
        "id_kind",
        "id_number_sealed",
        "phone_sealed",
        "real_name",
        "synthetic",
        "created_at",
    ];
    let (mut rows, mut indexes) = (Vec::new(), Vec::new());
    let keys = tx.app().keys.as_ref();
    for NewPerson { id, somebody, synthetic } in persons {
        let number = somebody.id_number.as_ref();
        let sealed = number.map(|number| vault::seal_id_number(keys, *id, &number.normalized)).transpose()?;
        let sex = number.and_then(|number| number.sex).map(Sex::as_str);
        rows.push(vec![
            (*id).into(),
            somebody.name.clone().into(),
            sex.into(),
            number.and_then(|number| number.birth).into(),
            number.map(|number| number.kind.as_str()).into(),
            sealed.into(),
            vault::seal_phone(keys, *id, &somebody.phone)?.into(),
            if number.is_some() { "declared" } else { "none" }.into(),
            (*synthetic).into(),
            tx.now().into(),
        ]);
        indexes.push(vec!["phone".into(), vault::phone_digest(keys, &somebody.phone).into(), (*id).into()]);
        if let Some(number) = number {
            let digest = vault::id_number_digest(keys, &number.normalized);
            indexes.push(vec!["id_number".into(), digest.into(), (*id).into()]);
        }
    }
    insert_rows(tx, "person", &columns, rows, "").await?;
    let asked = indexes.len() as u64;
    claimed(insert_rows(tx, "person_index", &["kind", "digest", "person_id"], indexes, ONCE).await?, asked)
}

async fn enter_officers(tx: &Tx, import: Id, officers: &[NewOfficer]) -> Result<()> {
    let columns = ["id", "organization_id", "person_id", "title", "valid_from", "recorded_by", "import_id"];
    let row = |new: &NewOfficer| {
        vec![
            new.id.into(),
            new.union.into(),
            new.person.into(),
            new.title.as_str().into(),
            new.from.into(),
            tx.caller().account_id().into(),
            import.into(),
        ]
    };
    let rows = officers.iter().map(row).collect();
    claimed(insert_rows(tx, "officer", &columns, rows, ONCE).await?, officers.len() as u64)
}

/// One for each aggregate that changes; a link between two that were there before changes the union.
fn events(
    unions: &[NewOrganization],
    employers: &[NewEmployer],
    covers: &[Cover],
    persons: &[NewPerson],
    officers: &[NewOfficer],
) -> Vec<Event> {
    let employers = employers.iter().map(|new| Event::of("employer.imported", "employer", new.id).at(new.node));
    let unions = unions.iter().map(|new| {
        let event = Event::of("organization.imported", "organization", new.id).at(new.id);
        event.with("kind", new.kind).with("parent_id", new.parent).with("on", new.established_on)
    });
    let covers = covers.iter().filter(|cover| cover.alone).map(|cover| {
        let event = Event::of("organization.employer_linked", "organization", cover.union).at(cover.union);
        event.with("employer_id", cover.employer)
    });
    let persons = persons.iter().map(|new| Event::of("person.entered", "person", new.id).with("as", "officer"));
    let officers = officers.iter().map(|new| {
        let event = Event::of("organization.officer_imported", "organization", new.union).at(new.union);
        event.with("officer_id", new.id).with("title", new.title).with("from", new.from)
    });
    employers.chain(unions).chain(covers).chain(persons).chain(officers).collect()
}
