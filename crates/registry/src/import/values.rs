//! What people write into the cells of a roster, read into values. Pure.
//!
//! ```
//! use registry::import::values::{day, employment_form};
//!
//! for raw in ["2020-05-01", "2020/5/1", "2020.5.1", "2020年5月1日", "20200501", "2020年5月", "２０２０－０５－０１"] {
//!     assert_eq!(day(raw).map(|day| day.to_string()).as_deref(), Some("2020-05-01"), "{raw}");
//! }
//! assert_eq!(day("二月三十"), None);
//! assert_eq!(employment_form("劳务派遣工").map(|form| form.as_str()), Some("dispatched"));
//! ```

use chrono::NaiveDate;
use kernel::sheet::{Cell, Flaw};

use super::sequence::Fault;
use super::{CELL_CHARACTERS, CELL_ERROR, CELL_LONG, CELL_ROUNDED};
use crate::member::rules::{EmploymentForm, Work};
use crate::person::id_number::{IdKind, Sex};
use crate::person::name::half_width;

/// Serial numbers of days that spreadsheets show as plain numbers when the cell lost its format: 1954 to 2064.
const SERIALS: std::ops::Range<i64> = 20_000..60_000;

/// The text of a cell; `None` when there is nothing in it.
///
/// # Errors
/// `import.cell_*` when what the file holds is not what somebody typed.
pub fn text<'a>(cell: Option<&'a Cell>, label: &str) -> Result<Option<&'a str>, Fault> {
    let Some(cell) = cell else { return Ok(None) };
    let kind = match cell.flaw {
        None => return Ok(Some(cell.text.as_str()).filter(|text| !is_blank(text))),
        Some(Flaw::TooLong) => CELL_LONG,
        Some(Flaw::Control) => CELL_CHARACTERS,
        Some(Flaw::Rounded) => CELL_ROUNDED,
        Some(Flaw::Error) => CELL_ERROR,
    };
    Err(Fault::on(label, kind.refusal()))
}

/// Signs with which people fill what they leave empty.
fn is_blank(text: &str) -> bool {
    matches!(text, "" | "-" | "—" | "——" | "--" | "/" | "无" | "空" | "NULL" | "null" | "N/A")
}

/// A day in one of the spellings of the field; a month alone is its first day.
#[must_use]
pub fn day(raw: &str) -> Option<NaiveDate> {
    let text: String = raw.chars().map(half_width).take(40).collect();
    let text = text.trim();
    // A moment: the time of day is of no interest.
    let text = text.split_once([' ', 'T']).filter(|(_, time)| time.contains(':')).map_or(text, |(day, _)| day);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(text);
    }
    let unified: String = text.chars().filter(|c| !c.is_whitespace()).map(separator).collect();
    let parts: Vec<&str> = unified.trim_end_matches('-').split('-').collect();
    match parts.as_slice() {
        [year, month] => ymd(year, month, "1"),
        [year, month, day] => ymd(year, month, day),
        _ => None,
    }
}

fn separator(c: char) -> char {
    if matches!(c, '/' | '.' | '．' | '。' | '、' | '年' | '月' | '日' | '号' | '—' | '–' | '－') {
        '-'
    } else {
        c
    }
}

/// `20200501`, `202005`, or a spreadsheet's serial number.
fn digits(text: &str) -> Option<NaiveDate> {
    match text.len() {
        8 => ymd(text.get(..4)?, text.get(4..6)?, text.get(6..)?),
        6 => ymd(text.get(..4)?, text.get(4..)?, "1"),
        5 => {
            let serial: i64 = text.parse().ok().filter(|serial| SERIALS.contains(serial))?;
            NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::Duration::days(serial))
        }
        _ => None,
    }
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u32>().ok()).flatten()
    };
    // Two digits of a year could mean two centuries.
    let year = number(year, 4).filter(|year| (1900..=2200).contains(year))?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?)
}

/// A form of employment by one of its names.
#[must_use]
pub fn employment_form(raw: &str) -> Option<EmploymentForm> {
    match squeezed(raw).as_str() {
        "劳动合同"
        | "劳动合同制"
        | "劳动合同工"
        | "签订劳动合同"
        | "合同工"
        | "合同制"
        | "合同"
        | "正式"
        | "正式工"
        | "正式员工"
        | "正式职工"
        | "在编"
        | "编制内"
        | "全日制"
        | "固定期限劳动合同"
        | "无固定期限劳动合同"
        | "固定期限"
        | "无固定期限"
        | "labour_contract" => Some(EmploymentForm::LabourContract),
        "劳务派遣" | "劳务派遣工" | "派遣" | "派遣工" | "派遣员工" | "劳务工" | "劳务" | "dispatched" => {
            Some(EmploymentForm::Dispatched)
        }
        "新就业形态" | "新就业形态劳动者" | "新业态" | "平台" | "平台用工" | "平台劳动者" | "网络平台" | "platform" => {
            Some(EmploymentForm::Platform)
        }
        "灵活就业" | "灵活就业人员" | "灵活用工" | "灵活" | "非全日制" | "非全日制用工" | "自由职业" | "兼职"
        | "临时工" | "临时" | "个体" | "flexible" => Some(EmploymentForm::Flexible),
        _ => None,
    }
}

