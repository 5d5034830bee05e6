//! A whole city of invented people, for measuring: unions under every town and hundreds of thousands of members,
//! written set-wise. The same numbers give the same rows on both engines; everything is marked synthetic.

use kernel::app::App;
use kernel::db::insert_rows;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};

use crate::division::data::{DivisionLevel, bundled};
use crate::employer::index_names;
use crate::organization::entity as organization;
use crate::person::phone::Phone;
use crate::person::{id_number, vault};

/// Members of one transaction.
const CHUNK: usize = 500;
/// Members of the small union and of the town that are asked for.
const UNION_MEMBERS: usize = 110;
const TOWN_MEMBERS: usize = 2_000;
/// Unions of that town.
const TOWN_UNIONS: usize = 20;
/// The first id of the crowd; those of a kind lie side by side.
const IDS: u128 = 0x0191_0000_0000_7000_8000_0000_0000_0000;
const SURNAMES: [&str; 24] = [
    "李", "黄", "张", "梁", "林", "吴", "刘", "何", "杨", "周", "谭", "王", "叶", "罗", "冯", "关", "伍", "余", "邓",
    "许", "麦", "区", "容", "欧阳",
];
const GIVEN: [&str; 40] = [
    "伟", "强", "芳", "静", "明", "志", "建", "国", "华", "嘉", "俊", "浩", "文", "永", "家", "子", "健", "锦", "炳",
    "少", "耀", "海", "立", "泽", "荣", "德", "启", "润", "丽", "秀", "美", "雪", "慧", "晓", "佩", "淑", "玉", "凤",
    "燕", "雨",
];
const TRADES: [&str; 8] = ["五金制品", "电子科技", "塑料制品", "食品", "物流", "照明电器", "制衣", "贸易"];

/// What to ask the crowd for.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// The city federation.
    pub city: Id,
    /// A county federation with about a seventh of the members.
    pub county: Id,
    /// A town federation with 2,000 members.
    pub town: Id,
    /// A union with 110 members.
    pub union: Id,
    /// A surname of one character that a tenth of the members have.
    pub common_name: &'static str,
    /// A name that one member has.
    pub rare_name: &'static str,
    /// His ID number.
    pub id_number: String,
    /// His phone.
    pub phone: String,
}

