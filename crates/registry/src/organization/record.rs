//! Writing and reading the record of one union; used by the verbs, and by whoever fills a city.

use kernel::crypto::{open, seal};
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Refusal, Result, Tx};
use rand::RngExt;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Value};

use super::rules::{self, Life, OrganizationKind, OrganizationState};
use super::{
    ORGANIZATION_NAME_TAKEN, ORGANIZATION_REASON, ORGANIZATION_STATE, ORGANIZATION_USCC, ORGANIZATION_USCC_TAKEN,
    employer_link, enter, entity, join_link_entity as join_link, reason_entity as reason,
};
use crate::access::ORGANIZATION_READ;
use crate::employer::EMPLOYER_HAS_UNION;
use crate::employer::uscc::Uscc;

/// A union about to be entered; names and codes are clean already.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Its id; made by `tx.id()` or fixed in tests.
    pub id: Id,
    /// Under whom; `None` for the city federation.
    pub parent: Option<Id>,
    /// Clean name ([`rules::union_name`]).
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// Its own code.
    pub uscc: Option<Uscc>,
    /// Where it is.
    pub division_code: String,
    /// Since when it is established; `None` founds it (`founding`).
    pub established_on: Option<Day>,
    /// Employees as declared.
    pub employees_declared: Option<i64>,
    /// Who to ask for.
    pub contact_name: Option<String>,
    /// Where to ring ([`rules::contact_phone`]).
    pub contact_phone: Option<String>,
    /// Where to go.
    pub address: Option<String>,
    /// Invented, for a demonstration or a test.
    pub synthetic: bool,
}

/// Enters a union with its place in the tree; an established one that takes members gets its joining link.
///
/// # Errors
/// `organization.name_taken`, `organization.uscc_taken`, or the database.
pub async fn insert(tx: &Tx, new: NewOrganization) -> Result<Id> {
    free_name(tx, &new.name, new.id).await?;
    let id = new.id;
    let entered = enter::enter(tx, vec![new], None).await?;
    if entered == 1 { Ok(id) } else { Err(ORGANIZATION_USCC_TAKEN.refusal().on("uscc").into()) }
}

/// The first term that begins on a day: the longest the law allows unless told, 3 or 5 years (工会法 art. 16).
///
/// # Errors
/// `organization.term`.
pub fn term_of(kind: OrganizationKind, from: Day, years: Option<u32>) -> Result<(Day, Day)> {
    let longest = kind.terms().iter().max().copied().unwrap_or(5);
    let years = years.unwrap_or(longest);
    if !kind.terms().contains(&years) {
        return Err(super::ORGANIZATION_TERM.refusal().on("term_years").into());
    }
    let to = from.checked_add_months(chrono::Months::new(12 * years)).ok_or_else(|| Error::internal("term"))?;
    Ok((from, to))
}

/// Refuses a name that another union, founding or established, has.
///
/// # Errors
/// `organization.name_taken`, or the database.
pub async fn free_name(tx: &Tx, name: &str, of: Id) -> Result<()> {
    let same = entity::Entity::find()
        .filter(entity::Column::Name.eq(name))
        .filter(entity::Column::State.is_in(["founding", "established"]))
        .filter(entity::Column::Id.ne(of));
    if same.count(tx).await? > 0 { Err(ORGANIZATION_NAME_TAKEN.refusal().on("name").into()) } else { Ok(()) }
}

/// A union's own code from what was typed; empty is none.
///
/// # Errors
/// `uscc.*`, `organization.uscc`.
pub fn own_code(raw: Option<&str>) -> Result<Option<Uscc>, Refusal> {
    let Some(text) = raw.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let code = Uscc::parse(text)?;
    if code.is_union() { Ok(Some(code)) } else { Err(ORGANIZATION_USCC.refusal().on("uscc")) }
}

