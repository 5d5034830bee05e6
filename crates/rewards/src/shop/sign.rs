//! How a shop is named where it is paid: by its id or by the number on its sign. Every payment asks, together with all
//! others that are under way ([`kernel::ask`]).

use std::collections::HashMap;

use kernel::app::App;
use kernel::ask::Question;
use kernel::db::{InOrder, rows_of_keys};
use kernel::time::Day;
use kernel::{Id, Result};
use sea_orm::Value;

use super::PayableShop;

/// A shop's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sign {
    /// By its id.
    Shop(Id),
    /// By the six digits of its sign.
    Number(String),
}

/// A shop, be it open or not.
#[derive(Debug, Clone)]
pub struct Found {
    pub(super) shop: PayableShop,
    pub(super) state: String,
    pub(super) merchant_state: String,
    pub(super) contract_from: Option<Day>,
    pub(super) contract_to: Option<Day>,
}

const COLUMNS: &str = "s.id, s.name, s.state, m.id, m.name, m.state, m.contract_from, m.contract_to, a.account_id";
const JOINS: &str = "JOIN merchant m ON m.id = s.merchant_id
    LEFT JOIN merchant_account a ON a.merchant_id = m.id
        AND a.book_id = (SELECT b.id FROM ledger_book b WHERE b.kind = 'own')";

impl Question for Sign {
    type Answer = Found;

    async fn ask(app: &App, all: &[Self]) -> Result<HashMap<Self, Found>> {
        let (mut ids, mut numbers): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
        for sign in all {
            match sign {
                Self::Shop(id) => ids.push((*id).into()),
                Self::Number(number) => numbers.push(number.clone().into()),
            }
        }
        let mut shops = HashMap::with_capacity(all.len());
        if !ids.is_empty() {
            let select = format!("SELECT {COLUMNS} FROM shop s {JOINS} WHERE s.id IN");
            for row in rows_of_keys(app.db.read(), &select, ids).await? {
                let found = found(&mut InOrder::of(&row))?;
                shops.insert(Self::Shop(found.shop.shop_id), found);
            }
        }
        if !numbers.is_empty() {
            let select = format!(
                "SELECT {COLUMNS}, p.number FROM pay_point p JOIN shop s ON s.id = p.shop_id {JOINS} WHERE p.number IN"
            );
            for row in rows_of_keys(app.db.read(), &select, numbers).await? {
                let mut row = InOrder::of(&row);
                let found = found(&mut row)?;
                shops.insert(Self::Number(row.next()?), found);
            }
        }
        Ok(shops)
    }
}

/// A shop, as [`COLUMNS`] tell it.
fn found(row: &mut InOrder<'_>) -> Result<Found> {
    let (shop_id, shop_name, state) = (row.next()?, row.next()?, row.next()?);
    let (merchant_id, merchant_name, merchant_state) = (row.next()?, row.next()?, row.next()?);
    let (contract_from, contract_to, account_id) = (row.next()?, row.next()?, row.next()?);
    let shop = PayableShop { shop_id, shop_name, merchant_id, merchant_name, account_id };
    Ok(Found { shop, state, merchant_state, contract_from, contract_to })
}
