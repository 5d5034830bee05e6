//! Merchants with a contract in force, and shops that have a sign. All SYNTHETIC.

use chrono::Days;
use kernel::db::insert_rows;
use kernel::{Cx, Id, Tx};
use registry::employer::uscc;
use rewards::ledger::OWN_BOOK;
use rewards::merchant::open_account_in;
use sea_orm::sea_query::Value;

use super::super::client::failed;
use super::super::stage::Stage;
use crate::fault::Fault;

/// Chains that the shops belong to, as many as the pilot had.
const MERCHANTS: usize = 14;
/// The code of the first one.
const FIRST_CODE: u32 = 980_001;
/// The number on the first sign.
const FIRST_SIGN: u32 = 100_000;
const DISTRICT: &str = "440703";

const MERCHANT: [&str; 15] = [
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
    "entered_at",
    "decided_at",
    "version",
];
const SHOP: [&str; 12] = [
    "id",
    "merchant_id",
    "code",
    "name",
    "division_code",
    "address",
    "opens",
    "closes",
    "shut",
    "state",
    "entered_at",
    "version",
];

/// Opens so many shops; answers the numbers on their signs.
pub async fn open(stage: &Stage, number: usize) -> Result<Vec<String>, Fault> {
    let organization = stage.root().await?;
    let tx = Cx::system(&stage.app).begin_bulk().await?;
    let merchants: Vec<Id> = (0..MERCHANTS.min(number)).map(|_| tx.id()).collect();
    enter_merchants(&tx, organization, &merchants).await?;
    let shops: Vec<Id> = (0..number).map(|_| tx.id()).collect();
    enter_shops(&tx, &merchants, &shops).await?;
    let numbers: Vec<String> = (FIRST_SIGN..).take(number).map(|sign| sign.to_string()).collect();
    let signs = numbers.iter().zip(&shops).map(|(sign, shop)| vec![sign.clone().into(), (*shop).into()]);
    insert_rows(&tx, "pay_point", &["number", "shop_id"], signs.collect(), "").await?;
    tx.commit(()).await?;
    Ok(numbers)
}

/// As an approval leaves them: with an account in the ledger.
async fn enter_merchants(tx: &Tx, organization: Id, merchants: &[Id]) -> Result<(), Fault> {
    let (from, to) = (tx.today() - Days::new(30), tx.today() + Days::new(700));
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(merchants.len());
    for (code, id) in (FIRST_CODE..).zip(merchants) {
        rows.push(vec![
            (*id).into(),
            organization.into(),
            format!("示例商户{code}").into(),
            uscc::synthetic('9', '1', DISTRICT, code).map_err(failed)?.to_string().into(),
            "grocery".into(),
            "示例联系人".into(),
            vec![0_u8; 32].into(),
            "示例约定".into(),
            from.into(),
            to.into(),
            "active".into(),
            true.into(),
            tx.now().into(),
            tx.now().into(),
            1_i64.into(),
        ]);
    }
    insert_rows(tx, "merchant", &MERCHANT, rows, "").await?;
    for id in merchants {
        open_account_in(tx, *id, OWN_BOOK).await?;
    }
    Ok(())
}

/// Shops of all merchants, in turn.
async fn enter_shops(tx: &Tx, merchants: &[Id], shops: &[Id]) -> Result<(), Fault> {
    let shop = |((at, id), merchant): ((usize, &Id), &Id)| -> Vec<Value> {
        vec![
            (*id).into(),
            (*merchant).into(),
            format!("{at:03}").into(),
            format!("示例{at}号店").into(),
            DISTRICT.into(),
            "示例路 1 号".into(),
            0_i64.into(),
            1_440_i64.into(),
            "".into(),
            "open".into(),
            tx.now().into(),
            1_i64.into(),
        ]
    };
    let rows = shops.iter().enumerate().zip(merchants.iter().cycle()).map(shop).collect();
    insert_rows(tx, "shop", &SHOP, rows, "").await?;
    Ok(())
}
