//! Which column holds which field: recognised from the headings, adjusted by a person.
//!
//! ```
//! use registry::import::columns::Columns;
//! use registry::import::words::Part;
//!
//! let header = ["序号", "职工姓名", "公民身份号码 *", "联系电话（手机）"].map(str::to_owned);
//! let columns = Columns::recognise(Part::Members, &header);
//! assert_eq!((columns.get("name"), columns.get("id_number"), columns.get("phone")), (Some(1), Some(2), Some(3)));
//! assert_eq!(columns.get("organization"), None);
//! ```

use std::collections::{BTreeMap, BTreeSet};

use kernel::sheet::{Cell, Row};
use serde::{Deserialize, Serialize};

use super::fields::{Field, fields};
use super::words::Part;

/// The header row is looked for among this many rows.
pub const HEADER_ROWS: usize = 10;

/// Words that make a heading somebody else's: the phone of a relative is not the member's.
const OTHERS: [&str; 8] = ["紧急", "家属", "配偶", "介绍人", "子女", "父母", "推荐人", "领导"];

/// Fields and the columns that hold them, counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(BTreeMap<String, usize>);

impl Columns {
    /// What the headings say.
    #[must_use]
    pub fn recognise(part: Part, header: &[String]) -> Self {
        let headings: Vec<String> = header.iter().map(|text| plain(text)).collect();
        let mut found = Self::default();
        let mut taken = BTreeSet::new();
        let passes: [fn(&Field, &str) -> bool; 2] = [means, hints_at];
        for pass in passes {
            for field in fields(part) {
                if found.get(field.name).is_some() {
                    continue;
                }
                let place = headings.iter().enumerate().find(|(n, text)| !taken.contains(n) && pass(field, text));
                if let Some((n, _)) = place {
                    taken.insert(n);
                    found.set(field.name, n);
                }
            }
        }
        found
    }

    /// The column of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<usize> {
        self.0.get(field).copied()
    }

    /// Says which column holds a field.
    pub fn set(&mut self, field: &str, column: usize) {
        self.0.insert(field.to_owned(), column);
    }

    /// How many fields have a column.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no field has a column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cell of a field; `None` where the field has no column or the row ends before it.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a Row, field: &str) -> Option<&'a Cell> {
        row.cells.get(self.get(field)?)
    }
}

/// Among the first rows, the one most of whose headings are known: its place in `rows`, and the columns it makes.
#[must_use]
pub fn find_header(part: Part, rows: &[Row]) -> Option<(usize, Columns)> {
    let judged = rows.iter().take(HEADER_ROWS).enumerate().map(|(n, row)| (n, Columns::recognise(part, &texts(row))));
    // The first of equals: a second row of headings explains the first.
    judged.filter(|(_, columns)| !columns.is_empty()).max_by_key(|(n, columns)| (columns.len(), usize::MAX - n))
}

/// The texts of a row.
#[must_use]
pub fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| cell.text.clone()).collect()
}

/// A heading without spaces, stars, colons and what stands in brackets.
fn plain(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut text = String::new();
    for c in heading.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | '＊' | ':' | '：' | '\u{feff}' => {}
            c if c.is_whitespace() || depth > 0 => {}
            c => text.push(c),
        }
    }
    text
}

fn means(field: &Field, heading: &str) -> bool {
    heading == field.label || heading == field.name || field.aliases.contains(&heading)
}

fn hints_at(field: &Field, heading: &str) -> bool {
    !OTHERS.iter().any(|other| heading.contains(other)) && field.hints.iter().any(|hint| heading.contains(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, texts: &[&str]) -> Row {
        let cells = texts.iter().map(|text| Cell { text: (*text).to_owned(), flaw: None }).collect();
        Row { number, cells }
    }

    fn names(part: Part, header: &[&str]) -> Vec<(String, usize)> {
        let header: Vec<String> = header.iter().map(|text| (*text).to_owned()).collect();
        Columns::recognise(part, &header).0.into_iter().collect()
    }

    #[test]
    fn headings_of_the_field() {
        type Case<'a> = (&'a [&'a str], &'a [(&'a str, usize)]);
        let cases: [Case<'_>; 6] = [
            (&["姓名*", "证件号码*", "手机号码"], &[("id_number", 1), ("name", 0), ("phone", 2)]),
            (&["序号", "名字", "身份证号", "手机"], &[("id_number", 2), ("name", 1), ("phone", 3)]),
            (
                &[" 姓 名 ", "身份证号码（18位）", "单位：", "工会"],
                &[("employer", 2), ("id_number", 1), ("name", 0), ("organization", 3)],
            ),
            (&["会员姓名", "紧急联系人电话", "证件类型", "证件号"], &[("id_kind", 2), ("id_number", 3), ("name", 0)]),
            (
                &["入会时间", "出生年月", "性别", "用工性质"],
                &[("birth", 1), ("employment_form", 3), ("joined_on", 0), ("sex", 2)],
            ),
            (&["甲", "乙", ""], &[]),
        ];
        for (header, expected) in cases {
            let expected: Vec<(String, usize)> = expected.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
            assert_eq!(names(Part::Members, header), expected, "{header:?}");
        }
        let unions = names(
            Part::Unions,
            &["名称", "类型", "上级工会", "统一社会信用代码", "单位统一社会信用代码", "主席", "主席电话", "电话"],
        );
        let found: Vec<&str> = unions.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            found,
            ["chair_name", "chair_phone", "contact_phone", "employer_uscc", "kind", "name", "parent", "uscc"]
        );
    }

    #[test]
    fn the_header_stands_below_a_title() {
        let rows = [
            row(1, &["某某工会会员花名册", "", ""]),
            row(3, &["填报日期：2026-11-01"]),
            row(4, &["序号", "姓名", "身份证号码", "联系电话"]),
            row(5, &["1", "示例员工", "110101199003074557", "13800000000"]),
        ];
        let (place, columns) = find_header(Part::Members, &rows).unwrap();
        assert_eq!((place, columns.get("name"), columns.len()), (2, Some(1), 3));
        assert_eq!(find_header(Part::Members, &rows[3..]), None);
        assert_eq!(find_header(Part::Members, &[]), None);
        assert_eq!(columns.cell(&rows[3], "phone").map(|cell| cell.text.as_str()), Some("13800000000"));
        assert_eq!(columns.cell(&rows[0], "phone"), None);
    }
}
