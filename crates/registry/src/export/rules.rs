//! What the file of an export looks like. Pure.

use chrono::FixedOffset;
use kernel::time::{Day, Time};

use crate::member::list::MemberRow;

/// Characters of the random part of a number.
pub const RANDOM: usize = 6;
/// Digits and capitals that are not taken for each other.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Headings of the columns; the last one is the number of the export.
pub const HEADINGS: [&str; 11] = [
    "序号",
    "姓名",
    "性别",
    "证件号码",
    "手机号码",
    "所在工会",
    "会籍状态",
    "用工形式",
    "入会日期",
    "本人已认领",
    "导出编号",
];
/// Widths of the columns in characters.
pub const WIDTHS: [u16; 11] = [8, 12, 6, 22, 16, 36, 10, 14, 12, 12, 20];

/// The number of an export: DC, the day, and six characters of chance.
#[must_use]
pub fn mark(day: Day, chance: [usize; RANDOM]) -> String {
    let letters = chance.map(|at| char::from(ALPHABET[at % ALPHABET.len()]));
    format!("DC{}-{}", day.format("%Y%m%d"), letters.iter().collect::<String>())
}

/// What the file says about itself: who took it, when, under which number, and that it is masked.
#[must_use]
pub fn imprint(who: &str, at: Time, mark: &str, union: &str) -> String {
    let at = FixedOffset::east_opt(8 * 3600).map(|china| at.with_timezone(&china).format("%Y-%m-%d %H:%M").to_string());
    let at = at.unwrap_or_default();
    format!(
        "{union}会员名单，导出人：{who}，导出时间：{at}，导出编号：{mark}。号码已部分隐去，仅限申明的用途使用，请勿外传。"
    )
}

/// The cells of a member, masked; `number` counts from 1.
#[must_use]
pub fn cells(number: u64, row: &MemberRow, mark: &str) -> Vec<String> {
    vec![
        number.to_string(),
        row.name.clone(),
        row.sex.as_deref().map(sex).unwrap_or_default().to_owned(),
        row.id_number_masked.clone(),
        row.phone_masked.clone().unwrap_or_default(),
        row.organization_name.clone(),
        state(&row.state).to_owned(),
        employment(&row.employment_form).to_owned(),
        row.joined_on.to_string(),
        if row.taken_over { "是" } else { "否" }.to_owned(),
        mark.to_owned(),
    ]
}

/// Whether this is a state of a membership.
#[must_use]
pub fn is_state(text: &str) -> bool {
    matches!(text, "active" | "retained" | "transferred" | "left")
}

fn sex(stored: &str) -> &str {
    match stored {
        "male" => "男",
        "female" => "女",
        other => other,
    }
}

fn state(stored: &str) -> &str {
    match stored {
        "active" => "在册",
        "retained" => "会籍保留",
        "transferred" => "已转出",
        "left" => "已退会",
        other => other,
    }
}

fn employment(stored: &str) -> &str {
    match stored {
        "labour_contract" => "劳动合同",
        "dispatched" => "劳务派遣",
        "platform" => "新就业形态",
        "flexible" => "灵活就业",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_plain() {
        let day = Day::from_ymd_opt(2026, 1, 2).unwrap();
        assert_eq!(mark(day, [0; RANDOM]), "DC20260102-222222");
        assert_eq!(mark(day, [31, 30, 8, 62, 1, 2]), "DC20260102-2ZA234");
    }

    #[test]
    fn the_imprint_names_its_exporter() {
        let at: Time = "2026-11-23T02:00:00Z".parse().unwrap();
        let line = imprint("示例主席", at, "DC20261123-222222", "示例工会");
        for part in ["示例主席", "2026-11-23 10:00", "DC20261123-222222", "示例工会"] {
            assert!(line.contains(part), "{line}");
        }
    }

    #[test]
    fn a_column_for_each_cell() {
        let row = MemberRow {
            membership_id: kernel::Id::nil(),
            person_id: kernel::Id::nil(),
            name: "=示例".into(),
            sex: Some("female".into()),
            id_number_masked: "4407**********0012".into(),
            phone_masked: None,
            organization_id: kernel::Id::nil(),
            organization_name: "示例工会".into(),
            state: "active".into(),
            employment_form: "platform".into(),
            joined_on: Day::from_ymd_opt(2021, 6, 1).unwrap(),
            taken_over: true,
            synthetic: true,
        };
        let cells = cells(7, &row, "DC1");
        assert_eq!(cells.len(), HEADINGS.len());
        assert_eq!(cells.len(), WIDTHS.len());
        let expected =
            ["7", "=示例", "女", "4407**********0012", "", "示例工会", "在册", "新就业形态", "2021-06-01", "是", "DC1"];
        assert_eq!(cells, expected);
    }
}
