//! A merchant with shops and a cashier, and points to spend there: everything that is needed to pay at a counter, and to see
//! where the money came from. Invented like the rest of the city.

use std::collections::BTreeMap;

use chrono::{Days, Months};
use kernel::db::insert_rows;
use kernel::id::Ids;
use kernel::{Error, Id, Result, Tx};
use registry::person::phone::Phone;
use rewards::ledger::{self, AccountKind, NewAccount, OWN_BOOK, Order, What};
use rewards::merchant::{open_account_in, rules::BankNumber, vault};

use super::people::People;
use super::unions::{TOUR_DISTRICT, TOY_FACTORY, Tree};

/// Phone of the cashier, who manages the shops as well.
pub const CASHIER_PHONE: &str = "15407400002";
const PURPOSE: &str = "activity";
const TOP_UP_CENTS: i64 = 2_000_000;
const EACH_CENTS: i64 = 30_000;

/// Code, name, address and place of a shop, in millionths of a degree.
type Shop = (&'static str, &'static str, &'static str, i64, i64);
const SHOPS: [Shop; 3] = [
    ("001", "示例超市建设路店", "建设路 100 号", 113_078_000, 22_588_000),
    ("002", "示例超市迎宾路店", "迎宾大道 18 号", 113_095_000, 22_606_000),
    ("003", "示例超市棠下店", "棠下镇金桐路 6 号", 113_028_000, 22_668_000),
];

/// Writes merchant, shops, cashier and points; answers how many shops.
pub async fn write(tx: &Tx, tree: &Tree, people: &People, visitors: &BTreeMap<&'static str, Id>) -> Result<usize> {
    let county = tree.find("county_federation", TOUR_DISTRICT, None)?.id;
    let merchant = tx.id();
    enter_merchant(tx, merchant, county, visitors).await?;
    enter_shops(tx, merchant, visitors).await?;
    open_account_in(tx, merchant, OWN_BOOK).await?;
    let factory = tree.named(&format!("{TOY_FACTORY}工会"))?.id;
    issue(tx, factory, people, visitors).await?;
    Ok(SHOPS.len())
}

async fn enter_merchant(tx: &Tx, id: Id, county: Id, visitors: &BTreeMap<&'static str, Id>) -> Result<()> {
    let keys = tx.app().keys.as_ref();
    let phone = Phone::parse(CASHIER_PHONE)?;
    let (from, now) = (tx.today() - Months::new(6), tx.now() - Days::new(180));
    let columns = [
        "id",
        "organization_id",
        "name",
        "uscc",
        "category",
        "contact_name",
        "contact_phone_sealed",
        "terms",
        "contract_from",
        "contract_to",
        "state",
        "synthetic",
        "entered_by",
        "entered_at",
        "decided_by",
        "decided_at",
        "version",
    ];
    let code = registry::employer::uscc::synthetic('9', '1', "440703", 990_001).map_err(Error::internal)?;
    let row = vec![
        id.into(),
        county.into(),
        "示例连锁超市有限公司".into(),
        code.to_string().into(),
        "grocery".into(),
        "示例店长".into(),
        vault::seal_phone(keys, id, &phone)?.into(),
        "每月结算一次，按积分原值结算，不收手续费。".into(),
        from.into(),
        (from + Months::new(36)).into(),
        "active".into(),
        true.into(),
        visitors.get("county").copied().into(),
        now.into(),
        visitors.get("city").copied().into(),
        now.into(),
        1_i64.into(),
    ];
    insert_rows(tx, "merchant", &columns, vec![row], "").await?;
    enter_bank(tx, id, visitors).await
}

/// Where the merchant is paid.
async fn enter_bank(tx: &Tx, id: Id, visitors: &BTreeMap<&'static str, Id>) -> Result<()> {
    let (keys, now, bank) = (tx.app().keys.as_ref(), tx.now() - Days::new(180), tx.id());
    let number = BankNumber::parse("6200000000000000018")?;
    let columns = [
        "id",
        "merchant_id",
        "holder",
        "bank",
        "number_sealed",
        "number_digest",
        "tail",
        "state",
        "entered_by",
        "entered_at",
        "decided_by",
        "decided_at",
    ];
    let row = vec![
        bank.into(),
        id.into(),
        "示例连锁超市有限公司".into(),
        "示例银行江门分行".into(),
        vault::seal_bank(keys, bank, &number)?.into(),
        vault::bank_digest(keys, &number).into(),
        number.tail().into(),
        "active".into(),
        visitors.get("county").copied().into(),
        now.into(),
        visitors.get("city").copied().into(),
        now.into(),
    ];
    insert_rows(tx, "merchant_bank", &columns, vec![row], "").await?;
    Ok(())
}

async fn enter_shops(tx: &Tx, merchant: Id, visitors: &BTreeMap<&'static str, Id>) -> Result<()> {
    let columns = [
        "id",
        "merchant_id",
        "code",
        "name",
        "division_code",
        "address",
        "lon_e6",
        "lat_e6",
        "opens",
        "closes",
        "shut",
        "state",
        "entered_at",
        "version",
    ];
    let shop = |(code, name, address, lon, lat): Shop| {
        vec![
            tx.id().into(),
            merchant.into(),
            code.into(),
            name.into(),
            TOUR_DISTRICT.into(),
            address.into(),
            lon.into(),
            lat.into(),
            480_i64.into(),
            1_320_i64.into(),
            "".into(),
            "open".into(),
            tx.now().into(),
            1_i64.into(),
        ]
    };
    insert_rows(tx, "shop", &columns, SHOPS.into_iter().map(shop).collect(), "").await?;
    let Some(account) = visitors.get("cashier").copied() else { return Ok(()) };
    let columns = ["id", "merchant_id", "account_id", "role", "label", "pin_failures", "state", "began_at"];
    let row = vec![
        tx.id().into(),
        merchant.into(),
        account.into(),
        "manager".into(),
        "示例店长".into(),
        0_i64.into(),
        "active".into(),
        tx.now().into(),
    ];
    insert_rows(tx, "cashier", &columns, vec![row], "").await?;
    Ok(())
}

/// The line of the bank statement behind the points.
async fn enter_line(tx: &Tx, by: Option<Id>) -> Result<Id> {
    let line = tx.id();
    let columns = ["id", "book_id", "number", "day", "amount_cents", "payer", "note", "entered_by", "entered_at"];
    let row = vec![
        line.into(),
        OWN_BOOK.into(),
        "示例流水000001".into(),
        tx.today().into(),
        TOP_UP_CENTS.into(),
        format!("{TOY_FACTORY}工会").into(),
        "文体活动经费".into(),
        by.into(),
        tx.now().into(),
    ];
    insert_rows(tx, "bank_line", &columns, vec![row], "").await?;
    Ok(line)
}

/// A budget of the union that has the tour, for this year.
async fn enter_budget(tx: &Tx, union: Id, by: Option<Id>) -> Result<Id> {
    let year = i64::from(chrono::Datelike::year(&tx.today()));
    let budget = NewAccount {
        book_id: OWN_BOOK,
        kind: AccountKind::Budget,
        owner_id: Some(union),
        purpose: PURPOSE.to_owned(),
        fiscal_year: year,
        floor_cents: Some(0),
    };
    let id = ledger::open_account(tx, budget).await?;
    let columns = [
        "account_id",
        "book_id",
        "organization_id",
        "fiscal_year",
        "purpose",
        "reserved_cents",
        "opened_by",
        "opened_at",
    ];
    let row = vec![
        id.into(),
        OWN_BOOK.into(),
        union.into(),
        year.into(),
        PURPOSE.into(),
        0_i64.into(),
        by.into(),
        tx.now().into(),
    ];
    insert_rows(tx, "points_budget", &columns, vec![row], "").await?;
    Ok(id)
}

/// A bank line, the budget that it tops up, and points for every member of the union that has the tour.
async fn issue(tx: &Tx, union: Id, people: &People, visitors: &BTreeMap<&'static str, Id>) -> Result<()> {
    let by = visitors.get("city").copied();
    let (line, budget_id) = (enter_line(tx, by).await?, enter_budget(tx, union, by).await?);
    let order = |what| Order { id: Ids::random(), book_id: OWN_BOOK, by, what };
    let mut orders = vec![order(What::TopUp { budget_id, amount_cents: TOP_UP_CENTS, bank_line_id: line })];
    let active = people
        .memberships
        .iter()
        .filter(|row| *row.organization_id.as_ref() == union && row.state.as_ref() == "active");
    let most = usize::try_from(TOP_UP_CENTS / EACH_CENTS).unwrap_or_default();
    let named = active.clone().rev().take(1).chain(active).map(|row| *row.person_id.as_ref());
    let mut whom: Vec<Id> = named.collect();
    let mut seen = std::collections::BTreeSet::new();
    whom.retain(|person| seen.insert(*person));
    for person_id in whom.into_iter().take(most) {
        let issue = What::Issue {
            budget_id,
            person_id,
            amount_cents: EACH_CENTS,
            expires_on: tx.today() + Months::new(12),
            reason: "文体活动（演示）".to_owned(),
            subject_id: None,
        };
        orders.push(order(issue));
    }
    for outcome in ledger::apply(tx, &orders).await? {
        outcome?;
    }
    Ok(())
}