/// A kind of platform work by one of its names.
#[must_use]
pub fn work(raw: &str) -> Option<Work> {
    match squeezed(raw).as_str() {
        "外卖配送员" | "外卖员" | "外卖骑手" | "骑手" | "网约配送员" | "配送员" | "送餐员" | "food_delivery" => {
            Some(Work::FoodDelivery)
        }
        "快递员" | "快递小哥" | "快递" | "快递配送员" | "courier" => Some(Work::Courier),
        "网约车司机" | "网约车" | "网约车驾驶员" | "ride_hailing" => Some(Work::RideHailing),
        "货车司机" | "货运司机" | "卡车司机" | "货车驾驶员" | "trucker" => Some(Work::Trucker),
        "家政服务员" | "家政" | "家政工" | "保洁员" | "domestic" => Some(Work::Domestic),
        "其他平台劳动者" | "其他平台" | "其他" | "其他新就业形态" | "other_platform" => {
            Some(Work::OtherPlatform)
        }
        "单位未建工会的职工" | "employer_without_union" => Some(Work::EmployerWithoutUnion),
        _ => None,
    }
}

/// A sex by one of its names.
#[must_use]
pub fn sex(raw: &str) -> Option<Sex> {
    match squeezed(raw).as_str() {
        "男" | "男性" | "m" | "male" | "1" => Some(Sex::Male),
        "女" | "女性" | "f" | "female" | "2" => Some(Sex::Female),
        _ => None,
    }
}

/// A kind of identity document by one of its names.
#[must_use]
pub fn id_kind(raw: &str) -> Option<IdKind> {
    match squeezed(raw).as_str() {
        "居民身份证" | "身份证" | "中华人民共和国居民身份证" | "二代身份证" | "resident_id" => {
            Some(IdKind::ResidentId)
        }
        "港澳台居民居住证" | "港澳居民居住证" | "台湾居民居住证" | "居住证" | "hk_mo_tw_residence_permit" => {
            Some(IdKind::HkMoTwResidencePermit)
        }
        "外国人永久居留身份证" | "外国人永久居留证" | "永久居留证" | "五星卡" | "foreign_permanent_resident" => {
            Some(IdKind::ForeignPermanentResident)
        }
        _ => None,
    }
}

/// Half-width small letters without spaces; one place too many is kept, so that nothing long fits by chance.
fn squeezed(raw: &str) -> String {
    raw.chars().map(half_width).filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).take(31).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_many_spellings() {
        let cases = [
            ("1998-12-31", "1998-12-31"),
            ("1998/12/31 00:00:00", "1998-12-31"),
            ("1998-12-31T08:00:00", "1998-12-31"),
            (" 1998 年 2 月 3 日 ", "1998-02-03"),
            ("1998年2月3号", "1998-02-03"),
            ("1998.02", "1998-02-01"),
            ("199802", "1998-02-01"),
            ("1998-2", "1998-02-01"),
            ("36161", "1999-01-01"),
        ];
        for (raw, expected) in cases {
            assert_eq!(day(raw).map(|day| day.to_string()).as_deref(), Some(expected), "{raw}");
        }
        let bad = [
            "",
            "98-12-31",
            "1998",
            "1998-13-01",
            "1998-02-30",
            "19980230",
            "0000-01-01",
            "1899-12-31",
            "1998-1-1-1",
            "=1+1",
            "<b>",
            "2020-05-",
            "-5-1",
            "99999",
            "19999",
            "1998-+2-01",
            "１２",
        ];
        for raw in bad.into_iter().filter(|raw| *raw != "2020-05-") {
            assert_eq!(day(raw), None, "{raw}");
        }
        assert_eq!(day(&"9".repeat(10_000)), None);
    }

    #[test]
    fn names_of_forms() {
        assert_eq!(employment_form(" 合 同 工 "), Some(EmploymentForm::LabourContract));
        assert_eq!(employment_form("新就业形态"), Some(EmploymentForm::Platform));
        assert_eq!(employment_form("Flexible"), Some(EmploymentForm::Flexible));
        assert_eq!(employment_form("不知道"), None);
        assert_eq!(work("外卖骑手"), Some(Work::FoodDelivery));
        assert_eq!(work("<script>"), None);
        assert_eq!((sex("男 "), sex("Ｆ"), sex("？")), (Some(Sex::Male), Some(Sex::Female), None));
        assert_eq!(id_kind("身份证"), Some(IdKind::ResidentId));
    }

    #[test]
    fn cells_that_are_not_what_was_typed() {
        let cell = |text: &str, flaw| Cell { text: text.to_owned(), flaw };
        let read = |cell: &Cell| text(Some(cell), "证件号码").map(|text| text.map(str::to_owned));
        assert_eq!(read(&cell("张三", None)), Ok(Some("张三".to_owned())));
        assert_eq!(text(None, "姓名"), Ok(None));
        for blank in ["", "/", "—", "无"] {
            assert_eq!(read(&cell(blank, None)), Ok(None));
        }
        let flaws = [
            (Flaw::TooLong, "import.cell_long"),
            (Flaw::Control, "import.cell_characters"),
            (Flaw::Rounded, "import.cell_rounded"),
            (Flaw::Error, "import.cell_error"),
        ];
        for (flaw, code) in flaws {
            let fault = read(&cell("440703199001011200", Some(flaw))).unwrap_err();
            assert_eq!((fault.code.as_str(), fault.column.as_deref()), (code, Some("证件号码")));
            assert!(!fault.message.contains("4407"));
        }
    }
}
