//! The tree of the demo city, thought out before anything is written: the city,
//! its 7 districts and 73 towns with a union each, industry unions for platform
//! workers at both upper levels, some 300 base unions with their employers.

use std::collections::HashSet;

use kernel::id::Ids;
use kernel::time::Day;
use kernel::{Error, Id, Result};
use registry::division::data::{DivisionLevel, DivisionRow, bundled};
use registry::employer::uscc;

use super::dice::Dice;
use super::{day, names};

/// The kinds of platform work that have a union of their own, as applications and names say it.
pub const LINES: [(&str, &str); 4] =
    [("food_delivery", "外卖配送"), ("courier", "快递"), ("ride_hailing", "网约车"), ("trucker", "货运")];

/// What the industry union for all of them is called.
const PLATFORMS: &str = "新就业形态劳动者";
/// District in which the guided tour takes place.
pub const TOUR_DISTRICT: &str = "440703";
/// The town of the tour.
pub const TOUR_TOWN: &str = "棠下镇";
/// The union of the tour's chair: 110 members.
pub const TOY_FACTORY: &str = "蓬江区示例玩具厂";
const TOY_FACTORY_MEMBERS: usize = 110;

/// A union of the plan.
pub struct Union {
    pub id: Id,
    pub kind: &'static str,
    pub name: String,
    pub parent: Option<Id>,
    pub division: &'static str,
    pub established: Day,
    pub uscc: Option<String>,
    pub employers: Vec<Id>,
    /// Kind of platform work, for industry unions.
    pub work: Option<&'static str>,
    /// Members it is given.
    pub size: usize,
    /// Until when it stood, for the few that were dissolved.
    pub dissolved: Option<Day>,
    /// Under which union it stood before, and until when.
    pub moved: Option<(Id, Day)>,
}

/// An employer of the plan.
pub struct Employer {
    pub id: Id,
    pub name: String,
    pub uscc: String,
    pub division: &'static str,
}

/// The plan.
pub struct Tree {
    pub divisions: Vec<DivisionRow>,
    pub unions: Vec<Union>,
    pub employers: Vec<Employer>,
}

impl Tree {
    /// The union of this kind in a division; for industry unions also of this work.
    ///
    /// # Errors
    /// When the plan has none.
    pub fn find(&self, kind: &str, division: &str, work: Option<&str>) -> Result<&Union> {
        let fits = |u: &&Union| u.kind == kind && u.division == division && u.work == work;
        self.unions.iter().find(fits).ok_or_else(|| Error::internal(format!("no {kind} in {division}")))
    }

    /// The union of this name.
    ///
    /// # Errors
    /// When the plan has none.
    pub fn named(&self, name: &str) -> Result<&Union> {
        self.unions.iter().find(|u| u.name == name).ok_or_else(|| Error::internal(format!("no union {name}")))
    }
}

struct Planner<'a> {
    ids: &'a Ids,
    dice: &'a mut Dice,
    today: Day,
    tree: Tree,
    names: HashSet<String>,
    numbers: u32,
}

/// Thinks out the tree.
///
/// # Errors
/// When the bundled divisions are damaged.
pub fn plan(ids: &Ids, dice: &mut Dice, today: Day) -> Result<Tree> {
    let tree = Tree { divisions: bundled(), unions: Vec::new(), employers: Vec::new() };
    let mut planner = Planner { ids, dice, today, tree, names: HashSet::new(), numbers: 0 };
    planner.upper()?;
    planner.base()?;
    planner.history();
    Ok(planner.tree)
}

