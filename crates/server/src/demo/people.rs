//! The people of the demo city: members, former members, officers. Invented, with
//! right check digits and phones of a segment (154) that no operator was given, and
//! every row is marked synthetic.

use std::collections::HashSet;

use kernel::crypto::KeyProvider;
use kernel::id::Ids;
use kernel::time::{Day, Time};
use kernel::{Error, Id, Result};
use registry::member::entity as membership;
use registry::organization::officer_entity as officer;
use registry::person::phone::Phone;
use registry::person::{entity as person, id_number, index_entity as index, vault};
use sea_orm::ActiveValue::Set;

use super::dice::Dice;
use super::unions::{LINES, TOY_FACTORY, Tree, Union, district};
use super::{day, names};

/// First joining that the demo knows of.
const FIRST_YEAR: i32 = 2019;
/// Offices in the order in which a union's first people take them.
const OFFICERS: [&str; 4] = ["chair", "vice_chair", "audit_director", "women_director"];
const LEFT: [&str; 4] = ["与单位解除劳动合同", "离开本市就业", "退休后转出", "本人申请退会"];

/// A person of the plan.
pub struct Person {
    pub id: Id,
    pub name: String,
    pub male: bool,
    pub birth: Day,
    pub id_number: String,
    pub phone: Phone,
}

/// Everybody, as rows, and whom the tour needs by name.
#[derive(Default)]
pub struct People {
    pub persons: Vec<Person>,
    pub memberships: Vec<membership::ActiveModel>,
    pub officers: Vec<officer::ActiveModel>,
}

/// Makes people one by one; no ID number or phone comes twice.
pub struct Maker<'a> {
    pub ids: &'a Ids,
    pub dice: &'a mut Dice,
    pub today: Day,
    pub now: Time,
    numbers: HashSet<String>,
    phones: u32,
}

/// Sequence numbers of ID numbers from here on are the demo city's: a simulated roster that comes into it holds none of
/// its people.
pub const FIRST_SEQUENCE: usize = 950;

impl<'a> Maker<'a> {
    pub fn new(ids: &'a Ids, dice: &'a mut Dice, now: Time) -> Self {
        Self { ids, dice, today: kernel::calendar::china_day(now), now, numbers: HashSet::new(), phones: 0 }
    }

    /// Somebody of working age who comes from a district.
    ///
    /// # Errors
    /// When the division is none.
    pub fn person(&mut self, division: &str) -> Result<Person> {
        let male = self.dice.chance(56);
        self.person_of(division, male)
    }

    fn person_of(&mut self, division: &str, male: bool) -> Result<Person> {
        let name = names::person(self.dice, male);
        let (birth, id_number) = loop {
            let birth = self.dice.day(day(1967, 1, 1), day(2006, 6, 30));
            let sequence = self.dice.below((1_000 - FIRST_SEQUENCE) / 2) * 2 + usize::from(male);
            let sequence = u16::try_from(FIRST_SEQUENCE + sequence).map_err(Error::internal)?;
            let number = id_number::synthetic(district(division), birth, sequence);
            let number = number.ok_or_else(|| Error::internal("a division without six digits"))?;
            if self.numbers.insert(number.clone()) {
                break (birth, number);
            }
        };
        self.phones += 1;
        let phone = Phone::parse(&format!("154{:08}", 7_500_000 + self.phones)).map_err(Error::internal)?;
        Ok(Person { id: self.ids.next(), name, male, birth, id_number, phone })
    }

    fn members(&mut self, union: &Union, people: &mut People) -> Result<()> {
        for number in 0..union.size {
            let person = self.officer_or_member(union, number)?;
            let mut row = self.membership(union, person.id);
            // The first are the officers, who stay; so does everybody on the tour, whose number is told.
            if number >= OFFICERS.len() && !union.name.starts_with(TOY_FACTORY) && self.dice.chance(5) {
                self.end(&mut row);
            }
            people.memberships.push(row);
            people.persons.push(person);
        }
        Ok(())
    }

    /// The fourth is the women's director, and a woman.
    fn officer_or_member(&mut self, union: &Union, number: usize) -> Result<Person> {
        match OFFICERS.get(number) {
            Some(&"women_director") => self.person_of(union.division, false),
            _ => self.person(union.division),
        }
    }

    fn membership(&mut self, union: &Union, person: Id) -> membership::ActiveModel {
        let first = union.established.max(day(FIRST_YEAR, 1, 2)).min(self.today);
        let employer = union.employers.get(self.dice.below(union.employers.len())).copied();
        let form = match (union.kind, self.dice.below(10)) {
            ("industry", _) => "platform",
            ("town_joint", 0..5) => "platform",
            ("town_joint", _) => "flexible",
            (_, 0) => "dispatched",
            _ => "labour_contract",
        };
        let line = LINES.get(self.dice.below(LINES.len())).map(|(work, _)| *work);
        let work = union.work.or(line.filter(|_| form == "platform"));
        membership::ActiveModel {
            id: Set(self.ids.next()),
            person_id: Set(person),
            organization_id: Set(union.id),
            employer_id: Set(employer),
            state: Set("active".to_owned()),
            employment_form: Set(form.to_owned()),
            work: Set(work.map(str::to_owned)),
            joined_on: Set(self.dice.day(first, self.today)),
            ended_on: Set(None),
            end_reason: Set(None),
            source: Set("demo".to_owned()),
            created_at: Set(self.now),
        }
    }

