//! What is right and wrong with a row of a roster, from the file alone. Pure, but for what it remembers of the rows
//! before: the first valid row of a person counts, later ones are rejected and name its number.

use std::collections::HashMap;

use chrono::Datelike;
use kernel::crypto::KeyProvider;
use kernel::sheet::{Cell, Row};
use kernel::time::Day;

use super::super::columns::Columns;
use super::super::fields::field;
use super::super::sequence::Fault;
use super::super::words::Part;
use super::super::{
    BIRTH_DIFFERS, CELL_EMPTY, DATE, DATE_FUTURE, EMPLOYMENT_FORM, ID_KIND, ID_KIND_DIFFERS, JOINED_BEFORE_BIRTH,
    ROW_TWICE, SEX, SEX_DIFFERS, WORK, values,
};
use super::unions::{Place, Unions};
use crate::member::rules::{EmploymentForm, Work};
use crate::person::id_number::{self, IdNumber};
use crate::person::name::clean_name;
use crate::person::phone::Phone;
use crate::person::vault;

/// A row without a fault of its own, that belongs to one union.
#[derive(Debug)]
pub struct Good {
    /// Name.
    pub name: String,
    /// Number of the document, with what it tells.
    pub id: IdNumber,
    /// Blind index of the number.
    pub digest: Vec<u8>,
    /// Phone, where given.
    pub phone: Option<Phone>,
    /// Sex: from the number, else as given.
    pub sex: Option<id_number::Sex>,
    /// Birth: from the number, else as given.
    pub birth: Option<Day>,
    /// Since when.
    pub joined_on: Day,
    /// Form of employment.
    pub form: EmploymentForm,
    /// Platform work.
    pub work: Option<Work>,
    /// Union and employer.
    pub place: Place,
}

/// A column and what its faults call it.
#[derive(Debug, Clone, Copy, Default)]
struct At(Option<usize>, &'static str);

/// Judges the rows of one file in order.
pub struct Judge<'k> {
    keys: &'k dyn KeyProvider,
    day: Day,
    seen: HashMap<u128, u32>,
    name: At,
    id_number: At,
    phone: At,
    organization: At,
    employer: At,
    joined_on: At,
    form: At,
    work: At,
    sex: At,
    birth: At,
    id_kind: At,
}

impl<'k> Judge<'k> {
    /// Of a file with these columns; days are compared with `day`.
    #[must_use]
    pub fn new(keys: &'k dyn KeyProvider, columns: &Columns, day: Day) -> Self {
        let at = |name: &str| At(columns.get(name), field(Part::Members, name).map_or("", |field| field.label));
        Self {
            keys,
            day,
            seen: HashMap::new(),
            name: at("name"),
            id_number: at("id_number"),
            phone: at("phone"),
            organization: at("organization"),
            employer: at("employer"),
            joined_on: at("joined_on"),
            form: at("employment_form"),
            work: at("work"),
            sex: at("sex"),
            birth: at("birth"),
            id_kind: at("id_kind"),
        }
    }

