//! Text files.

use encoding_rs::GB18030;

use super::*;
use crate::sheet::{COLUMNS, Format};

#[test]
fn encodings_are_recognised() {
    let text = "姓名,证件号码\r\n张三,440703199001011234\r\n";
    let expected = [vec!["姓名", "证件号码"], vec!["张三", "440703199001011234"]];
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        GB18030.encode(text).0.into_owned(),
        [b"\xFF\xFE".to_vec(), utf16].concat(),
        [b"\xFE\xFF".to_vec(), big].concat(),
    ] {
        assert_eq!(texts(&read(bytes).unwrap()), expected);
    }
}

#[test]
fn rare_characters_of_gb_18030_are_read() {
    let (bytes, ..) = GB18030.encode("姓名\n㐂𠮷");
    assert_eq!(texts(&read(bytes.into_owned()).unwrap()), [["姓名"], ["㐂𠮷"]]);
}

#[test]
fn the_encoding_may_show_only_after_much_ascii() {
    let mut bytes = b"id,name\n".to_vec();
    bytes.extend(b"1,a\n".repeat(40_000));
    bytes.extend_from_slice(&GB18030.encode("2,李四\n").0);
    let rows = read(bytes).unwrap();
    assert_eq!(rows.last().unwrap().cells[1].text, "李四");
}

#[test]
fn bytes_that_do_not_fit_are_refused() {
    assert_eq!(code(read(b"\xE5\xBC\xA0,\xFF\xFF\n".to_vec())), "sheet.encoding");
    let mut late = "张三,1\n".repeat(20_000).into_bytes();
    late.extend_from_slice(b"\xFF\xFF\n");
    assert_eq!(code(read(late)), "sheet.encoding");
}

#[test]
fn a_character_cut_by_the_window_is_no_mistake() {
    for shift in 0..4 {
        let text = format!("{}{}", "x".repeat(shift), "张".repeat(40_000));
        let rows = read(text.replace("张张张张张张张张张张", "张\n")).unwrap();
        assert!(rows.len() > 3_000);
    }
}

#[test]
fn separators_are_sniffed() {
    for separator in [',', ';', '\t'] {
        let text = format!("姓名{separator}\"a,b;c\"\n张三{separator}2\n");
        assert_eq!(texts(&read(text).unwrap()), [["姓名", "a,b;c"], ["张三", "2"]]);
    }
    let rows = read("sep=;\n姓名;证件\n张,三;1\n").unwrap();
    assert_eq!(texts(&rows), [["姓名", "证件"], ["张,三", "1"]]);
    assert_eq!(rows[0].number, 1);
}

#[test]
fn quotes_newlines_and_blank_rows_keep_the_row_numbers() {
    let rows = read("a,b\r\n\r\n\"x\r\ny\",\"he said \"\"hi\"\"\"\r\n , \r\n,,,\n\n z ,\"\"\n").unwrap();
    assert_eq!(texts(&rows), [vec!["a", "b"], vec!["x y", "he said \"hi\""], vec!["z"]]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3, 7]);
    assert_eq!(texts(&read("a\rb\r\rc").unwrap()), [["a"], ["b"], ["c"]]);
    assert_eq!(texts(&read("ab\"c\",\"d\"e").unwrap()), [["ab\"c\"", "de"]]);
}

#[test]
fn an_unclosed_quote_names_its_row() {
    let error = read(format!("a,b\n1,2\n\"张三,1\n{}", "李四,2\n".repeat(1000))).unwrap_err();
    assert_eq!(error.code(), "sheet.damaged");
    assert!(error.refusal().message.contains("第 3 行"));
    assert_eq!(code(read(format!("a\n\"{}\"", "b,c\n".repeat(600_000)))), "sheet.damaged");
}

#[test]
fn wide_and_empty_files_are_refused() {
    let wide = |columns: usize| read(format!("a\n{}1\n", ",".repeat(columns - 1)));
    assert_eq!(wide(COLUMNS).unwrap()[1].cells.len(), COLUMNS);
    assert_eq!(code(wide(COLUMNS + 1)), "sheet.too_wide");
    assert_eq!(texts(&read(format!("a{}\n", ",".repeat(16_384))).unwrap()), [["a"]]);
    for empty in ["", "\u{FEFF}", " \r\n,\r\n", "\n\n"] {
        assert_eq!(code(read(empty)), "sheet.empty", "{empty:?}");
    }
}

#[test]
fn cells_say_what_is_wrong_with_them() {
    let long = "长".repeat(10_000);
    let rows = read(format!("a\0b,\u{202E}gnp,4.40703E+17,#N/A,{long}\n")).unwrap();
    assert_eq!(
        rows[0].cells,
        [
            flawed("a\u{FFFD}b", Flaw::Control),
            flawed("\u{FFFD}gnp", Flaw::Control),
            flawed("4.40703E+17", Flaw::Rounded),
            flawed("#N/A", Flaw::Error),
            flawed(&"长".repeat(1000), Flaw::TooLong),
        ]
    );
}

#[test]
fn texts_are_trimmed_composed_and_unwrapped() {
    let rows = read("\u{3000}张三\u{a0},=\"0123\",'440703,e\u{301},\u{f9e1}\u{200B}明,🧧,'=x,1E+5").unwrap();
    assert_eq!(texts(&rows), [["张三", "0123", "440703", "é", "李明", "🧧", "=x", "1E+5"]]);
    assert!(rows[0].cells[..7].iter().all(|cell| cell.flaw.is_none()));
}

#[test]
fn other_files_are_told_apart() {
    let of = |head: &[u8]| Format::of("花名册.xls", head).map_err(|error| error.code().to_owned());
    assert_eq!(of("姓名".as_bytes()), Ok(Format::Csv));
    assert_eq!(of(b"PK\x03\x04"), Ok(Format::Xlsx));
    assert_eq!(of(b"name,id\r\na\0b,1\r\n"), Ok(Format::Csv), "one hostile byte is the cell's fault");
    for other in [&b"%PDF-1.7"[..], b"\x89PNG\r\n", b"<html><table>", b"\xEF\xBB\xBF<?xml", b"\0\0\0\0\0\0"] {
        assert_eq!(of(other), Err("sheet.format".into()));
    }
    assert_eq!(of(b"PK\x05\x06"), Err("sheet.damaged".into()));
}

#[test]
fn old_and_locked_workbooks_are_told_apart() {
    let mut old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    old.resize(100_000, 0);
    let error = read(old.clone()).unwrap_err();
    assert_eq!(error.code(), "sheet.format");
    assert!(error.refusal().message.contains("另存为"));
    old.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code(read(old)), "sheet.encrypted");
}
