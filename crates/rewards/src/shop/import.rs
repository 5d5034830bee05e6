//! A file of shops: looked at first, then entered; rows that are wrong are told by number with what is wrong.

use std::collections::HashSet;

use kernel::event::Event;
use kernel::routes::Upload;
use kernel::{Cx, Error, Id, Refusal, Result};
use registry::division::{Divisions, Unfound};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::change::{Checked, ShopForm, checked, insert, keeper};
use super::rules::degrees;
use super::template::{EXAMPLE_CODE, HEADINGS, REQUIRED};
use super::{SHOP_FILE, entity};
use crate::merchant::MERCHANT_FORM;
use crate::sheets::{self, SheetRow, columns, gathered};

/// Rows of a file at the most.
const MOST_ROWS: usize = 2_000;
/// Rows of one transaction: nobody may hold the writer for longer than a moment.
const CHUNK: usize = 100;
/// The city in which a name of a division is looked for.
const HOME: &str = "440700";

/// A file of shops of a merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopFileInput {
    /// Whose shops.
    pub merchant_id: Uuid,
    /// Name of the file.
    pub name: String,
}

/// What a file of shops holds, or what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopFileAnswer {
    /// Rows below the heading.
    pub rows: i64,
    /// Of them good and new: entered, or to be entered.
    pub good: i64,
    /// Of them there already.
    pub known: i64,
    /// Of them wrong, by number.
    pub faults: Vec<ShopFileFault>,
}

/// A row that is not entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShopFileFault {
    /// Number as the spreadsheet program shows it.
    pub row: i64,
    /// The shop's code, where there is one.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

/// Looks what a file would enter; enters nothing.
///
/// # Errors
/// `shop.file`, `merchant.state`, `file.*`, `sheet.*`, 404 outside the caller's scope; the database.
pub async fn check(cx: Cx, input: ShopFileInput, upload: Upload) -> Result<ShopFileAnswer> {
    let judged = judged(&cx, &input, upload).await?;
    Ok(judged.answer)
}

/// Enters the good rows of a file. A row that is there already stays as it is, so that the same file again enters
/// nothing twice.
///
/// # Errors
/// As [`check`].
pub async fn import(cx: Cx, input: ShopFileInput, upload: Upload) -> Result<ShopFileAnswer> {
    let mut judged = judged(&cx, &input, upload).await?;
    let mut entered = 0;
    for chunk in judged.forms.chunks(CHUNK) {
        let mut tx = cx.begin_bulk().await?;
        let merchant = keeper(&cx, &tx, input.merchant_id).await?;
        let cause = tx.id();
        tx.caused_by(cause);
        let mut events = Vec::with_capacity(chunk.len());
        for form in chunk {
            if let Some(id) = insert(&tx, merchant.id, form).await? {
                events.push(Event::of("shop.entered", "shop", id).at(merchant.organization_id));
            }
        }
        let many = events.len();
        tx.record_many(events).await?;
        tx.commit(()).await?;
        entered += i64::try_from(many).map_err(Error::internal)?;
    }
    judged.answer.known += judged.answer.good - entered;
    judged.answer.good = entered;
    Ok(judged.answer)
}

/// What a file holds, judged row by row.
struct Judged {
    answer: ShopFileAnswer,
    forms: Vec<Checked>,
}

async fn judged(cx: &Cx, input: &ShopFileInput, upload: Upload) -> Result<Judged> {
    let raw = gathered(upload).await?;
    // Who may is asked before the file is opened.
    let tx = cx.begin_bulk().await?;
    let merchant = keeper(cx, &tx, input.merchant_id).await?;
    tx.commit(()).await?;
    let rows = sheets::rows(raw, input.name.clone()).await?;
    let (head, places) = columns(&rows, &HEADINGS).ok_or_else(|| SHOP_FILE.refusal())?;
    if let Some(missing) = HEADINGS.iter().zip(&places).take(REQUIRED).find(|(_, place)| place.is_none()) {
        let name = missing.0.first().copied().unwrap_or_default();
        return Err(SHOP_FILE.with(format!("表格里没有“{name}”这一列，请按模板补上后再上传。")).into());
    }
    let data: Vec<&SheetRow> = rows.iter().skip(head + 1).collect();
    let data: Vec<&SheetRow> = data.into_iter().filter(|(_, cells)| cell(cells, &places, 0) != EXAMPLE_CODE).collect();
    if data.is_empty() || data.len() > MOST_ROWS {
        return Err(SHOP_FILE.refusal().into());
    }
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let mut codes = codes_of(cx.read(), merchant.id).await?;
    let mut answer = ShopFileAnswer {
        rows: i64::try_from(data.len()).map_err(Error::internal)?,
        good: 0,
        known: 0,
        faults: Vec::new(),
    };
    let (mut forms, mut here) = (Vec::new(), HashSet::new());
    for (number, cells) in data {
        match form(cells, &places, &divisions) {
            Err(Error::Refusal(refusal)) => answer.faults.push(fault(*number, cells, &places, &refusal.message)),
            Err(other) => return Err(other),
            Ok(form) if !here.insert(form.code.clone()) => {
                answer.faults.push(fault(*number, cells, &places, "这个门店编号在表格里重复了，请只留一行。"));
            }
            Ok(form) if !codes.insert(form.code.clone()) => answer.known += 1,
            Ok(form) => {
                answer.good += 1;
                forms.push(form);
            }
        }
    }
    Ok(Judged { answer, forms })
}

fn cell<'a>(cells: &'a [String], places: &[Option<usize>], field: usize) -> &'a str {
    let place = places.get(field).copied().flatten();
    place.and_then(|place| cells.get(place)).map_or("", |text| text.trim())
}

fn form(cells: &[String], places: &[Option<usize>], divisions: &Divisions) -> Result<Checked> {
    let text = |field| cell(cells, places, field).to_owned();
    let degrees_of =
        |field: usize| -> Result<Option<i64>, Refusal> {
            match cell(cells, places, field) {
                "" => Ok(None),
                raw => Ok(Some(degrees(raw).ok_or_else(|| {
                    MERCHANT_FORM.with("经度、纬度请写成 113.081901、22.578738 这样的数字。").on("lon")
                })?)),
            }
        };
    let raw = text(2);
    let division_code = match divisions.find(&raw, HOME) {
        Ok(code) => code.to_owned(),
        // Perhaps one of another city.
        Err(Unfound::Unknown) => raw,
        Err(Unfound::Unclear) => {
            return Err(MERCHANT_FORM
                .with("这个区划名称有几处同名，请写上县区，例如蓬江区白沙街道。")
                .on("division_code")
                .into());
        }
    };
    let form = ShopForm {
        code: text(0),
        name: text(1),
        division_code,
        address: text(3),
        opens: text(4),
        closes: text(5),
        shut: text(6),
        lon_e6: degrees_of(7)?,
        lat_e6: degrees_of(8)?,
    };
    checked(&form, divisions)
}

fn fault(row: i64, cells: &[String], places: &[Option<usize>], message: &str) -> ShopFileFault {
    let shown = |field| cell(cells, places, field).chars().take(60).collect();
    ShopFileFault { row, code: shown(0), name: shown(1), message: message.to_owned() }
}

async fn codes_of(conn: &impl ConnectionTrait, merchant: Id) -> Result<HashSet<String>> {
    let codes: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Code)
        .filter(entity::Column::MerchantId.eq(merchant))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(codes.into_iter().collect())
}