    fn end(&mut self, row: &mut membership::ActiveModel) {
        let joined = *row.joined_on.as_ref();
        row.ended_on = Set(Some(self.dice.day(joined, self.today)));
        let retained = self.dice.chance(30);
        row.state = Set(if retained { "retained" } else { "left" }.to_owned());
        let reason = if retained { "停工待岗，保留会籍" } else { self.dice.pick(&LEFT) };
        row.end_reason = Set(Some(reason.to_owned()));
    }

    /// Officers of a union; `persons` are its first members, or people who serve without being its members.
    fn officers(&mut self, union: &Union, persons: &[Id], people: &mut People) {
        let federation = union.parent.is_none() || union.kind == "county_federation";
        let count = if union.size >= 25 || federation { OFFICERS.len() } else { 1 };
        let base = matches!(union.kind, "grassroots" | "joint_grassroots");
        let term = self.term(union, if base { 3 } else { 5 });
        for (title, person) in OFFICERS.into_iter().zip(persons).take(count) {
            people.officers.push(officer::ActiveModel {
                id: Set(self.ids.next()),
                organization_id: Set(union.id),
                person_id: Set(*person),
                title: Set(title.to_owned()),
                valid_from: Set(term.0),
                valid_to: Set(None),
                recorded_by: Set(None),
            });
        }
    }

    /// The present term of so many years, counted from the founding.
    pub fn term(&self, union: &Union, years: u32) -> (Day, Day) {
        let next = |from: Day| from.checked_add_months(chrono::Months::new(years * 12)).unwrap_or(Day::MAX);
        let mut from = union.established;
        while next(from) <= self.today {
            from = next(from);
        }
        (from, next(from))
    }
}

/// Thinks everybody out.
///
/// # Errors
/// When a division is damaged.
pub fn plan(maker: &mut Maker<'_>, tree: &Tree) -> Result<People> {
    let mut people = People::default();
    for union in tree.unions.iter().filter(|union| union.dissolved.is_none()) {
        let first = people.persons.len();
        maker.members(union, &mut people)?;
        if union.size == 0 {
            for number in 0..OFFICERS.len() {
                let officer = maker.officer_or_member(union, number)?;
                people.persons.push(officer);
            }
        }
        let ids: Vec<Id> = people.persons.iter().skip(first).take(OFFICERS.len()).map(|person| person.id).collect();
        maker.officers(union, &ids, &mut people);
    }
    Ok(people)
}

/// The rows of persons and their blind indexes; the sealing is the greater part of the work and takes all cores.
///
/// # Errors
/// When the keys cannot be had.
pub fn rows(
    keys: &dyn KeyProvider,
    persons: &[Person],
    now: Time,
) -> Result<(Vec<person::ActiveModel>, Vec<index::ActiveModel>)> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let share = persons.len().div_ceil(cores).max(1);
    let parts = std::thread::scope(|scope| {
        let seal = |part| scope.spawn(move || part_rows(keys, part, now));
        let threads: Vec<_> = persons.chunks(share).map(seal).collect();
        let joined =
            threads.into_iter().map(|thread| thread.join().map_err(|_| Error::internal("sealing panicked"))?);
        joined.collect::<Result<Vec<_>>>()
    })?;
    let (rows, indexes): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    Ok((rows.into_iter().flatten().collect(), indexes.into_iter().flatten().collect()))
}

type Rows = (Vec<person::ActiveModel>, Vec<index::ActiveModel>);

fn part_rows(keys: &dyn KeyProvider, persons: &[Person], now: Time) -> Result<Rows> {
    let (mut rows, mut indexes) = (Vec::with_capacity(persons.len()), Vec::with_capacity(persons.len() * 2));
    for one in persons {
        let digests = [
            ("id_number", vault::id_number_digest(keys, &one.id_number)),
            ("phone", vault::phone_digest(keys, &one.phone)),
        ];
        rows.push(person::ActiveModel {
            id: Set(one.id),
            name: Set(Some(one.name.clone())),
            sex: Set(Some(if one.male { "male" } else { "female" }.to_owned())),
            birth: Set(Some(one.birth)),
            id_kind: Set(Some("resident_id".to_owned())),
            id_number_sealed: Set(Some(vault::seal_id_number(keys, one.id, &one.id_number)?)),
            phone_sealed: Set(Some(vault::seal_phone(keys, one.id, &one.phone)?)),
            real_name: Set("verified".to_owned()),
            synthetic: Set(true),
            created_at: Set(now),
            erased_at: Set(None),
        });
        for (kind, digest) in digests {
            indexes.push(index::ActiveModel {
                kind: Set(kind.to_owned()),
                digest: Set(digest),
                person_id: Set(one.id),
            });
        }
    }
    Ok((rows, indexes))
}