/// Lets a union cover an employer from today on.
///
/// # Errors
/// `employer.has_union`, naming it where the caller may know it; the database.
pub async fn cover(tx: &Tx, organization: Id, employer: Id, from: Day) -> Result<()> {
    let row = employer_link::ActiveModel {
        organization_id: Set(organization),
        employer_id: Set(employer),
        valid_from: Set(from),
        valid_to: Set(None),
    };
    let insert = employer_link::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? == 1 {
        return Ok(());
    }
    let open = employer_link::Entity::find()
        .filter(employer_link::Column::EmployerId.eq(employer))
        .filter(employer_link::Column::ValidTo.is_null())
        .one(tx)
        .await?
        .ok_or(Error::Contention)?;
    let refusal = if tx.caller().may(tx, ORGANIZATION_READ, open.organization_id).await? {
        let union = load(tx, open.organization_id).await?;
        let next = "一个单位只能由一个工会覆盖。请打开它的页面核对，确需变更的先撤销或转接";
        EMPLOYER_HAS_UNION.with(format!("这个单位已经有工会“{}”，{next}。", union.name))
    } else {
        EMPLOYER_HAS_UNION.refusal()
    };
    Err(refusal.on("employer").into())
}

/// Ends what a union covers today.
///
/// # Errors
/// The database.
pub async fn uncover(tx: &Tx, organization: Id) -> Result<()> {
    let sql = "UPDATE organization_employer SET valid_to = $2 WHERE organization_id = $1 AND valid_to IS NULL";
    tx.execute_sql(sql, [organization.into(), tx.today().into()]).await?;
    Ok(())
}

/// Opens a joining link with a fresh code; the union must have none.
///
/// # Errors
/// The database; contention when the code is there by chance.
pub async fn open_link(tx: &Tx, organization: Id) -> Result<join_link::Model> {
    let mut links = open_links(tx, &[organization]).await?;
    links.pop().ok_or(Error::Contention)
}

/// Opens a joining link for each of these unions, which must have none.
///
/// # Errors
/// The database; contention when a code is there by chance.
pub async fn open_links(tx: &Tx, organizations: &[Id]) -> Result<Vec<join_link::Model>> {
    let link = |organization: &Id| join_link::Model {
        code: fresh_code(),
        organization_id: *organization,
        created_by: tx.caller().account_id(),
        created_at: tx.now(),
        ended_at: None,
    };
    let links: Vec<join_link::Model> = organizations.iter().map(link).collect();
    let values = |row: &join_link::Model| {
        vec![row.code.clone().into(), row.organization_id.into(), row.created_by.into(), row.created_at.into()]
    };
    let columns = ["code", "organization_id", "created_by", "created_at"];
    let rows = links.iter().map(values).collect();
    let opened = insert_rows(tx, "join_link", &columns, rows, "ON CONFLICT DO NOTHING").await?;
    if opened == links.len() as u64 { Ok(links) } else { Err(Error::Contention) }
}

fn fresh_code() -> String {
    let mut random = rand::rng();
    let letters = (0..rules::LINK_LENGTH).map(|_| random.random_range(0..rules::LINK_ALPHABET.len()));
    letters.map(|place| char::from(rules::LINK_ALPHABET[place])).collect()
}

/// Ends the joining link.
///
/// # Errors
/// The database.
pub async fn end_link(tx: &Tx, organization: Id) -> Result<()> {
    let sql = "UPDATE join_link SET ended_at = $2 WHERE organization_id = $1 AND ended_at IS NULL";
    tx.execute_sql(sql, [organization.into(), tx.now().into()]).await?;
    Ok(())
}

/// The record of a union.
///
/// # Errors
/// `not_found`, or the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)
}

/// The record of a union that the caller may see.
///
/// # Errors
/// `not_found` also when it is outside his scope; the database.
pub async fn visible(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    let union = load(conn, id).await?;
    cx.caller.must(conn, ORGANIZATION_READ, id).await?;
    Ok(union)
}

/// Refuses unless the union is established.
///
/// # Errors
/// `organization.state`.
pub fn must_be_established(union: &entity::Model) -> Result<()> {
    if union.state == "established" { Ok(()) } else { Err(ORGANIZATION_STATE.refusal().into()) }
}

/// A reason as it is kept, 2 to 200 characters.
///
/// # Errors
/// `organization.reason`.
pub fn clean_reason(raw: &str) -> Result<String, Refusal> {
    let clean = crate::person::name::clean_text(raw, 200).ok().filter(|text| text.chars().count() >= 2);
    clean.ok_or_else(|| ORGANIZATION_REASON.refusal().on("reason"))
}

