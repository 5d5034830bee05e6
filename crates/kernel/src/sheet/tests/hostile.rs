//! Workbooks made to harm.

use std::io::{self, Read, Seek, SeekFrom};

use proptest::prelude::*;

use super::*;

const GOOD: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>2</v></c></row>"#;
const TEXTS: &str = r#"<sst count="1" uniqueCount="1"><si><t>张三</t></si></sst>"#;

fn good() -> Parts<'static> {
    Parts { data: GOOD, texts: Some(TEXTS), ..Parts::default() }
}

#[test]
fn one_endless_text_is_refused_before_it_is_read() {
    let data = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>"#, "a".repeat(40 << 20));
    assert_eq!(code(read(Parts { data: &data, ..good() }.bytes())), "sheet.bomb");
    let attribute = format!(r#"<row r="1"><c r="A1" s="{}"/></row>"#, "1".repeat(40 << 20));
    assert_eq!(code(read(Parts { data: &attribute, ..good() }.bytes())), "sheet.bomb");
}

#[test]
fn a_declared_reservation_is_refused() {
    for count in ["99999999999", "18446744073709551615", "25000000"] {
        let texts = format!(r#"<sst count="1" uniqueCount = '{count}'><si><t>x</t></si></sst>"#);
        assert_eq!(code(read(Parts { texts: Some(&texts), ..good() }.bytes())), "sheet.bomb");
    }
    // Hidden behind a comment, across the windows that are looked at.
    for shift in 0..40 {
        let texts = format!(r#"<!--{}--><sst uniqueCount="99999999999">"#, "-".repeat(65_536 - 40 + shift));
        assert_eq!(code(read(Parts { texts: Some(&texts), ..good() }.bytes())), "sheet.bomb");
    }
}

#[test]
fn too_many_styles_are_refused() {
    let formats = "<xf/>".repeat(2_100_000);
    assert_eq!(code(read(Parts { formats: &formats, ..good() }.bytes())), "sheet.bomb");
}

#[test]
fn a_lie_about_the_size_is_found() {
    // The declared size of the sheet (13 MiB of zeros, deflated) becomes 100 bytes, in both headers.
    let data = format!("<!--{}-->{GOOD}", "-".repeat(13 << 20));
    let mut bytes = Parts { data: &data, ..good() }.bytes();
    let length = u32::try_from(format!("<worksheet><sheetData>{data}</sheetData></worksheet>").len()).unwrap();
    let (declared, lie) = (length.to_le_bytes(), 100_u32.to_le_bytes());
    let places: Vec<_> = bytes.windows(4).enumerate().filter(|(_, four)| *four == declared).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&lie);
    }
    assert_eq!(code(read(bytes)), "sheet.damaged");
}

#[test]
fn more_than_the_limit_declared_is_refused() {
    let mut bytes = good().bytes();
    let sheet = b"xl/worksheets/sheet1.xml";
    let central = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let name = central + bytes[central..].windows(sheet.len()).position(|part| part == sheet).unwrap();
    bytes[name - 46 + 24..name - 46 + 28].copy_from_slice(&0xF000_0000_u32.to_le_bytes());
    assert_eq!(code(read(bytes)), "sheet.bomb");
}

#[test]
fn an_archive_of_too_many_entries_is_refused() {
    let mut bytes = good().bytes();
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(code(read(bytes)), "sheet.bomb");
}

#[test]
fn archives_that_are_no_workbook_are_told_apart() {
    let outcome = |entries: &[(&str, String)]| code(read(archive(entries)));
    assert_eq!(outcome(&[("readme.txt", "x".into())]), "sheet.damaged");
    assert_eq!(outcome(&[("xl/workbook.bin", "x".into())]), "sheet.format");
    assert_eq!(outcome(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet".into())]), "sheet.format");
    assert_eq!(outcome(&[("word/document.xml", "<w/>".into())]), "sheet.format");
}

#[test]
fn strange_positions_do_no_harm() {
    for data in [
        r#"<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>"#,
        r#"<row r="0"><c r="A0"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>"#,
        r#"<row r="1048577"><c r="A1048577"><v>1</v></c></row>"#,
        r#"<row r="9"><c r="A9"><v>1</v></c></row><row r="8"><c r="A8"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="s"><v>77</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="n"><v>x</v></c></row>"#,
        r#"<row r="1"><c r="A1"><v>1"#,
    ] {
        let code = code(read(Parts { data, ..good() }.bytes()));
        assert!(["sheet.damaged", "sheet.too_wide"].contains(&code.as_str()), "{data}: {code}");
    }
}

#[test]
fn a_file_cut_off_is_damaged() {
    let bytes = good().bytes();
    for length in (4..bytes.len()).step_by(37) {
        assert_eq!(code(read(&bytes[..length])), "sheet.damaged", "at {length}");
    }
}

/// A disk that fails after some bytes.
struct Failing(Cursor<Vec<u8>>, usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1.checked_sub(1).ok_or_else(|| io::Error::other("disk"))?;
        self.0.read(buffer)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_failing_disk_is_not_a_damaged_file() {
    let mut failed = 0;
    for reads in 0..2000 {
        let source = Failing(Cursor::new(good().bytes()), reads);
        let outcome: Result<Vec<_>, _> =
            Book::open(source, "a").and_then(|book| book.rows(0)).and_then(|rows| rows.collect());
        match outcome {
            Err(error) => assert_eq!(error.code(), "system.storage", "after {reads} reads"),
            Ok(_) => break,
        }
        failed += 1;
    }
    assert!(failed > 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any changed bytes give rows or one refusal, never a panic here and never an endless loop.
    #[test]
    fn changed_bytes_never_break_the_reader(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut entries = good().entries();
        entries.rotate_left(2);
        let mut bytes = stored(&entries);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(bytes);
    }

    /// The same for any text.
    #[test]
    fn any_bytes_never_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(bytes);
    }
}

/// Without compression and checksum errors in the way, changes reach the parser.
fn stored(entries: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
