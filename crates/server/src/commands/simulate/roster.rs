//! A roster, row by row: each row is made from its number alone.

use std::path::{Path, PathBuf};

use kernel::sheet::{Format, SheetError};
use kernel::time::Day;
use registry::employer::uscc;
use registry::organization::rules::OrganizationKind;

use super::allot::Allotment;
use super::faults::{Hostile, Mistake, Planting};
use super::file::{RawWriter, Value};
use super::person::{Person, person};
use super::register::spelled;
use super::targets::Target;
use super::words::MARK;
use super::{Roster, SYNTHETIC, day, last_day};
use crate::demo::dice::Dice;

/// Headings as rosters in the field have them; the import knows them all.
pub const HEAD: [&str; 10] =
    ["姓名", "性别", "身份证号码", "出生日期", "手机号码", "工会名称", "工作单位", "入会时间", "用工形式", "从事工作"];
const WORKS: [&str; 6] = ["外卖配送员", "快递员", "网约车司机", "货车司机", "家政服务员", "其他平台劳动者"];
const FORMS: [&str; 5] = ["见附件", "按公司规定", "不详", "？", "十二"];

/// What was made.
pub struct Written {
    pub faults: u64,
    pub sidecar: PathBuf,
}

/// Writes the roster and the file that names its mistakes.
pub fn write(options: &Roster, format: Format, targets: Vec<Target>) -> Result<Written, SheetError> {
    let maker = Maker::new(options, format, targets);
    let sidecar = PathBuf::from(format!("{}.faults.csv", options.out.display()));
    let mut faults = RawWriter::create(&sidecar, Format::Csv)?;
    faults.row(&["row_number", "mistake", "code"].map(Value::from))?;
    let mut file = RawWriter::create(&options.out, format)?;
    file.row(&HEAD.map(Value::from))?;
    for row in 0..options.rows {
        let (values, mistake) = maker.row(row);
        file.row(&values)?;
        if let Some(mistake) = mistake {
            // The heading is row 1.
            faults.row(&[(row + 2).to_string().into(), mistake.word().into(), mistake.code().into()])?;
        }
    }
    file.finish(&[SYNTHETIC, &sidecar_note(&sidecar)])?;
    faults.finish(&[])?;
    Ok(Written { faults: maker.planting.count(), sidecar })
}

fn sidecar_note(sidecar: &Path) -> String {
    let name = sidecar.file_name().unwrap_or_default().to_string_lossy();
    format!("故意写错的行列在 {name} 里。")
}

/// Makes any row of a roster.
pub struct Maker {
    seed: u64,
    format: Format,
    targets: Vec<Target>,
    allotment: Allotment,
    pub planting: Planting,
}

impl Maker {
    pub fn new(options: &Roster, format: Format, targets: Vec<Target>) -> Self {
        let weights: Vec<_> = targets.iter().map(|target| target.weight).collect();
        Self {
            seed: options.seed,
            format,
            allotment: Allotment::new(options.rows, &weights),
            planting: Planting::new(options.rows, options.faults),
            targets,
        }
    }

    /// The cells of a row, counted from 0, and what is wrong with it.
    pub fn row(&self, row: u64) -> (Vec<Value>, Option<Mistake>) {
        let mistake = self.planting.of(row);
        let source = match mistake {
            Some(Mistake::Twice) => self.planting.before(row).unwrap_or(row),
            _ => row,
        };
        let (union, place) = self.allotment.of(source);
        let Some(target) = self.targets.get(union) else { return (Vec::new(), mistake) };
        // The first member of a union is its chair.
        let chair = target.chair.as_ref().filter(|_| place == 0);
        let person = chair.cloned().unwrap_or_else(|| person(source, self.seed));
        let mut dice = Dice::new(self.seed.rotate_left(32) ^ row);
        let mut values = self.plain(&mut dice, target, &person);
        if let Some(mistake) = mistake {
            spoil(&mut values, mistake, &person, &mut dice);
        }
        (values, mistake)
    }

    fn plain(&self, dice: &mut Dice, target: &Target, person: &Person) -> Vec<Value> {
        let sex = if person.male { "男" } else { "女" };
        let adult = person.birth.checked_add_months(chrono::Months::new(18 * 12)).unwrap_or(person.birth);
        let joined = dice.day(target.established.max(adult).max(day(1995, 1, 1)).min(last_day()), last_day());
        let union = match &target.code {
            Some(code) if dice.chance(30) => code.clone(),
            _ => target.name.clone(),
        };
        let (form, work) = employment(dice, target);
        vec![
            person.name.clone().into(),
            if dice.chance(70) { sex } else { "" }.into(),
            self.number(dice, &person.id_number),
            if dice.chance(40) { self.date(dice, person.birth) } else { Value::empty() },
            self.phone(dice, &person.phone),
            union.into(),
            employer(dice, target).into(),
            self.date(dice, joined),
            form.into(),
            work.into(),
        ]
    }