/// Records an event of a union, and beside it the reason.
///
/// # Errors
/// The database.
pub async fn record(tx: &Tx, event: Event, why: Option<String>) -> Result<Id> {
    let organization = event.aggregate_id;
    let event_id = tx.record(event.at(organization)).await?;
    if why.is_some() {
        let row = reason::ActiveModel { event_id: Set(event_id), organization_id: Set(organization), reason: Set(why) };
        reason::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(event_id)
}

/// Raises a union's version; a verb that changed it ends with this, so that two cannot change it at once unseen.
///
/// # Errors
/// Contention when somebody changed it since it was loaded; the database.
pub async fn touch(tx: &Tx, union: &entity::Model) -> Result<()> {
    let sql = "UPDATE organization SET version = version + 1 WHERE id = $1 AND version = $2";
    let changed = tx.execute_sql(sql, [union.id.into(), union.version.into()]).await?;
    if changed == 1 { Ok(()) } else { Err(Error::Contention) }
}

/// Holds these unions as established until the transaction ends: nobody dissolves one meanwhile, and whoever was about
/// to finds out what came in. On PostgreSQL rows are changed and not only locked, since a lock tells a SERIALIZABLE
/// transaction that counted before nothing; on SQLite nobody else writes before this transaction ends, and a row written
/// for nothing is a page of the log.
///
/// # Errors
/// Contention when one of them stands no more; the database.
pub async fn hold_established(tx: &Tx, mut unions: Vec<Id>) -> Result<()> {
    // In one order, so that two wait for each other and never in a circle.
    unions.sort_unstable();
    unions.dedup();
    let mut standing = 0;
    for part in unions.chunks(128) {
        // Filled up with unions that are in it already, so that a few texts are prepared and not one for each number.
        let size = part.len().next_power_of_two();
        let places: Vec<String> = (1..=size).map(|place| format!("${place}")).collect();
        let those = format!("state = 'established' AND id IN ({})", places.join(", "));
        let values: Vec<Value> = part.iter().cycle().take(size).map(|id| Value::from(*id)).collect();
        standing += if tx.app().db.is_sqlite() {
            let sql = format!("SELECT id FROM organization WHERE {those}");
            tx.query_all_raw(tx.app().db.statement(&sql, values)).await?.len()
        } else {
            let sql = format!("UPDATE organization SET version = version WHERE {those}");
            usize::try_from(tx.execute_sql(&sql, values).await?).map_err(Error::internal)?
        };
    }
    if standing == unions.len() { Ok(()) } else { Err(Error::Contention) }
}

/// Seals a contact phone for its union.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_phone(tx: &Tx, organization: Id, phone: Option<&str>) -> Result<Option<Vec<u8>>> {
    let keys = tx.app().keys.as_ref();
    phone.map(|text| seal(keys, &phone_context(organization), text.as_bytes()).map_err(Error::internal)).transpose()
}

/// The contact phone, masked; `None` when there is none.
///
/// # Errors
/// When the sealed value was changed or the key is missing.
pub fn masked_phone(cx: &Cx, union: &entity::Model) -> Result<Option<String>> {
    let Some(sealed) = &union.contact_phone_sealed else {
        return Ok(None);
    };
    let phone = open(cx.app.keys.as_ref(), &phone_context(union.id), sealed).map_err(Error::internal)?;
    Ok(std::str::from_utf8(&phone).ok().map(crate::person::phone::mask))
}

fn phone_context(organization: Id) -> String {
    format!("organization.contact_phone:{organization}")
}

impl entity::Model {
    /// What it is.
    ///
    /// # Errors
    /// When the database holds a kind this program does not know.
    pub fn kind(&self) -> Result<OrganizationKind> {
        OrganizationKind::parse(&self.kind).ok_or_else(|| Error::internal("unknown kind of union"))
    }

    /// Its state on a day; `None` before it was there.
    #[must_use]
    pub fn state_on(&self, day: Day) -> Option<OrganizationState> {
        let life = Life {
            entered_on: kernel::calendar::china_day(self.created_at),
            established_on: self.established_on,
            ended_on: self.dissolved_on,
            state: OrganizationState::parse(&self.state)?,
        };
        life.on(day)
    }
}