impl Planner<'_> {
    /// City, districts, towns, industries.
    fn upper(&mut self) -> Result<()> {
        for row in self.tree.divisions.clone() {
            let (kind, ending) = match row.level {
                DivisionLevel::City => ("city_federation", "总工会"),
                DivisionLevel::District => ("county_federation", "总工会"),
                DivisionLevel::Town | DivisionLevel::Street => ("town_joint", "工会联合会"),
                DivisionLevel::Other => continue,
            };
            let parent = match row.level {
                DivisionLevel::City => None,
                DivisionLevel::District => Some(self.tree.find("city_federation", row.parent_code, None)?.id),
                _ => Some(self.tree.find("county_federation", row.parent_code, None)?.id),
            };
            let established = self.dice.day(day(1983, 1, 1), day(2008, 12, 31));
            let size = if kind == "town_joint" { self.dice.between(4, 10) } else { 0 };
            let id = self.union(kind, format!("{}{ending}", row.name), row.code, parent, established)?;
            self.last(|union| union.size = size);
            if matches!(row.level, DivisionLevel::City | DivisionLevel::District) {
                self.industries(&row, id)?;
            }
        }
        Ok(())
    }

    fn industries(&mut self, row: &DivisionRow, parent: Id) -> Result<()> {
        // The first takes everybody who works for a platform; the city has one more per line of work.
        let lines = if row.level == DivisionLevel::City { &LINES[..] } else { &[] };
        let of_line = lines.iter().map(|(work, label)| (Some(*work), *label));
        for (work, label) in std::iter::once((None, PLATFORMS)).chain(of_line) {
            let established = self.dice.day(day(2018, 3, 1), day(2021, 12, 31));
            let size = self.dice.between(35, 60);
            self.union("industry", format!("{}{label}行业工会联合会", row.name), row.code, Some(parent), established)?;
            self.last(|union| (union.work, union.size) = (work, size));
        }
        Ok(())
    }

    /// Base unions below every town and a few directly below each district.
    fn base(&mut self) -> Result<()> {
        for row in self.tree.divisions.clone() {
            match row.level {
                DivisionLevel::District => self.district_direct(&row)?,
                DivisionLevel::Town | DivisionLevel::Street => self.town(&row)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn district_direct(&mut self, row: &DivisionRow) -> Result<()> {
        let parent = self.tree.find("county_federation", row.code, None)?.id;
        for what in ["第一小学", "人民医院"] {
            let employer = self.employer(format!("{}示例{what}", row.name), row.code)?;
            self.base_union("grassroots", row.code, parent, vec![employer], None)?;
        }
        if row.code == TOUR_DISTRICT {
            let employer = self.employer(TOY_FACTORY.to_owned(), row.code)?;
            self.base_union("grassroots", row.code, parent, vec![employer], Some(TOY_FACTORY_MEMBERS))?;
            self.last(|union| union.established = day(2014, 5, 20));
        }
        Ok(())
    }

    fn town(&mut self, row: &DivisionRow) -> Result<()> {
        let parent = self.tree.find("town_joint", row.code, None)?.id;
        let district = self.tree.divisions.iter().find(|d| d.code == row.parent_code).map_or("江门", |d| d.name);
        for _ in 0..self.dice.between(3, 5) {
            let joint = self.dice.chance(14);
            let count = if joint { self.dice.between(2, 4) } else { 1 };
            let mut employers = Vec::new();
            for _ in 0..count {
                let name = self.fresh(|dice| names::company(dice, names::short(district)));
                employers.push(self.employer(name, row.code)?);
            }
            self.base_union(if joint { "joint_grassroots" } else { "grassroots" }, row.code, parent, employers, None)?;
            if joint {
                let name = self.fresh(|dice| {
                    format!("{}示例{}联合工会", row.name, dice.pick(&["一园区", "二园区", "商圈", "工业区", "市场"]))
                });
                self.last(|union| union.name = name);
            }
        }
        Ok(())
    }

    fn base_union(
        &mut self,
        kind: &'static str,
        division: &'static str,
        parent: Id,
        employers: Vec<Id>,
        size: Option<usize>,
    ) -> Result<()> {
        let name =
            self.tree.employers.iter().find(|e| employers.first() == Some(&e.id)).map_or("", |e| e.name.as_str());
        let name = format!("{name}工会");
        let established = self.dice.day(day(2011, 1, 1), day(2024, 12, 31));
        let size = size.unwrap_or_else(|| match self.dice.below(10) {
            0..6 => self.dice.between(8, 20),
            6..9 => self.dice.between(20, 40),
            _ => self.dice.between(40, 60),
        });
        self.union(kind, name, division, Some(parent), established)?;
        self.last(|union| (union.employers, union.size) = (employers, size));
        Ok(())
    }

    /// So that the tree of another day differs: a few unions were moved, a few dissolved.
    fn history(&mut self) {
        let towns: Vec<_> = self.tree.unions.iter().filter(|u| u.kind == "town_joint").map(|u| u.id).collect();
        let mut base: Vec<_> = self.tree.unions.iter_mut().filter(|u| u.kind == "grassroots" && u.size < 30).collect();
        for number in 0..6 {
            let at = self.dice.below(base.len());
            let union = base.swap_remove(at);
            union.established = self.dice.day(day(2012, 1, 1), day(2018, 12, 31));
            let when = self.dice.day(day(2021, 2, 1), day(2025, 12, 31)).min(self.today);
            if number < 3 {
                union.dissolved = Some(when);
                union.size = 0;
            } else if let Some(former) = towns.get(self.dice.below(towns.len())).filter(|id| Some(**id) != union.parent)
            {
                union.moved = Some((*former, when));
            }
        }
    }

    fn fresh(&mut self, mut name: impl FnMut(&mut Dice) -> String) -> String {
        loop {
            let name = name(self.dice);
            if self.names.insert(name.clone()) {
                return name;
            }
            if self.names.len() > 5000 {
                return format!("{name}{}", self.names.len());
            }
        }
    }

    fn employer(&mut self, name: String, division: &'static str) -> Result<Id> {
        self.numbers += 1;
        let uscc = uscc::synthetic('9', '1', district(division), self.numbers).map_err(Error::internal)?.to_string();
        let id = self.ids.next();
        self.tree.employers.push(Employer { id, name, uscc, division });
        Ok(id)
    }

    fn union(
        &mut self,
        kind: &'static str,
        name: String,
        division: &'static str,
        parent: Option<Id>,
        established: Day,
    ) -> Result<Id> {
        self.numbers += 1;
        // GB 32100, table 3: class 1 is a base union, 9 any other.
        let class = if matches!(kind, "grassroots" | "joint_grassroots") { '1' } else { '9' };
        let uscc = uscc::synthetic('8', class, district(division), self.numbers).map_err(Error::internal)?.to_string();
        // A small base union may stand without being a legal person of its own.
        let uscc = Some(uscc).filter(|_| kind != "grassroots" || self.dice.chance(70));
        let id = self.ids.next();
        self.tree.unions.push(Union {
            id,
            kind,
            name,
            parent,
            division,
            established,
            uscc,
            employers: Vec::new(),
            work: None,
            size: 0,
            dissolved: None,
            moved: None,
        });
        Ok(id)
    }

    fn last(&mut self, change: impl FnOnce(&mut Union)) {
        if let Some(union) = self.tree.unions.last_mut() {
            change(union);
        }
    }
}

/// The six digits at the head of a division's code.
pub fn district(division: &str) -> &str {
    division.get(..6).unwrap_or(division)
}
