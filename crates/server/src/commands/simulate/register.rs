//! The three files of a register. They name each other: unions name their employers
//! by code, employers name their union by name; parents stand by name or by code, and
//! some after their children.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use kernel::sheet::{Format, SheetError, SheetWriter, WriterOptions};
use kernel::time::Day;
use registry::organization::rules::OrganizationKind;

use super::plan::{Plan, ROOT, Union};
use super::{SYNTHETIC, day, last_day, person};
use crate::demo::dice::Dice;

pub const UNIONS: &str = "unions.xlsx";
pub const EMPLOYERS: &str = "employers.csv";
pub const OFFICERS: &str = "officers.xlsx";

/// Headings that the import knows.
pub const UNION_HEAD: [&str; 11] = [
    "工会名称",
    "工会类型",
    "上级工会",
    "工会代码",
    "所在地区",
    "建会日期",
    "职工人数",
    "用人单位代码",
    "联系人",
    "联系电话",
    "地址",
];
pub const EMPLOYER_HEAD: [&str; 5] = ["单位名称", "统一社会信用代码", "所在地区", "所属工会", "别名"];
pub const OFFICER_HEAD: [&str; 6] = ["所属工会", "姓名", "职务", "手机号码", "证件号码", "任职日期"];

pub const ROADS: [&str; 8] = ["建设路", "迎宾大道", "港口路", "东华路", "胜利路", "工业大道", "人民路", "白石大道"];

/// How many rows.
pub struct Written {
    pub unions: usize,
    pub employers: usize,
    pub officers: usize,
}

pub type Writer = SheetWriter<BufWriter<File>>;

/// Writes the files into a folder, which is made.
pub fn write(folder: &Path, plan: &Plan) -> Result<Written, SheetError> {
    std::fs::create_dir_all(folder)?;
    let mut written = Written { unions: 0, employers: 0, officers: 0 };
    let mut dice = Dice::new(plan.seed ^ 0x5eed);

    let mut unions = create(folder, UNIONS, Format::Xlsx)?;
    unions.row(&UNION_HEAD)?;
    let (late, early): (Vec<_>, Vec<_>) = (0..plan.unions.len()).partition(|at| is_late(plan, *at));
    for union in early.into_iter().chain(late).filter_map(|at| plan.unions.get(at)) {
        unions.row(&union_row(plan, union, &mut dice))?;
        written.unions += 1;
    }
    unions.finish()?;

    let mut employers = create(folder, EMPLOYERS, Format::Csv)?;
    employers.row(&EMPLOYER_HEAD)?;
    for union in &plan.unions {
        for one in &union.employers {
            let alias = one.alias.as_deref().unwrap_or_default();
            employers.row(&[&one.name, &one.uscc, union.division.code, &union.name, alias])?;
            written.employers += 1;
        }
    }
    employers.finish()?;

    let mut officers = create(folder, OFFICERS, Format::Xlsx)?;
    officers.row(&OFFICER_HEAD)?;
    for (at, union) in plan.unions.iter().enumerate() {
        officers.row(&chair_row(plan, at, union))?;
        written.officers += 1;
    }
    officers.finish()?;
    Ok(written)
}

pub fn create(folder: &Path, name: &str, format: Format) -> Result<Writer, SheetError> {
    let options = WriterOptions {
        header: Some(SYNTHETIC.into()),
        notes: vec![SYNTHETIC.into()],
        widths: vec![40],
        temp_dir: folder.to_path_buf(),
        ..WriterOptions::default()
    };
    SheetWriter::new(BufWriter::new(File::create(folder.join(name))?), format, options)
}

/// Every ninth union that has others below it comes after them.
fn is_late(plan: &Plan, at: usize) -> bool {
    at % 9 == 4 && plan.unions.get(at).is_some_and(|union| !union.kind.is_base())
}

fn union_row(plan: &Plan, union: &Union, dice: &mut Dice) -> [String; 11] {
    let parent = union.parent.and_then(|at| plan.unions.get(at));
    let parent_code = parent.and_then(|parent| parent.uscc.as_ref()).filter(|_| dice.chance(40));
    let parent_name = || parent.map_or(ROOT, |parent| &parent.name).to_owned();
    let employer = union.employers.first().map(|one| one.uscc.clone()).unwrap_or_default();
    let district = matches!(union.kind, OrganizationKind::CountyFederation);
    let division = if district && dice.chance(50) { union.division.name } else { union.division.code };
    let contact = person::person(6_000_000 + dice.below(900_000) as u64, plan.seed);
    let employees = if union.employees > 0 { union.employees.to_string() } else { String::new() };
    [
        union.name.clone(),
        union.kind.label().to_owned(),
        parent_code.cloned().unwrap_or_else(parent_name),
        union.uscc.clone().unwrap_or_default(),
        division.to_owned(),
        spelled(dice, union.established),
        employees,
        employer,
        contact.name,
        format!("0750-3{:06}", dice.below(1_000_000)),
        format!("示例地址 {}{} 号", dice.pick(&ROADS), dice.between(1, 299)),
    ]
}

/// Most chairs are known with their ID number.
fn chair_row(plan: &Plan, at: usize, union: &Union) -> [String; 6] {
    let chair = person::chair(at, plan.seed);
    let mut dice = Dice::new(plan.seed ^ (at as u64) << 20);
    let from = dice.day(union.established.max(day(2022, 1, 1)), last_day());
    let id_number = if dice.chance(85) { chair.id_number } else { String::new() };
    [union.name.clone(), chair.name, "主席".into(), chair.phone, id_number, spelled(&mut dice, from)]
}

/// A day as clerks write it.
pub fn spelled(dice: &mut Dice, day: Day) -> String {
    let form = ["%Y-%m-%d", "%Y/%-m/%-d", "%Y年%-m月%-d日"];
    day.format(dice.pick(&form)).to_string()
}
