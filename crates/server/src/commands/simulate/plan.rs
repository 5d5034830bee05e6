//! The register thought out: districts, towns, industries, trades, then base unions
//! until there are enough. Kinds and divisions obey the rules of the house under the
//! city federation, which a first run makes and the files only name.

use std::collections::HashSet;

use kernel::time::Day;
use registry::division::data::{DivisionLevel, DivisionRow, bundled};
use registry::employer::uscc;
use registry::organization::rules::OrganizationKind::{self, CountyFederation, Grassroots, Industry, JointGrassroots};
use registry::organization::rules::OrganizationKind::{TownFederation, TownJoint, Trade};

use super::day;
use super::words::{self, MARK};
use crate::demo::dice::Dice;
use crate::fault::Fault;

/// The root, as a first run names it.
pub const ROOT: &str = "江门市总工会";
/// Industries of platform work: the word in the union's name, and what its members do.
pub const LINES: [(&str, Option<&str>); 5] = [
    ("新就业形态劳动者", None),
    ("外卖配送", Some("外卖配送员")),
    ("快递", Some("快递员")),
    ("网约车", Some("网约车司机")),
    ("货运", Some("货车司机")),
];
const TRADES: [&str; 5] = ["教育", "卫生健康", "交通运输", "建筑", "财贸轻工"];
/// Numbers of codes below this are the demo city's.
const FIRST_NUMBER: u32 = 100_001;
/// Employees of a base union: so many in a thousand have at most so many.
const SIZES: [(usize, usize); 10] = [
    (0, 6),
    (300, 14),
    (500, 27),
    (700, 58),
    (850, 130),
    (930, 260),
    (970, 520),
    (990, 1_100),
    (998, 2_400),
    (1000, 3_900),
];

/// A union of the register.
pub struct Union {
    pub name: String,
    pub kind: OrganizationKind,
    /// Place of the parent in the plan; the city federation without one.
    pub parent: Option<usize>,
    pub division: DivisionRow,
    pub district: &'static str,
    pub uscc: Option<String>,
    pub established: Day,
    pub employees: usize,
    pub employers: Vec<Employer>,
}

/// An employer of a union.
pub struct Employer {
    pub name: String,
    pub uscc: String,
    pub alias: Option<String>,
}

/// The register.
pub struct Plan {
    pub unions: Vec<Union>,
    pub seed: u64,
}

struct Planner {
    dice: Dice,
    unions: Vec<Union>,
    names: HashSet<String>,
    number: u32,
}

/// Thinks out a register of so many unions.
///
/// # Errors
/// When the bundled divisions are damaged.
pub fn plan(unions: u32, seed: u64) -> Result<Plan, Fault> {
    let mut planner =
        Planner { dice: Dice::new(seed), unions: Vec::new(), names: HashSet::new(), number: FIRST_NUMBER };
    let divisions = bundled();
    let made = planner.upper(&divisions).and_then(|()| {
        let wanted = usize::try_from(unions).unwrap_or(usize::MAX);
        while planner.unions.len() < wanted {
            planner.base()?;
        }
        Some(())
    });
    made.ok_or_else(|| Fault::new("内置的行政区划数据已损坏。", "The bundled divisions are damaged."))?;
    planner.industries_take_fifteen_percent();
    Ok(Plan { unions: planner.unions, seed })
}

impl Planner {
    fn upper(&mut self, divisions: &[DivisionRow]) -> Option<()> {
        let city = *divisions.iter().find(|row| row.level == DivisionLevel::City)?;
        for trade in TRADES {
            self.union(Trade, format!("江门市{MARK}{trade}工会"), None, city, "")?;
        }
        self.industries(None, city, "")?;
        for district in divisions.iter().filter(|row| row.level == DivisionLevel::District) {
            let county =
                self.union(CountyFederation, format!("{}{MARK}总工会", district.name), None, *district, district.name)?;
            self.industries(Some(county), *district, district.name)?;
            for town in divisions.iter().filter(|row| row.parent_code == district.code) {
                let (kind, ending) = match town.level {
                    DivisionLevel::Street => (TownFederation, "总工会"),
                    DivisionLevel::Town => (TownJoint, "工会联合会"),
                    _ => continue,
                };
                let name = format!("江门市{}{}{MARK}{ending}", district.name, town.name);
                self.union(kind, name, Some(county), *town, district.name)?;
            }
        }
        Some(())
    }

    fn industries(&mut self, parent: Option<usize>, division: DivisionRow, district: &'static str) -> Option<()> {
        for (line, _) in LINES {
            let name = format!("江门市{district}{MARK}{line}行业工会联合会");
            self.union(Industry, name, parent, division, district)?;
        }
        Some(())
    }

