//! What is looked at before a parser may touch a file: what it is, and whether a
//! workbook inflates to something that fits into memory.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::error::{BOMB, DAMAGED, EMPTY, ENCRYPTED, FORMAT};
use super::{Bytes, Format, SheetError};

const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Pictures, PDF, archives.
const OTHERS: &[&[u8]] =
    &[b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"%PDF", b"Rar!", b"7z\xBC\xAF", b"\x1F\x8B", b"{\\rtf"];

/// Bytes all entries together may inflate to.
const INFLATED: u64 = 2 << 30;
/// Bytes the table of shared texts may inflate to; it is held in memory.
const TEXTS: u64 = 384 << 20;
/// Tags in the table of shared texts: a text has four.
const TEXT_TAGS: u64 = 24_000_000;
/// Tags in the other entries that are held in memory (styles, the list of sheets).
const OTHER_TAGS: u64 = 2_000_000;
/// Bytes between two tags: one text, which a parser collects before it gives it away.
const RUN: usize = 16 << 20;
/// Entries of an archive; a workbook has a few dozen.
const ENTRIES: u64 = 10_000;
/// Deflate makes at most 1,032 bytes of one: a smaller entry cannot do harm.
const HARMLESS: u64 = 8 * 1024;

/// Tells the format by content.
pub(super) fn format(name: &str, head: &[u8]) -> Result<Format, SheetError> {
    if head.starts_with(ZIP) {
        return Ok(Format::Xlsx);
    }
    if head.starts_with(b"PK\x05\x06") {
        return Err(DAMAGED.refusal().into());
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if text.is_empty() {
        return Err(EMPTY.refusal().into());
    }
    if is_ole(head) || OTHERS.iter().any(|magic| head.starts_with(magic)) || text.starts_with(b"<") || is_binary(head) {
        return Err(not_a_sheet(name));
    }
    Ok(Format::Csv)
}

/// More than one control character in ten, and no mark of UTF-16.
fn is_binary(head: &[u8]) -> bool {
    let marked = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let control = head.iter().filter(|byte| **byte < 0x20 && !byte.is_ascii_whitespace()).count();
    !marked && control > head.len() / 10
}

fn not_a_sheet(name: &str) -> SheetError {
    let short: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    FORMAT.with(format!("“{short}”不是可以读取的表格，请在 WPS 或 Excel 里“另存为”.xlsx 后重新上传。")).into()
}

/// Old .xls, and workbooks with a password.
pub(super) fn is_ole(head: &[u8]) -> bool {
    head.starts_with(OLE)
}

/// Why such a file is refused: its directory names the encrypted package, or not.
pub(super) fn ole(source: &mut dyn Bytes, name: &str) -> Result<SheetError, SheetError> {
    let needle: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut window = Vec::with_capacity(128 * 1024);
    source.seek(SeekFrom::Start(0))?;
    loop {
        let kept = window.len().saturating_sub(needle.len());
        window.drain(..kept);
        if (&mut *source).take(64 * 1024).read_to_end(&mut window)? == 0 {
            return Ok(not_a_sheet(name));
        }
        if memchr::memmem::find(&window, &needle).is_some() {
            return Ok(ENCRYPTED.refusal().into());
        }
    }
}

/// Inflates the archive once and counts; gives the source back.
///
/// The sizes that an archive declares bind the `zip` reader, which fails as soon as
/// an entry goes on beyond its own, so counting them first is safe.
pub(super) fn weigh<S: Read + Seek>(mut source: S, name: &str) -> Result<S, SheetError> {
    count_entries(&mut source)?;
    let mut archive = ZipArchive::new(source).map_err(zip_error)?;
    let mut inflated = 0_u64;
    let mut workbook = false;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(zip_error)?;
        let path = entry.name().map_err(zip_error)?.replace('\\', "/").to_ascii_lowercase();
        if path == "xl/workbook.bin" || path == "mimetype" || path.starts_with("word/") || path.starts_with("ppt/") {
            return Err(not_a_sheet(name));
        }
        if entry.encrypted() {
            return Err(ENCRYPTED.refusal().into());
        }
        workbook |= path.ends_with("workbook.xml");
        let limits = Limits::of(&path);
        inflated = inflated.saturating_add(entry.size());
        if inflated > INFLATED || entry.size() > limits.bytes {
            return Err(BOMB.refusal().into());
        }
        let check = entry.compressed_size() > HARMLESS || limits.reserves;
        drop(entry);
        if check {
            limits.check(BufReader::with_capacity(64 * 1024, archive.by_index(index).map_err(zip_error)?))?;
        }
    }
    if workbook { Ok(archive.into_inner()) } else { Err(DAMAGED.refusal().into()) }
}

