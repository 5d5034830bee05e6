//! What a paper may be, and how it is called. Pure.

use kernel::Refusal;
use kernel::file::{clean_name, known_type};

use crate::points::issue::BATCH_STATE;

/// Files added at once at the most.
pub const MOST_AT_ONCE: usize = 9;
/// Files of a batch at the most; a CHECK of the table says the same.
pub const MOST_FILES: i64 = 50;
/// Bytes of a file at the most.
pub const MAX_BYTES: u64 = 10 << 20;

/// The media type of a workbook.
pub const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Demands a batch that something is behind: one that was withdrawn or failed issues nothing.
///
/// # Errors
/// `issue.state`.
pub fn must_take(state: &str) -> Result<(), Refusal> {
    if matches!(state, "withdrawn" | "failed") { Err(BATCH_STATE.refusal()) } else { Ok(()) }
}

/// A media type that was written down, as one of those known here.
#[must_use]
pub fn written_type(written: &str) -> &'static str {
    if written == WORKBOOK { WORKBOOK } else { known_type(written) }
}

/// The name with an extension that says what the file is: who downloads `发票.exe` must not get a program.
#[must_use]
pub fn fitting_name(name: &str, content_type: &str) -> String {
    let fits: &[&str] = match content_type {
        "image/jpeg" => &["jpg", "jpeg"],
        "image/png" => &["png"],
        "image/webp" => &["webp"],
        WORKBOOK => &["xlsx"],
        _ => &["pdf"],
    };
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    match fits.first() {
        Some(first) if !fits.contains(&extension.as_str()) => clean_name(&format!("{name}.{first}")),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kernel::sheet::Format;

    use super::*;

    #[test]
    fn a_name_says_what_the_file_is() {
        for (name, content_type, expected) in [
            ("签到表.jpg", "image/jpeg", "签到表.jpg"),
            ("签到表.JPEG", "image/jpeg", "签到表.JPEG"),
            ("发票.exe", "application/pdf", "发票.exe.pdf"),
            ("发票", "application/pdf", "发票.pdf"),
            ("名册.xlsm", WORKBOOK, "名册.xlsm.xlsx"),
            ("会议纪要.pdf", "image/png", "会议纪要.pdf.png"),
        ] {
            assert_eq!(fitting_name(name, content_type), expected);
        }
        let long = fitting_name(&"长".repeat(200), "application/pdf");
        assert!(long.ends_with("长.pdf") && long.chars().count() == 200, "{long}");
    }

    #[test]
    fn what_was_withdrawn_takes_nothing_more() {
        for state in ["preparing", "prepared", "waiting", "running", "done", "short"] {
            assert_eq!(must_take(state), Ok(()), "{state}");
        }
        for state in ["withdrawn", "failed"] {
            assert_eq!(must_take(state).unwrap_err().code, "issue.state");
        }
    }

    #[test]
    fn a_type_is_read_as_it_was_written() {
        for content_type in ["image/jpeg", "image/png", "image/webp", "application/pdf", WORKBOOK] {
            assert_eq!(written_type(content_type), content_type);
        }
        assert_eq!(WORKBOOK, Format::Xlsx.content_type());
    }
}
