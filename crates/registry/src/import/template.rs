//! The template of a part: headings, an example row, how to fill it in.

use bytes::Bytes;
use futures::StreamExt;
use kernel::routes::Download;
use kernel::sheet::{Format, SheetWriter, WriterOptions};
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{Field, fields};
use super::source::cause;
use super::words::{Part, SheetFormat};

/// Which template.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TemplateInput {
    /// For which rows.
    pub part: Part,
    /// As which file.
    pub format: SheetFormat,
}

/// Hands out a template.
///
/// # Errors
/// A folder for temporary files that is full.
pub async fn template(_cx: Cx, input: TemplateInput) -> Result<Download> {
    let format = Format::from(input.format);
    let written = tokio::task::spawn_blocking(move || write(input.part, format));
    let bytes = Bytes::from(written.await.map_err(Error::internal)??);
    Ok(Download {
        name: format!("{}导入模板.{}", input.part.label(), format.extension()),
        content_type: format.content_type(),
        bytes: Some(bytes.len() as u64),
        shown: false,
        body: futures::stream::once(async move { Ok(bytes) }).boxed().into(),
    })
}

fn write(part: Part, format: Format) -> Result<Vec<u8>> {
    let options = WriterOptions {
        sheet_name: part.label().to_owned(),
        widths: fields(part).iter().map(|field| if field.required { 22 } else { 16 }).collect(),
        notes: notes(part),
        ..WriterOptions::default()
    };
    let mut writer = SheetWriter::new(Vec::new(), format, options).map_err(cause)?;
    let heading = |field: &Field| if field.required { format!("{}*", field.label) } else { field.label.to_owned() };
    writer.row(&fields(part).iter().map(heading).collect::<Vec<_>>()).map_err(cause)?;
    writer.row(&fields(part).iter().map(|field| field.example).collect::<Vec<_>>()).map_err(cause)?;
    writer.finish().map_err(cause)
}

fn notes(part: Part) -> Vec<String> {
    let mut lines = vec![
        format!("{}导入模板填写说明", part.label()),
        "带 * 的列必须填写。示例行请删除；不删也不会被导入。".to_owned(),
        "列的顺序可以变，多出来的列不会被导入。可以直接使用单位已有的表格，不必照抄到模板里。".to_owned(),
    ];
    lines.extend(fields(part).iter().map(|field| {
        let required = if field.required { "（必填）" } else { "" };
        format!("{}{required}：{}", field.label, field.note)
    }));
    lines
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use kernel::sheet::{Book, Row};

    use super::*;
    use crate::import::columns::{find_header, texts};
    use crate::import::fields::EXAMPLE;

    #[test]
    fn a_template_recognises_itself() {
        for part in [Part::Members, Part::Unions, Part::Employers, Part::Officers] {
            for format in [Format::Xlsx, Format::Csv] {
                let book = Book::open(Cursor::new(write(part, format).unwrap()), "模板").unwrap();
                if format == Format::Xlsx {
                    assert_eq!(book.sheets(), [part.label(), "填写说明"]);
                }
                let rows: Vec<Row> = book.rows(0).unwrap().collect::<Result<_, _>>().unwrap();
                let (place, columns) = find_header(part, &rows).unwrap();
                assert_eq!((place, columns.len()), (0, fields(part).len()), "{}", part.label());
                for (n, field) in fields(part).iter().enumerate() {
                    assert_eq!(columns.get(field.name), Some(n), "{}", field.name);
                }
                assert_eq!(texts(&rows[1])[0], EXAMPLE);
            }
        }
    }
}
