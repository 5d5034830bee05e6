//! Saying where the header stands and which column holds which field; the import is a draft again.

use std::collections::{BTreeMap, BTreeSet};

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::Columns;
use super::fields::field;
use super::preview::{self, Chosen, Looked};
use super::shape::{self, ImportPage};
use super::words::{ImportState, Part};
use super::{IMPORT_COLUMNS_WRONG, find};

/// Where the data of a file is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ColumnsInput {
    /// Which import.
    pub id: Uuid,
    /// Number of the file, from 1.
    pub number: i64,
    /// Which sheet, from 0.
    pub sheet: usize,
    /// Row of the header as the spreadsheet shows it, from 1.
    pub header_row: u64,
    /// Column of each field, from 0; a field left out is recognised from its heading, `null` is none.
    #[serde(default)]
    pub columns: BTreeMap<String, Option<usize>>,
}

/// Adjusts the columns of a file.
///
/// # Errors
/// `import.columns_wrong`, `import.state`, `sheet.*`, `not_found`; the database.
pub async fn adjust(cx: Cx, input: ColumnsInput) -> Result<ImportPage> {
    let row = find::visible(&cx, cx.read(), input.id).await?;
    let files = find::files(cx.read(), row.id).await?;
    let file = files.into_iter().find(|file| file.number == input.number).ok_or_else(Error::not_found)?;
    let part = Part::parse(&file.part).ok_or_else(|| Error::internal("a file of an unknown part"))?;
    let chosen = Chosen { sheet: input.sheet, header_row: input.header_row.max(1) };
    let (app, id, name) = (cx.app.clone(), file.file_id, file.name.clone());
    let looked = tokio::task::spawn_blocking(move || preview::look(&app, id, &name, part, Some(chosen)));
    let looked = looked.await.map_err(Error::internal)??;
    let columns = adjusted(part, &looked, &input.columns)?;

    let tx = cx.begin().await?;
    let mut row = find::movable(&cx, &tx, input.id, &[ImportState::Draft, ImportState::Checked]).await?;
    let update = "UPDATE import_file SET sheet = $3, header_row = $4, columns = $5, preview_sealed = $6
        WHERE import_id = $1 AND number = $2";
    let values = [
        row.id.into(),
        file.number.into(),
        i64::try_from(looked.sheet).map_err(Error::internal)?.into(),
        i64::try_from(looked.header_row).map_err(Error::internal)?.into(),
        serde_json::to_string(&columns)?.into(),
        preview::seal(&cx.app, row.id, file.number, &looked.preview)?.into(),
    ];
    tx.execute_sql(update, values).await?;
    shape::back_to_draft(&tx, &mut row).await?;
    let event = Event::of("import.columns_adjusted", "import", row.id).at(row.organization_id);
    tx.record(event.with("file", file.number)).await?;
    let page = shape::page(&cx, &tx, row).await?;
    tx.commit(page).await
}

/// What was recognised, with what the person says on top.
fn adjusted(part: Part, looked: &Looked, said: &BTreeMap<String, Option<usize>>) -> Result<Columns> {
    let wrong = || IMPORT_COLUMNS_WRONG.refusal().on("columns");
    let width = looked.preview.sample.iter().map(Vec::len).chain([looked.preview.header.len()]).max().unwrap_or(0);
    let mut columns = Columns::default();
    for (name, column) in said {
        field(part, name).ok_or_else(wrong)?;
        if let Some(column) = column {
            columns.set(name, Some(*column).filter(|column| *column < width).ok_or_else(wrong)?);
        }
    }
    let mut taken: BTreeSet<usize> = said.values().flatten().copied().collect();
    if taken.len() != said.values().flatten().count() {
        return Err(wrong().into());
    }
    for field in super::fields::fields(part).iter().filter(|field| !said.contains_key(field.name)) {
        if let Some(column) = looked.columns.get(field.name).filter(|column| taken.insert(*column)) {
            columns.set(field.name, column);
        }
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::preview::Preview;

    #[test]
    fn what_is_said_counts() {
        let header = ["姓名", "身份证号", "手机", "备注"].map(str::to_owned);
        let looked = Looked {
            columns: Columns::recognise(Part::Members, &header),
            preview: Preview { header: header.to_vec(), ..Preview::default() },
            sheet: 0,
            header_row: 1,
        };
        let say = |pairs: &[(&str, Option<usize>)]| {
            let said = pairs.iter().map(|(name, column)| ((*name).to_owned(), *column)).collect();
            adjusted(Part::Members, &looked, &said)
        };
        let columns = say(&[("phone", None), ("employer", Some(3))]).unwrap();
        assert_eq!((columns.get("name"), columns.get("phone"), columns.get("employer")), (Some(0), None, Some(3)));
        let columns = say(&[("employer", Some(2))]).unwrap();
        assert_eq!((columns.get("phone"), columns.get("employer")), (None, Some(2)), "a column holds one field");
        for bad in [
            [("phone", Some(4)), ("name", None)],
            [("phone", Some(1)), ("name", Some(1))],
            [("colour", None), ("name", None)],
        ] {
            assert_eq!(say(&bad).unwrap_err().refusal().unwrap().code, "import.columns_wrong", "{bad:?}");
        }
    }
}