    /// One more base union, under a town, now and then under a district, a trade or an industry.
    fn base(&mut self) -> Option<()> {
        let parent = loop {
            let at = self.dice.below(self.unions.len().min(130));
            let union = self.unions.get(at)?;
            let wanted = match union.kind {
                TownFederation | TownJoint => 100,
                CountyFederation => 60,
                Trade => 25,
                _ => 0,
            };
            if self.dice.chance(wanted) {
                break at;
            }
        };
        let above = self.unions.get(parent)?;
        let (above_kind, division, district) = (above.kind, above.division, above.district);
        let town = if matches!(above_kind, TownFederation | TownJoint) { division.name } else { "" };
        let joint = above_kind != CountyFederation && self.dice.chance(9);
        let kind = if joint { JointGrassroots } else { Grassroots };
        let employees = self.size();
        let mut employers = Vec::new();
        for _ in 0..if joint { self.dice.between(2, 6) } else { 1 } {
            employers.push(self.employer(&division, district, town)?);
        }
        let name = if joint {
            self.fresh(|dice| format!("{}联合工会委员会", words::place(dice, district, town)))
        } else {
            format!("{}工会委员会", employers.first()?.name)
        };
        let at = self.union(kind, name, Some(parent), division, district)?;
        let union = self.unions.get_mut(at)?;
        (union.employees, union.employers) = (employees, employers);
        Some(())
    }

    fn employer(&mut self, division: &DivisionRow, district: &str, town: &str) -> Option<Employer> {
        let public = !town.is_empty() && self.dice.chance(6);
        let name = self.fresh(|dice| match public && dice.chance(90) {
            true => words::public(dice, district, town),
            false => words::company(dice, district),
        });
        let (department, class) = if public { ('1', '2') } else { ('9', '1') };
        let uscc = self.code(department, class, division.code)?;
        let alias = self.dice.chance(30).then(|| words::short(&name, district).to_owned());
        Some(Employer { name, uscc, alias: alias.filter(|_| !public) })
    }

    fn union(
        &mut self,
        kind: OrganizationKind,
        name: String,
        parent: Option<usize>,
        division: DivisionRow,
        district: &'static str,
    ) -> Option<usize> {
        let first = parent.and_then(|at| self.unions.get(at)).map_or(day(1984, 1, 1), |above| above.established);
        let last = if kind.is_base() { day(2025, 12, 31) } else { day(2004, 12, 31) };
        let established = self.dice.day(first, last.max(first));
        // GB 32100, table 3: class 1 is a base union, 9 any other.
        let uscc = self.code('8', if kind.is_base() { '1' } else { '9' }, division.code)?;
        let uscc = Some(uscc).filter(|_| self.dice.chance(50));
        let employees = if kind == TownJoint { self.dice.between(5, 30) } else { 0 };
        self.names.insert(name.clone());
        self.unions.push(Union {
            name,
            kind,
            parent,
            division,
            district,
            uscc,
            established,
            employees,
            employers: Vec::new(),
        });
        Some(self.unions.len() - 1)
    }

    fn code(&mut self, department: char, class: char, division: &str) -> Option<String> {
        self.number += 1;
        Some(uscc::synthetic(department, class, division.get(..6)?, self.number).ok()?.as_str().to_owned())
    }

    fn fresh(&mut self, mut name: impl FnMut(&mut Dice) -> String) -> String {
        loop {
            let name = name(&mut self.dice);
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    /// Many small ones and a few large ones: the points of [`SIZES`], with straight lines between them.
    fn size(&mut self) -> usize {
        let throw = self.dice.below(1000);
        let after = SIZES.iter().position(|(share, _)| *share > throw).unwrap_or(1);
        let ((from, low), (to, high)) = match (SIZES.get(after - 1), SIZES.get(after)) {
            (Some(low), Some(high)) => (*low, *high),
            _ => return 20,
        };
        low + (high - low) * (throw - from) / (to - from)
    }

    /// Members of industry unions work for platforms: 15 of a hundred members, as in the field.
    fn industries_take_fifteen_percent(&mut self) {
        let others: usize = self.unions.iter().map(|union| union.employees).sum();
        let industries = self.unions.iter().filter(|union| union.kind == Industry).count();
        let each = others * 15 / 85 / industries.max(1);
        for union in self.unions.iter_mut().filter(|union| union.kind == Industry) {
            union.employees = each * self.dice.between(50, 150) / 100;
        }
    }
}
