//! The unions a roster is about: those of the plan, or those of files made before.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use kernel::sheet::{Book, SheetError};
use kernel::time::Day;
use registry::organization::rules::OrganizationKind;
use registry::person::id_number::{self, Sex};

use super::plan::{LINES, Plan};
use super::{day, last_day, person, register};
use crate::fault::Fault;

/// A union that takes members.
pub struct Target {
    pub name: String,
    pub code: Option<String>,
    pub kind: OrganizationKind,
    pub established: Day,
    pub weight: usize,
    /// Name and code.
    pub employers: Vec<(String, String)>,
    pub chair: Option<person::Person>,
}

impl Target {
    /// What members of an industry union do, where all of them do the same.
    pub fn work(&self) -> Option<&'static str> {
        // The first line takes every kind of work.
        LINES.iter().find(|(line, work)| work.is_some() && self.name.contains(line)).and_then(|(_, work)| *work)
    }
}

/// The unions of a plan, with all their chairs.
pub fn of_plan(plan: &Plan) -> Vec<Target> {
    let target = |(at, union): (usize, &super::plan::Union)| Target {
        name: union.name.clone(),
        code: union.uscc.clone(),
        kind: union.kind,
        established: union.established,
        weight: union.employees,
        employers: union.employers.iter().map(|one| (one.name.clone(), one.uscc.clone())).collect(),
        chair: Some(person::chair(at, plan.seed)),
    };
    let unions = plan.unions.iter().enumerate();
    unions.filter(|(_, union)| union.kind.takes_members() && union.employees > 0).map(target).collect()
}

/// Reads the files that `simulate register` made; chairs whom they have without an ID number are known again where the
/// seed is theirs, so that a roster brings the number that the register lacked.
///
/// # Errors
/// When a file is missing or is not what it was.
pub fn read(folder: &Path, seed: u64) -> Result<Vec<Target>, Fault> {
    unions(folder, seed).map_err(|error| {
        let shown = folder.display();
        Fault::new(
            format!("{shown} 里的名录读不出来，没有生成文件。"),
            format!("The register in {shown} cannot be read: {error}."),
        )
        .next("zhigong simulate register --out ./register")
    })
}

fn unions(folder: &Path, seed: u64) -> Result<Vec<Target>, SheetError> {
    let mut targets = Vec::new();
    for [name, kind, code, established, employees] in
        rows(folder, register::UNIONS, ["工会名称", "工会类型", "工会代码", "建会日期", "职工人数"])?
    {
        let kind = OrganizationKind::ALL.into_iter().find(|one| one.label() == kind);
        let weight = employees.parse().unwrap_or(0);
        let Some(kind) = kind.filter(|kind| kind.takes_members() && weight > 0) else { continue };
        let established = parsed(&established).unwrap_or(day(2019, 1, 1));
        let code = Some(code).filter(|code| !code.is_empty());
        targets.push(Target { name, code, kind, established, weight, employers: Vec::new(), chair: None });
    }
    let places: HashMap<String, usize> = targets.iter().enumerate().map(|(at, one)| (one.name.clone(), at)).collect();
    for [name, code, union] in rows(folder, register::EMPLOYERS, ["单位名称", "统一社会信用代码", "所属工会"])?
    {
        if let Some(target) = places.get(&union).and_then(|at| targets.get_mut(*at)) {
            target.employers.push((name, code));
        }
    }
    for [union, title, name, phone, number] in
        rows(folder, register::OFFICERS, ["所属工会", "职务", "姓名", "手机号码", "证件号码"])?
    {
        if let Some(target) = places.get(&union).filter(|_| title == "主席").and_then(|at| targets.get_mut(*at)) {
            target.chair = chair(name, phone, &number, seed);
        }
    }
    Ok(targets)
}

/// A chair whose ID number the file has; else the one of this name and phone who was invented with the seed.
fn chair(name: String, phone: String, number: &str, seed: u64) -> Option<person::Person> {
    let Ok(parsed) = id_number::parse(number, last_day()) else {
        return person::chair_with_phone(&phone, seed).filter(|chair| chair.name == name);
    };
    let male = parsed.sex == Some(Sex::Male);
    Some(person::Person { name, male, birth: parsed.birth?, id_number: parsed.normalized, phone })
}

/// The wanted columns of a file, by heading.
fn rows<const N: usize>(folder: &Path, file: &str, wanted: [&str; N]) -> Result<Vec<[String; N]>, SheetError> {
    let mut rows = Book::open(File::open(folder.join(file))?, file)?.rows(0)?;
    let head = rows.next().transpose()?.map(|row| row.cells).unwrap_or_default();
    let columns = wanted.map(|label| head.iter().position(|cell| cell.text == label).unwrap_or(usize::MAX));
    let pick =
        |row: kernel::sheet::Row| columns.map(|at| row.cells.get(at).map(|cell| cell.text.clone()).unwrap_or_default());
    rows.map(|row| row.map(pick)).collect()
}

/// A day in one of the spellings of [`register::spelled`].
fn parsed(text: &str) -> Option<Day> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u32>().ok());
    let (year, month, date) = (numbers.next()?, numbers.next()?, numbers.next()?);
    Day::from_ymd_opt(i32::try_from(year).ok()?, month, date)
}
