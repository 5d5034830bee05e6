//! What is written reads back.

use proptest::prelude::*;

use super::*;
use crate::sheet::{Format, SheetWriter, WriterOptions};

fn write(format: Format, rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = SheetWriter::new(Vec::new(), format, WriterOptions::default()).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn a_text_file_is_guarded_against_formulas() {
    let bytes = write(Format::Csv, &[vec!["=1+1".into(), "+86".into(), "-1".into(), "@x".into(), "\tx".into()]]);
    assert_eq!(String::from_utf8(bytes).unwrap(), "\u{FEFF}'=1+1,'+86,'-1,'@x,'\tx\r\n");
    let bytes = write(Format::Csv, &[vec!["a\0\u{1b}b".into(), "说\"好\"\n的".into()]]);
    assert_eq!(String::from_utf8(bytes).unwrap(), "\u{FEFF}a\u{FFFD}\u{FFFD}b,\"说\"\"好\"\"\n的\"\r\n");
}

#[test]
fn a_workbook_keeps_texts_as_texts() {
    let rows = [vec!["证件号码".into()], vec!["440703199001011234".into()], vec!["=1+1".into()], vec!["0012".into()]];
    let read_back = read(write(Format::Xlsx, &rows)).unwrap();
    assert_eq!(texts(&read_back), rows);
    assert!(read_back.iter().all(|row| row.cells[0].flaw.is_none()));
}

#[test]
fn a_workbook_may_carry_notes_and_lines_of_print() {
    let options = WriterOptions {
        sheet_name: "名单[1]".into(),
        header: Some("张三 & 李四 导出".into()),
        footer: Some("7 天内有效".into()),
        notes: vec!["第一行是表头。".into()],
        ..WriterOptions::default()
    };
    let mut writer = SheetWriter::new(Vec::new(), Format::Xlsx, options).unwrap();
    writer.row(&["姓名", &"长".repeat(40_000)]).unwrap();
    let bytes = writer.finish().unwrap();
    let book = Book::open(Cursor::new(bytes.clone()), "a").unwrap();
    assert_eq!(book.sheets(), ["名单1", "填写说明"]);
    let notes: Vec<_> = book.rows(1).unwrap().map(Result::unwrap).collect();
    assert_eq!(texts(&notes), [["第一行是表头。"]]);
}

#[test]
fn a_missing_folder_is_a_failing_storage() {
    let options = WriterOptions { temp_dir: "/nowhere/at/all".into(), ..WriterOptions::default() };
    let error = SheetWriter::new(Vec::new(), Format::Xlsx, options).err().unwrap();
    assert_eq!(error.code(), "system.storage");
}

fn value() -> impl Strategy<Value = String> {
    // What a cell is once read: trimmed, composed, without hidden characters and leading apostrophe.
    "[^'\\p{C}\\p{Z}\\p{M}\u{1100}-\u{11FF}\u{2126}\u{212A}\u{212B}\u{F900}-\u{FAFF}\u{FB00}-\u{FFFF}]{0,20}"
        .prop_filter("composed", |text| unicode_normalization::is_nfc(text))
        .prop_filter("not a flaw of text files", |text| Cell::of_csv(text).flaw.is_none() && !text.starts_with("=\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_is_written_reads_back(rows in prop::collection::vec(prop::collection::vec(value(), 1..6), 1..12)) {
        let expected: Vec<Vec<String>> = rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).map(|row| {
            let held = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
            row[..held].to_vec()
        }).collect();
        // A header tells the separator.
        let header = vec!["姓名".to_owned(), "证件号码".into(), "手机".into()];
        let (rows, expected) = ([vec![header.clone()], rows].concat(), [vec![header], expected].concat());
        for format in [Format::Csv, Format::Xlsx] {
            let read_back = read(write(format, &rows)).unwrap();
            prop_assert_eq!(texts(&read_back), expected.clone(), "{:?}", format);
        }
    }
}