    /// Judges the next row.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn judge(&mut self, row: &Row, unions: &Unions) -> Result<Good, Vec<Fault>> {
        let mut read = Reading { row, faults: Vec::new() };
        let name = read.required(self.name, |text| clean_name(text).map_err(Into::into));
        let id = read.required(self.id_number, |text| id_number::parse(text, self.day).map_err(Into::into));
        let phone = read.optional(self.phone, |text| Phone::parse(text).map_err(Into::into));
        let (sex, birth) = self.checked_against_id(&mut read, id.as_ref());
        let joined_on = self.joined_on(&mut read, birth);
        let form =
            read.optional(self.form, |text| values::employment_form(text).ok_or_else(|| EMPLOYMENT_FORM.refusal()));
        let work = read.optional(self.work, |text| values::work(text).ok_or_else(|| WORK.refusal()));
        let (organization, employer) = (read.text(self.organization), read.text(self.employer));
        // Up to here the file alone speaks, so that a resumed run remembers the same rows.
        let digest = id.as_ref().map(|id| vault::id_number_digest(self.keys, &id.normalized));
        let valid = read.faults.is_empty();
        if let Some(first) = digest.as_deref().and_then(|digest| self.seen_before(digest, row.number, valid)) {
            let sentence = format!("这个证件号码在第 {first} 行已经有了，按第 {first} 行导入；请核对后删除其中一行。");
            read.faults.push(Fault::on(self.id_number.1, ROW_TWICE.with(sentence)));
        }
        let place = unions.place(organization, employer, [self.organization.1, self.employer.1]);
        let place = place.map_err(|fault| read.faults.push(fault)).ok();
        let (Some(name), Some(id), Some(digest), Some(place), true) = (name, id, digest, place, read.faults.is_empty())
        else {
            return Err(read.faults);
        };
        // Whoever names a kind of platform work and no form works for a platform.
        let default = if work.is_some() { EmploymentForm::Platform } else { EmploymentForm::LabourContract };
        let (joined_on, form) = (joined_on.unwrap_or(self.day), form.unwrap_or(default));
        Ok(Good { name, id, digest, phone, sex, birth, joined_on, form, work, place })
    }

    /// Sex and birth: what the document tells counts, what is written beside it must not differ.
    fn checked_against_id(
        &self,
        read: &mut Reading<'_>,
        id: Option<&IdNumber>,
    ) -> (Option<id_number::Sex>, Option<Day>) {
        let sex = read.optional(self.sex, |text| values::sex(text).ok_or_else(|| SEX.refusal()));
        let birth = read.optional(self.birth, |text| values::day(text).ok_or_else(|| DATE.refusal()));
        let kind = read.optional(self.id_kind, |text| values::id_kind(text).ok_or_else(|| ID_KIND.refusal()));
        let Some(id) = id else { return (sex, birth) };
        if kind.is_some_and(|kind| kind != id.kind) {
            read.fault(self.id_kind, ID_KIND_DIFFERS.refusal());
        }
        if sex.zip(id.sex).is_some_and(|(given, told)| given != told) {
            read.fault(self.sex, SEX_DIFFERS.refusal());
        }
        // A month alone was read as its first day.
        let differs = |(given, told): (Day, Day)| given != told && Some(given) != told.with_day(1);
        if birth.zip(id.birth).is_some_and(differs) {
            read.fault(self.birth, BIRTH_DIFFERS.refusal());
        }
        (id.sex.or(sex), id.birth.or(birth))
    }

    fn joined_on(&self, read: &mut Reading<'_>, birth: Option<Day>) -> Option<Day> {
        let joined_on = read.optional(self.joined_on, |text| values::day(text).ok_or_else(|| DATE.refusal()))?;
        if joined_on > self.day {
            read.fault(self.joined_on, DATE_FUTURE.refusal());
        } else if birth.is_some_and(|birth| joined_on < birth) {
            read.fault(self.joined_on, JOINED_BEFORE_BIRTH.refusal());
        }
        Some(joined_on)
    }

    /// The number of the valid row that had this person first; remembers this one when there is none.
    fn seen_before(&mut self, digest: &[u8], row: u64, valid: bool) -> Option<u32> {
        // The blind index is a keyed hash: half of it is enough to tell two persons apart.
        let key = digest.first_chunk::<16>().copied().map(u128::from_be_bytes)?;
        let first = self.seen.get(&key).copied();
        if first.is_none() && valid {
            self.seen.insert(key, u32::try_from(row).unwrap_or(u32::MAX));
        }
        first
    }
}

/// A row being read, with the faults found so far.
struct Reading<'a> {
    row: &'a Row,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    fn text(&mut self, at: At) -> Option<&'a str> {
        let cell: Option<&'a Cell> = at.0.and_then(|n| self.row.cells.get(n));
        values::text(cell, at.1).map_err(|fault| self.faults.push(fault)).ok().flatten()
    }

    fn optional<T>(&mut self, at: At, parse: impl FnOnce(&str) -> Result<T, kernel::Refusal>) -> Option<T> {
        let text = self.text(at)?;
        parse(text).map_err(|refusal| self.fault(at, refusal)).ok()
    }

    fn required<T>(&mut self, at: At, parse: impl FnOnce(&str) -> Result<T, kernel::Refusal>) -> Option<T> {
        let faults = self.faults.len();
        let text = self.text(at);
        if text.is_none() && self.faults.len() == faults {
            let sentence = format!("{}没有填写，请补上后重新导入这一行。", at.1);
            self.fault(at, CELL_EMPTY.with(sentence));
        }
        parse(text?).map_err(|refusal| self.fault(at, refusal)).ok()
    }

    fn fault(&mut self, at: At, refusal: kernel::Refusal) {
        self.faults.push(Fault::on(at.1, refusal));
    }
}

#[cfg(test)]
mod tests;
