//! Workbooks.

use super::*;
use crate::sheet::{COLUMNS, Format};

fn one(data: &str) -> Vec<Cell> {
    let formats = r#"<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="21"/>"#;
    read(Parts { data, formats, ..Parts::default() }.bytes()).unwrap().remove(0).cells
}

fn plain(text: &str) -> Cell {
    Cell { text: text.into(), flaw: None }
}

#[test]
fn numbers_read_as_shown() {
    let cells = one(concat!(
        r#"<row r="1"><c r="A1"><v>3</v></c><c r="B1"><v>13800138000</v></c><c r="C1"><v>0.30000000000000004</v></c>"#,
        r#"<c r="D1"><v>440703199001011200</v></c><c r="E1"><v>-2.50</v></c><c r="F1" t="b"><v>1</v></c>"#,
        r#"<c r="G1" t="e"><v>#N/A</v></c><c r="H1"><f>A1+1</f><v>4</v></c><c r="I1" t="str"><f>"x"</f><v>结果</v></c>"#,
        r#"<c r="J1"><v>999999999999999</v></c></row>"#
    ));
    let expected = [
        plain("3"),
        plain("13800138000"),
        plain("0.3"),
        flawed("440703199001011200", Flaw::Rounded),
        plain("-2.5"),
        plain("TRUE"),
        flawed("#N/A", Flaw::Error),
        plain("4"),
        plain("结果"),
        plain("999999999999999"),
    ];
    assert_eq!(cells, expected);
}

#[test]
fn dates_of_both_epochs_read_as_days() {
    let data = r#"<row r="1"><c r="A1" s="1"><v>44260</v></c><c r="B1" s="2"><v>44260.75</v></c><c r="C1" s="3"><v>0.5</v></c><c r="D1" s="1"><v>60</v></c><c r="E1" t="d"><v>2021-03-05T00:00:00</v></c><c r="F1" s="1"><v>-4</v></c></row>"#;
    let cells = one(data);
    let read_as: Vec<_> = cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(read_as, ["2021-03-05", "2021-03-05", "12:00:00", "1900-02-29", "2021-03-05", "-4"]);
    let formats = r#"<xf numFmtId="0"/><xf numFmtId="14"/>"#;
    let data = r#"<row r="1"><c r="A1" s="1"><v>42798</v></c></row>"#;
    let parts = Parts { data, formats, properties: r#"<workbookPr date1904="1"/>"#, ..Parts::default() };
    assert_eq!(texts(&read(parts.bytes()).unwrap()), [["2021-03-05"]]);
}

#[test]
fn shared_and_rich_texts_are_read() {
    let texts_part = r#"<sst uniqueCount="3"><si><t> 张三 </t></si><si><r><t>李</t></r><r><t>四</t></r><rPh><t>x</t></rPh></si><si><t>a_x0000_b</t></si></sst>"#;
    let data = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>王&amp;五</t></is></c></row>"#;
    let rows = read(Parts { data, texts: Some(texts_part), ..Parts::default() }.bytes()).unwrap();
    let expected = [plain("张三"), plain("李四"), flawed("a\u{FFFD}b", Flaw::Control), plain("王&五")];
    assert_eq!(rows[0].cells, expected);
}

#[test]
fn blank_and_merged_rows_keep_the_numbers() {
    let data = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>花名册</t></is></c><c r="B2"/><c r="C2"/></row><row r="3"><c r="A3" s="1"/></row><row r="5"><c r="B5"><v>1</v></c><c r="XFD5" s="1"/></row>"#;
    let rows = read(Parts { data, ..Parts::default() }.bytes()).unwrap();
    assert_eq!(texts(&rows), [vec!["花名册"], vec!["", "1"]]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 5]);
}

#[test]
fn columns_beyond_the_limit_are_refused() {
    let column = |number: usize| if number <= 200 { "GR" } else { "GS" };
    for number in [COLUMNS, COLUMNS + 1] {
        let data = format!(r#"<row r="1"><c r="{}1"><v>1</v></c></row>"#, column(number));
        let outcome = read(Parts { data: &data, ..Parts::default() }.bytes());
        match number {
            COLUMNS => assert_eq!(outcome.unwrap()[0].cells.len(), COLUMNS),
            _ => assert_eq!(code(outcome), "sheet.too_wide"),
        }
    }
}

#[test]
fn hidden_sheets_are_not_offered() {
    let mut entries = Parts { data: r#"<row r="1"><c r="A1"><v>1</v></c></row>"#, ..Parts::default() }.entries();
    entries[1].1 = r#"<workbook xmlns:r="r"><sheets><sheet name="字典" sheetId="2" state="hidden" r:id="r2"/><sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>"#.into();
    entries[2].1 = entries[2].1.replace(
        "</Relationships>",
        r#"<Relationship Id="r2" Type="http://x/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#,
    );
    entries.push(("xl/worksheets/sheet2.xml", "<worksheet><sheetData/></worksheet>".into()));
    let book = Book::open(Cursor::new(archive(&entries)), "a").unwrap();
    assert_eq!((book.format(), book.sheets()), (Format::Xlsx, &["名单".to_owned()][..]));
    assert_eq!(book.rows(0).unwrap().count(), 1);
}

#[test]
fn rows_may_be_left_before_the_end() {
    let row = |n: u32| format!(r#"<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>"#);
    let data: String = (1..=20_000).map(row).collect();
    let bytes = Parts { data: &data, ..Parts::default() }.bytes();
    let book = Book::open(Cursor::new(bytes), "a").unwrap();
    let first: Vec<_> = book.rows(0).unwrap().take(3).map(|row| row.unwrap().number).collect();
    assert_eq!(first, [1, 2, 3]);
}