/// What one entry may hold.
struct Limits {
    bytes: u64,
    tags: u64,
    /// The parser reserves memory for as many texts as the entry says it has.
    reserves: bool,
}

impl Limits {
    fn of(path: &str) -> Self {
        if path.ends_with("sharedstrings.xml") {
            Self { bytes: TEXTS, tags: TEXT_TAGS, reserves: true }
        } else if path.contains("sheet") {
            Self { bytes: INFLATED, tags: u64::MAX, reserves: false }
        } else {
            Self { bytes: INFLATED, tags: OTHER_TAGS, reserves: false }
        }
    }

    fn check(&self, mut entry: impl BufRead) -> Result<(), SheetError> {
        let (mut tags, mut run, mut longest) = (0_u64, 0_usize, 0_usize);
        let mut tail = Vec::new();
        loop {
            let chunk = entry.fill_buf().map_err(|_| DAMAGED.refusal())?;
            if chunk.is_empty() {
                return Ok(());
            }
            // A chunk is far shorter than a run may be: only runs that reach over chunks count.
            match memchr::memchr(b'<', chunk).zip(memchr::memrchr(b'<', chunk)) {
                Some((first, last)) => {
                    longest = longest.max(run + first);
                    run = chunk.len() - last;
                }
                None => run += chunk.len(),
            }
            if self.tags < u64::MAX {
                tags += memchr::memchr_iter(b'<', chunk).count() as u64;
            }
            if self.reserves {
                reservation(&mut tail, chunk)?;
            }
            if longest.max(run) > RUN || tags > self.tags {
                return Err(BOMB.refusal().into());
            }
            let length = chunk.len();
            entry.consume(length);
        }
    }
}

/// Refuses a table that says it has more texts than it could; `tail` is the end of the chunk before.
fn reservation(tail: &mut Vec<u8>, chunk: &[u8]) -> Result<(), SheetError> {
    const NAME: &[u8] = b"uniqueCount";
    tail.extend_from_slice(&chunk[..chunk.len().min(64)]);
    for text in [tail.as_slice(), chunk] {
        for at in memchr::memmem::find_iter(text, NAME) {
            let rest = text[at + NAME.len()..].iter().take(48);
            let digits = rest.skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
            if digits.fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
                > TEXT_TAGS
            {
                return Err(BOMB.refusal().into());
            }
        }
    }
    tail.clear();
    tail.extend_from_slice(&chunk[chunk.len().saturating_sub(64)..]);
    Ok(())
}

/// The list of entries is held in memory: its length is read from the end of the file first.
fn count_entries<S: Read + Seek>(source: &mut S) -> Result<(), SheetError> {
    const END: &[u8] = b"PK\x05\x06";
    const LONG: u64 = 22 + 65_535;
    let length = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(length.saturating_sub(LONG)))?;
    let mut tail = Vec::new();
    source.take(LONG).read_to_end(&mut tail)?;
    source.seek(SeekFrom::Start(0))?;
    let Some(at) = memchr::memmem::rfind(&tail, END) else { return Err(DAMAGED.refusal().into()) };
    let number = |from: usize, length: usize| {
        let bytes = tail.get(at + from..at + from + length)?;
        Some(bytes.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    // 65535 stands for "see the 64-bit record": more than a workbook ever has.
    match number(10, 2).zip(number(12, 4)) {
        Some((entries, bytes)) if entries <= ENTRIES && bytes <= ENTRIES * 256 => Ok(()),
        Some(_) => Err(BOMB.refusal().into()),
        None => Err(DAMAGED.refusal().into()),
    }
}

/// Which part of the archive is broken tells a person nothing.
fn zip_error(_: zip::result::ZipError) -> SheetError {
    DAMAGED.refusal().into()
}