    /// A day in one of the spellings of the field, in a workbook also as a real date.
    fn date(&self, dice: &mut Dice, day: Day) -> Value {
        if self.format == Format::Xlsx && dice.chance(30) { Value::Day(day) } else { spelled(dice, day).into() }
    }

    /// Now and then with a small x, in a text file now and then behind an apostrophe.
    fn number(&self, dice: &mut Dice, number: &str) -> Value {
        match dice.below(20) {
            0 => number.to_lowercase().into(),
            1 if self.format == Format::Csv => format!("'{number}").into(),
            _ => number.into(),
        }
    }

    fn phone(&self, dice: &mut Dice, phone: &str) -> Value {
        match dice.below(20) {
            0 => Value::empty(),
            1 => format!("{} {} {}", &phone[..3], &phone[3..7], &phone[7..]).into(),
            2..8 if self.format == Format::Xlsx => phone.parse().map_or_else(|_| phone.into(), Value::Number),
            _ => phone.into(),
        }
    }
}

fn employment(dice: &mut Dice, target: &Target) -> (&'static str, &'static str) {
    match (target.kind, dice.below(20)) {
        (OrganizationKind::Industry, _) => ("新就业形态", target.work().unwrap_or_else(|| dice.pick(&WORKS))),
        (OrganizationKind::TownJoint, 0..10) => ("灵活就业", ""),
        (_, 0 | 1) => ("劳务派遣", ""),
        (_, 2) => ("", ""),
        _ => ("劳动合同", ""),
    }
}

fn employer(dice: &mut Dice, target: &Target) -> String {
    let at = dice.below(target.employers.len());
    match (target.employers.get(at), dice.below(10)) {
        (Some((name, _)), 0..6) => name.clone(),
        (Some((_, code)), 6 | 7) => code.clone(),
        _ => String::new(),
    }
}

/// Columns of [`HEAD`].
const NAME: usize = 0;
const SEX: usize = 1;
const NUMBER: usize = 2;
const PHONE: usize = 4;
const UNION: usize = 5;
const EMPLOYER: usize = 6;
const JOINED: usize = 7;
const FORM: usize = 8;
const WORK: usize = 9;

/// Makes one mistake in a row.
fn spoil(values: &mut [Value], mistake: Mistake, person: &Person, dice: &mut Dice) {
    let mut set = |column: usize, value: Value| {
        if let Some(cell) = values.get_mut(column) {
            *cell = value;
        }
    };
    match mistake {
        Mistake::CheckDigit => set(NUMBER, wrong_check_digit(&person.id_number).into()),
        Mistake::ImpossibleDate => set(NUMBER, impossible_date(&person.id_number).into()),
        Mistake::MissingName => set(NAME, Value::empty()),
        Mistake::UnknownUnion => {
            set(UNION, unknown_union(dice).into());
            set(EMPLOYER, Value::empty());
        }
        Mistake::ShortPhone => set(PHONE, person.phone.get(..8).unwrap_or_default().into()),
        Mistake::Twice => {}
        Mistake::FutureJoining => set(JOINED, "2099-01-01".into()),
        Mistake::WrongSex => set(SEX, if person.male { "女" } else { "男" }.into()),
        Mistake::Hostile(how) => set(NAME, hostile(how, &person.name).into()),
        Mistake::RoundedNumber => {
            // A spreadsheet program keeps 15 digits.
            let kept = format!("{}000", person.id_number.get(..15).unwrap_or_default());
            set(NUMBER, Value::Number(kept.parse().unwrap_or(4.4e17)));
        }
        Mistake::EmptyNumber => set(NUMBER, Value::empty()),
        Mistake::UnknownForm => {
            set(FORM, dice.pick(&FORMS).into());
            set(WORK, Value::empty());
        }
    }
}

fn wrong_check_digit(number: &str) -> String {
    let (body, last) = number.split_at(number.len().saturating_sub(1));
    let wrong = if last == "7" { "4" } else { "7" };
    format!("{body}{wrong}")
}

/// The 30th of February, with whatever check digit.
fn impossible_date(number: &str) -> String {
    let (head, tail) = (number.get(..10).unwrap_or_default(), number.get(14..).unwrap_or_default());
    format!("{head}0230{tail}")
}

fn unknown_union(dice: &mut Dice) -> String {
    let number = 990_000 + u32::try_from(dice.below(9_999)).unwrap_or_default();
    let code = uscc::synthetic('8', '1', "440703", number).ok().filter(|_| dice.chance(40));
    code.map_or_else(|| format!("江门市{MARK}查无此厂{number}工会委员会"), |code| code.as_str().to_owned())
}

fn hostile(how: Hostile, name: &str) -> String {
    match how {
        Hostile::Script => format!("<script>alert('{name}')</script>"),
        Hostile::Formula => "=cmd|'/C calc'!A0".into(),
        Hostile::Long => "长".repeat(10_000),
        Hostile::Nul => format!("{name}\0"),
        Hostile::Reversed => format!("\u{202E}{name}"),
    }
}
