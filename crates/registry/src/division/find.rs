//! Finding a division by what people write: its code, its name, the name without 市, 区, 镇 or 街道, or the way down to
//! it (江门市蓬江区棠下镇).

use super::Divisions;
use crate::person::name::half_width;

/// Why no division was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfound {
    /// None is called this.
    Unknown,
    /// Several are called this.
    Unclear,
}

/// Ends of names that people leave out.
const ENDINGS: [&str; 5] = ["街道", "镇", "乡", "区", "市"];
/// What may stand before a city.
const PROVINCE: [&str; 2] = ["广东省", "广东"];

impl Divisions {
    /// The code of the division that a text means; of several with one name the one in the division `within`.
    ///
    /// ```
    /// # async fn example(tx: &kernel::Tx) -> kernel::Result<()> {
    /// use registry::division::{Divisions, Unfound};
    ///
    /// let divisions = Divisions::on(tx, tx.today()).await?;
    /// assert_eq!(divisions.find("江门市蓬江区棠下镇", "440700"), Ok("440703101"));
    /// assert_eq!(divisions.find("白沙", "440703"), Ok("440703002")); // 白沙街道, not 白沙镇 of 台山
    /// assert_eq!(divisions.find("白沙", "440700"), Err(Unfound::Unclear));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Unfound`].
    pub fn find(&self, text: &str, within: &str) -> Result<&str, Unfound> {
        let text: String = text.chars().map(half_width).filter(|c| !matches!(c, ' ' | '/' | '-')).take(60).collect();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return self
                .rows()
                .map(|row| row.code.as_str())
                .find(|code| *code == short_code(&text))
                .ok_or(Unfound::Unknown);
        }
        let text = text.strip_suffix("办事处").unwrap_or(&text);
        let called: Vec<&str> =
            self.rows().map(|row| row.code.as_str()).filter(|code| self.is_called(code, text)).collect();
        let inside: Vec<&str> = called.iter().copied().filter(|code| code.starts_with(prefix(within))).collect();
        let named: Vec<&str> = called.iter().copied().filter(|code| self.name(code) == Some(text)).collect();
        for choice in [&called, &inside, &named] {
            if let [only] = choice.as_slice() {
                return Ok(only);
            }
        }
        Err(if called.is_empty() { Unfound::Unknown } else { Unfound::Unclear })
    }

    /// Whether a text is the division's name, perhaps after the names of what is above it.
    fn is_called(&self, code: &str, text: &str) -> bool {
        let above = self.parent(code).unwrap_or_default();
        let rests =
            spellings(self.name(code).unwrap_or_default()).into_iter().filter_map(|name| text.strip_suffix(name));
        rests.into_iter().any(|rest| {
            let up = self.parent(above).unwrap_or_default();
            rest.is_empty() || PROVINCE.contains(&rest) || self.is_above(above, rest) || self.is_above(up, rest)
        })
    }

    fn is_above(&self, code: &str, text: &str) -> bool {
        self.level(code).is_some() && self.is_called(code, text)
    }
}

/// A name and the ways it is shortened.
fn spellings(name: &str) -> Vec<&str> {
    let mut all = vec![name];
    all.extend(name.strip_suffix('道').filter(|_| name.ends_with("街道")));
    let short = ENDINGS.into_iter().find_map(|ending| name.strip_suffix(ending));
    // One character alone names nothing.
    all.extend(short.filter(|short| short.chars().count() >= 2));
    all
}

/// Codes as other systems fill them up with zeros.
fn short_code(digits: &str) -> &str {
    let town = if digits.len() == 12 { digits.strip_suffix("000").unwrap_or(digits) } else { digits };
    if town.len() == 9 { town.strip_suffix("000").unwrap_or(town) } else { town }
}

/// A city's code ends in 00: its districts share the first four digits.
fn prefix(code: &str) -> &str {
    code.strip_suffix("00").filter(|_| code.len() == 6).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::super::data::bundled;
    use super::super::{FIRST_DAY, entity};
    use super::*;

    fn all() -> Divisions {
        let rows = bundled().into_iter().map(|row| entity::Model {
            code: row.code.to_owned(),
            name: row.name.to_owned(),
            parent_code: Some(row.parent_code.to_owned()),
            level: row.level.as_str().to_owned(),
            valid_from: FIRST_DAY,
            valid_to: None,
        });
        Divisions::of(rows)
    }

    #[test]
    fn by_name_and_code() {
        let divisions = all();
        let cases = [
            ("440703", "440700", Ok("440703")),
            ("４４０７０３１０１", "440700", Ok("440703101")),
            ("440703101000", "440700", Ok("440703101")),
            ("440703000000", "440700", Ok("440703")),
            ("蓬江区", "440700", Ok("440703")),
            ("蓬江", "440700", Ok("440703")),
            ("台山", "440700", Ok("440781")),
            ("江门", "440703", Ok("440700")),
            ("广东省江门市", "440700", Ok("440700")),
            ("棠下", "440700", Ok("440703101")),
            ("江门市 蓬江区 棠下镇", "440700", Ok("440703101")),
            ("江门市棠下镇", "440700", Ok("440703101")),
            ("广东省江门市蓬江区棠下镇", "440700", Ok("440703101")),
            ("白沙街道办事处", "440700", Ok("440703002")),
            ("白沙镇", "440703", Ok("440781103")),
            ("白沙", "440781", Ok("440781103")),
            ("白沙", "440705", Err(Unfound::Unclear)),
            ("台山白沙", "440700", Ok("440781103")),
            ("", "440700", Err(Unfound::Unknown)),
            ("新会区棠下镇", "440700", Err(Unfound::Unknown)),
            ("999999", "440700", Err(Unfound::Unknown)),
            ("=440703", "440700", Err(Unfound::Unknown)),
        ];
        for (text, within, expected) in cases {
            assert_eq!(divisions.find(text, within), expected, "{text} in {within}");
        }
        assert_eq!(divisions.find(&"白沙".repeat(10_000), "440700"), Err(Unfound::Unknown));
    }

    #[test]
    fn every_division_is_found_by_its_own_name_and_by_its_way() {
        let divisions = all();
        for row in bundled() {
            let above = divisions.name(row.parent_code).unwrap_or_default();
            assert_eq!(divisions.find(row.name, row.parent_code), Ok(row.code), "{}", row.name);
            assert_eq!(divisions.find(&format!("{above}{}", row.name), "440700"), Ok(row.code), "{above}{}", row.name);
        }
    }
}