/// Federations and unions about to be written.
struct Plan {
    federations: Vec<(Id, Id, &'static str, &'static str, String)>,
    city: Id,
    new_city: bool,
    counties: Vec<(Id, &'static str)>,
    towns: Vec<(Id, &'static str)>,
    /// Base unions: id, town, division.
    unions: Vec<(Id, Id, &'static str)>,
}

/// Fills a migrated database with `unions` unions (federations included) and `members` active members.
///
/// # Errors
/// The database, also when there is a crowd already.
pub async fn crowd(app: &App, members: usize, unions: usize) -> Result<Crowd> {
    let plan = plan(app, unions).await?;
    let cx = Cx::system(app);
    write_unions(&cx, &plan).await?;
    let unusual = members / 2;
    for from in (0..members).step_by(CHUNK) {
        let tx = cx.begin_bulk().await?;
        write_members(&tx, &plan, from..members.min(from + CHUNK), unusual).await?;
        tx.commit(()).await?;
    }
    if !app.db.is_sqlite() {
        // What the engine does by itself after a while.
        app.db.read().execute_unprepared("VACUUM ANALYZE").await?;
    }
    let of_rare = person(unusual, unusual);
    Ok(Crowd {
        city: plan.city,
        county: plan.counties[0].0,
        town: plan.towns[0].0,
        union: plan.unions[TOWN_UNIONS].0,
        common_name: "陈",
        rare_name: RARE,
        id_number: of_rare.number,
        phone: of_rare.phone,
    })
}

const RARE: &str = "淳于罕见";

fn id(kind: u128, number: usize) -> Id {
    Id::from_u128(IDS + (kind << 40) + number as u128)
}

/// A number that looks like chance (SplitMix64).
fn roll(seed: usize, sides: usize) -> usize {
    let mut z = (seed as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap_or_default()
}

async fn plan(app: &App, unions: usize) -> Result<Plan> {
    let top = organization::Entity::find().filter(organization::Column::Kind.eq("city_federation"));
    let top = top.one(app.db.read()).await?.map(|row| row.id);
    let (city, new_city) = (top.unwrap_or(id(1, 0)), top.is_none());
    let (mut federations, mut counties, mut towns) = (Vec::new(), Vec::new(), Vec::new());
    for (number, row) in bundled().into_iter().enumerate() {
        match row.level {
            DivisionLevel::District => {
                federations.push((
                    id(2, number),
                    city,
                    "county_federation",
                    row.code,
                    format!("示例{}总工会", row.name),
                ));
                counties.push((id(2, number), row.code));
            }
            DivisionLevel::Town | DivisionLevel::Street => {
                let county = counties.iter().find(|(_, code)| *code == row.parent_code).map_or(city, |(id, _)| *id);
                federations.push((
                    id(3, number),
                    county,
                    "town_federation",
                    row.code,
                    format!("示例{}总工会", row.name),
                ));
                towns.push((id(3, number), row.code));
            }
            DivisionLevel::City | DivisionLevel::Other => {}
        }
    }
    let base = unions.saturating_sub(federations.len() + 1).max(TOWN_UNIONS + 2);
    let place = |number: usize| match number {
        0..TOWN_UNIONS => towns[0],
        // The first town keeps its twenty.
        _ => towns[1 + number % (towns.len() - 1)],
    };
    let unions = (0..base).map(|number| (id(4, number), place(number).0, place(number).1)).collect();
    Ok(Plan { federations, city, new_city, counties, towns, unions })
}

fn since() -> Day {
    Day::from_ymd_opt(2021, 6, 1).unwrap_or_default()
}

/// The day on which a member joined: half of them with their union, the others on any day of five years.
fn joined_on(number: usize) -> Day {
    let days = if number.is_multiple_of(2) { 0 } else { roll(number * 19, 1_900) };
    since() + chrono::Days::new(days as u64)
}

async fn write_unions(cx: &Cx, plan: &Plan) -> Result<()> {
    let tx = cx.begin_bulk().await?;
    if plan.new_city {
        write_nodes(&tx, &[(plan.city, None, "city_federation", "440700", "示例市总工会".to_owned())]).await?;
    }
    let federations = plan.federations.iter().cloned();
    let rows: Vec<_> = federations.map(|(id, above, kind, code, name)| (id, Some(above), kind, code, name)).collect();
    write_nodes(&tx, &rows).await?;
    tx.commit(()).await?;
    for (chunk, some) in plan.unions.chunks(CHUNK).enumerate() {
        let tx = cx.begin_bulk().await?;
        let named = some.iter().enumerate().map(|(n, union)| (chunk * CHUNK + n, union));
        let (mut unions, mut employers, mut links, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (number, (union, town, code)) in named {
            let name = employer_name(number);
            unions.push((*union, Some(*town), "grassroots", *code, format!("{name}工会")));
            let employer = id(5, number);
            employers.push(vec![employer.into(), name.clone().into(), (*code).into(), true.into(), tx.now().into()]);
            links.push(vec![(*union).into(), employer.into(), since().into()]);
            names.push((employer, name));
        }
        write_nodes(&tx, &unions).await?;
        let columns = ["id", "name", "division_code", "synthetic", "created_at"];
        insert_rows(&tx, "employer", &columns, employers, "").await?;
        let columns = ["organization_id", "employer_id", "valid_from"];
        insert_rows(&tx, "organization_employer", &columns, links, "").await?;
        index_names(&tx, &names).await?;
        tx.commit(()).await?;
    }
    Ok(())
}

fn employer_name(number: usize) -> String {
    let (one, two) = (GIVEN[number % GIVEN.len()], GIVEN[(number / GIVEN.len()) % GIVEN.len()]);
    format!("江门市示例{one}{two}{}{}有限公司", TRADES[number % TRADES.len()], number / 1_600)
}

/// Nodes with their placements and records: id, parent, kind, division, name.
async fn write_nodes(tx: &Tx, nodes: &[(Id, Option<Id>, &str, &str, String)]) -> Result<()> {
    let rows = nodes.iter().map(|(id, _, kind, _, _)| vec![(*id).into(), (*kind).into()]).collect();
    insert_rows(tx, "node", &["id", "kind"], rows, "").await?;
    let placed = nodes.iter().filter_map(|(id, above, ..)| Some((id, (*above)?)));
    let placement = |(id, above): (&Id, Id)| {
        vec![Id::from_u128(id.as_u128() + (1 << 60)).into(), (*id).into(), above.into(), since().into()]
    };
    insert_rows(tx, "placement", &["id", "child", "parent", "valid_from"], placed.map(placement).collect(), "").await?;
    let row = |(id, _, kind, code, name): &(Id, Option<Id>, &str, &str, String)| -> Vec<Value> {
        vec![
            (*id).into(),
            name.clone().into(),
            (*kind).into(),
            "established".into(),
            (*code).into(),
            since().into(),
            true.into(),
            tx.now().into(),
            1_i64.into(),
        ]
    };
    let columns =
        ["id", "name", "kind", "state", "division_code", "established_on", "synthetic", "created_at", "version"];
    insert_rows(tx, "organization", &columns, nodes.iter().map(row).collect(), "").await?;
    Ok(())
}

/// An invented person by number.
struct Invented {
    name: String,
    number: String,
    phone: String,
    birth: Day,
}

fn person(number: usize, unusual: usize) -> Invented {
    let birth = Day::from_ymd_opt(1960, 1, 1).unwrap_or_default() + chrono::Days::new((number % 16_000) as u64);
    // The first hundred are those of the small test city.
    let sequence = u16::try_from(100 + number / 16_000).unwrap_or_default();
    let surname = if roll(number, 10) == 0 { "陈" } else { SURNAMES[roll(number * 3, SURNAMES.len())] };
    let given = [GIVEN[roll(number * 5, GIVEN.len())], GIVEN[roll(number * 7, GIVEN.len())]];
    let given = if roll(number * 11, 5) == 0 { given[0].to_owned() } else { given.concat() };
    Invented {
        name: if number == unusual { RARE.to_owned() } else { format!("{surname}{given}") },
        number: id_number::synthetic("440703", birth, sequence).unwrap_or_default(),
        phone: format!("138{number:08}"),
        birth,
    }
}

/// The union of a member by number: first the small one, then those of the town, then all others at random.
fn union_of(plan: &Plan, number: usize) -> usize {
    let others = plan.unions.len() - TOWN_UNIONS - 1;
    match number {
        0..UNION_MEMBERS => TOWN_UNIONS,
        _ if number < UNION_MEMBERS + TOWN_MEMBERS => number % TOWN_UNIONS,
        _ => TOWN_UNIONS + 1 + roll(number * 13, others).min(roll(number * 17, others)),
    }
}

async fn write_members(tx: &Tx, plan: &Plan, numbers: std::ops::Range<usize>, unusual: usize) -> Result<()> {
    let keys = &*tx.app().keys;
    let (mut persons, mut digests, mut memberships) = (Vec::new(), Vec::new(), Vec::new());
    for number in numbers {
        let (one, of, union) = (person(number, unusual), id(6, number), union_of(plan, number));
        let phone = Phone::parse(&one.phone)?;
        digests.push(vec!["id_number".into(), vault::id_number_digest(keys, &one.number).into(), of.into()]);
        digests.push(vec!["phone".into(), vault::phone_digest(keys, &phone).into(), of.into()]);
        persons.push(vec![
            of.into(),
            one.name.into(),
            one.birth.into(),
            "resident_id".into(),
            vault::seal_id_number(keys, of, &one.number)?.into(),
            vault::seal_phone(keys, of, &phone)?.into(),
            "declared".into(),
            true.into(),
            tx.now().into(),
        ]);
        memberships.push(vec![
            id(7, number).into(),
            of.into(),
            plan.unions[union].0.into(),
            id(5, union).into(),
            "active".into(),
            "labour_contract".into(),
            joined_on(number).into(),
            "imported".into(),
            tx.now().into(),
        ]);
    }
    let columns =
        ["id", "name", "birth", "id_kind", "id_number_sealed", "phone_sealed", "real_name", "synthetic", "created_at"];
    insert_rows(tx, "person", &columns, persons, "").await?;
    insert_rows(tx, "person_index", &["kind", "digest", "person_id"], digests, "").await?;
    let columns = [
        "id",
        "person_id",
        "organization_id",
        "employer_id",
        "state",
        "employment_form",
        "joined_on",
        "source",
        "created_at",
    ];
    insert_rows(tx, "membership", &columns, memberships, "").await?;
    Ok(())
}
