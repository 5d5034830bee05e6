//! The bank file: the one place where whole account numbers leave the house. Logged each time with its reason.

use kernel::event::Event;
use kernel::money::Cents;
use kernel::routes::Download;
use kernel::sheet::{Format, WriterOptions};
use kernel::{Cx, Error, Id, Result, Tx};
use registry::import::words::SheetFormat;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{SETTLEMENT_STATE, find, item_entity as item};
use crate::merchant::access::SETTLEMENT_RUN;
use crate::merchant::{bank_entity as bank, rules, vault};
use crate::sheets::{download, written};

/// Which bank file, and what for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankFileInput {
    /// The settlement.
    pub settlement_id: Uuid,
    /// As which file.
    pub format: SheetFormat,
    /// What for.
    pub reason: String,
}

/// Headings of a bank file; the bank's own statement comes back with the first and the fifth.
pub const HEADINGS: [&str; 6] = ["付款编号", "收款账号", "收款户名", "开户银行", "金额", "用途"];

/// Hands out the bank file of a released settlement; with the first one it is sent.
///
/// # Errors
/// `merchant.form`, `settlement.state`, 404 outside the caller's scope; the database.
pub async fn bank_file(cx: Cx, input: BankFileInput) -> Result<Download> {
    let reason = rules::reason(&input.reason)?;
    let by = cx.caller.account()?;
    let tx = cx.begin().await?;
    let row = find::kept(&cx, &tx, SETTLEMENT_RUN, input.settlement_id).await?;
    match row.state.as_str() {
        "approved" => {
            let sql = "UPDATE settlement SET state = 'sent', sent_by = $2, sent_at = $3, version = version + 1
                WHERE id = $1 AND state = 'approved'";
            if tx.execute_sql(sql, [row.id.into(), by.into(), tx.now().into()]).await? != 1 {
                return Err(Error::Contention);
            }
        }
        "sent" => {}
        _ => return Err(SETTLEMENT_STATE.refusal().into()),
    }
    let format = Format::from(input.format);
    let rows = rows(&tx, &row.number, row.id).await?;
    let event = Event::of("settlement.bank_file_taken", "settlement", row.id).at(row.organization_id);
    // A reason of staff for a file, no text about a person.
    tx.record(event.with("format", input.format).with("items", row.items).with("reason", reason)).await?;
    tx.commit(()).await?;
    let options = WriterOptions {
        sheet_name: "付款明细".to_owned(),
        widths: vec![24, 26, 36, 36, 16, 30],
        ..WriterOptions::default()
    };
    let bytes = written(format, options, rows).await?;
    Ok(download(format!("商户结算付款 {}.{}", row.number, format.extension()), format, bytes))
}

/// The rows of a bank file: what is still to be paid, each account number opened.
async fn rows(tx: &Tx, number: &str, settlement: Id) -> Result<Vec<Vec<String>>> {
    let items: Vec<item::Model> =
        find::items(tx, settlement).await?.into_iter().filter(|item| item.state == "open").collect();
    let banks =
        bank::Entity::find().filter(bank::Column::Id.is_in(items.iter().map(|item| item.bank_id))).all(tx).await?;
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    for item in items {
        let bank = banks.iter().find(|bank| bank.id == item.bank_id);
        let bank = bank.ok_or_else(|| Error::internal("an item without its bank account"))?;
        rows.push(vec![
            item.reference,
            vault::open_bank(tx.app().keys.as_ref(), bank.id, &bank.number_sealed)?,
            bank.holder.clone(),
            bank.bank.clone(),
            Cents(item.amount_cents).to_string(),
            format!("积分结算 {number}"),
        ]);
    }
    Ok(rows)
}
