//! Hours, places and distances of shops. Pure.

use chrono::{Datelike, Timelike};
use kernel::Refusal;
use kernel::time::Time;
use registry::division::province;

use crate::merchant::MERCHANT_FORM;

/// Metres of the earth's mean radius.
const RADIUS_METRES: f64 = 6_371_008.8;

/// When a shop is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Minutes after midnight.
    pub opens: i64,
    /// Minutes after midnight; 1440 is the end of the day.
    pub closes: i64,
    /// Days of the week on which it is shut, `1` (Monday) to `7`, in order.
    pub shut: String,
}

impl Hours {
    /// Reads `09:00`, `21:30` and the days on which it is shut; `24:00` is the end of the day.
    ///
    /// # Errors
    /// `merchant.form`.
    pub fn parse(opens: &str, closes: &str, shut: &str) -> Result<Self, Refusal> {
        let no = |field| MERCHANT_FORM.with("营业时间请写成 09:00 和 21:00 这样，开门要早于关门。").on(field);
        let opens = minutes(opens).ok_or_else(|| no("opens"))?;
        let closes = minutes(closes).ok_or_else(|| no("closes"))?;
        if opens >= closes {
            return Err(no("closes"));
        }
        let mut days: Vec<char> = shut.chars().filter(|c| !matches!(c, ' ' | ',' | '，' | '、')).collect();
        days.sort_unstable();
        days.dedup();
        if days.len() > 6 || !days.iter().all(|day| ('1'..='7').contains(day)) {
            let sentence = "休息日请写星期的数字，1 是星期一，7 是星期日，例如“7”；天天营业的留空。";
            return Err(MERCHANT_FORM.with(sentence).on("shut"));
        }
        Ok(Self { opens, closes, shut: days.into_iter().collect() })
    }

    /// Whether it is open at a moment, by the clock in China.
    #[must_use]
    pub fn is_open(&self, at: Time) -> bool {
        let there = at.naive_utc() + chrono::Duration::hours(8);
        let minute = i64::from(there.hour() * 60 + there.minute());
        let day = char::from_digit(there.weekday().number_from_monday(), 10);
        let shut = day.is_some_and(|day| self.shut.contains(day));
        !shut && (self.opens..self.closes).contains(&minute)
    }
}

/// `09:00` as minutes after midnight; `24:00` is 1440.
fn minutes(text: &str) -> Option<i64> {
    let text: String = text.trim().chars().map(|c| if c == '：' { ':' } else { c }).collect();
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours) || minutes.len() != 2 || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 1440).then_some(total)
}

/// Minutes after midnight as `09:00`.
#[must_use]
pub fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A place in millionths of a degree, as on a phone (WGS 84): both numbers or neither, within the country.
///
/// # Errors
/// `merchant.form`.
pub fn place(lon: Option<i64>, lat: Option<i64>) -> Result<Option<(i64, i64)>, Refusal> {
    match (lon, lat) {
        (None, None) => Ok(None),
        (Some(lon), Some(lat))
            if (73_000_000..=136_000_000).contains(&lon) && (3_000_000..=54_000_000).contains(&lat) =>
        {
            Ok(Some((lon, lat)))
        }
        _ => Err(MERCHANT_FORM.with("经度和纬度请一起填写，例如 113.081901 和 22.578738。").on("lon")),
    }
}

/// Degrees such as `113.0819` as millionths; `None` for what is no number.
#[must_use]
pub fn degrees(text: &str) -> Option<i64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 12 || !digits(whole) || !digits(part) {
        return None;
    }
    let millionths: String = part.chars().chain("000000".chars()).take(6).collect();
    Some(whole.parse::<i64>().ok()? * 1_000_000 + millionths.parse::<i64>().ok()?)
}

/// Whole metres between two places, over the ground of a round earth.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a distance to be shown, not money")]
pub fn metres(from: (i64, i64), to: (i64, i64)) -> i64 {
    let radians = |e6: i64| (e6 as f64 / 1e6).to_radians();
    let (half_lat, half_lon) = ((radians(to.1) - radians(from.1)) / 2.0, (radians(to.0) - radians(from.0)) / 2.0);
    let h = half_lat.sin().powi(2) + radians(from.1).cos() * radians(to.1).cos() * half_lon.sin().powi(2);
    (2.0 * RADIUS_METRES * h.sqrt().min(1.0).asin()).round() as i64
}

/// The digits that all divisions in a division begin with: a city's code ends in `00`.
#[must_use]
pub fn within(code: &str) -> &str {
    code.strip_suffix("00").filter(|_| code.len() == 6).unwrap_or(code)
}

/// Whether a code is a county of another city in the province, or a city that has no counties.
#[must_use]
pub fn is_elsewhere(code: &str, home: &str) -> bool {
    province::is_place(code) && !code.starts_with(within(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_told() {
        let hours = Hours::parse("9:00", "21：30", "7、6").unwrap();
        assert_eq!((hours.opens, hours.closes, hours.shut.as_str()), (540, 1290, "67"));
        assert_eq!(Hours::parse("0:00", "24:00", "").unwrap().closes, 1440);
        for (opens, closes, shut) in [
            ("9", "21:00", ""),
            ("21:00", "9:00", ""),
            ("9:00", "24:01", ""),
            ("9:00", "21:00", "8"),
            ("9:60", "21:00", ""),
            ("", "", ""),
        ] {
            assert_eq!(Hours::parse(opens, closes, shut).unwrap_err().code, "merchant.form", "{opens} {closes} {shut}");
        }
        let at = |text: &str| text.parse::<Time>().unwrap();
        // Monday 10:00 in China; Monday 08:59; Saturday 10:00.
        assert!(hours.is_open(at("2026-11-23T02:00:00Z")));
        assert!(!hours.is_open(at("2026-11-23T00:59:00Z")));
        assert!(!hours.is_open(at("2026-11-28T02:00:00Z")));
        assert_eq!((clock(540).as_str(), clock(1440).as_str()), ("09:00", "24:00"));
    }

    #[test]
    fn places_and_distances() {
        assert_eq!(place(None, None), Ok(None));
        assert_eq!(place(Some(113_081_901), Some(22_578_738)), Ok(Some((113_081_901, 22_578_738))));
        assert!(place(Some(113_081_901), None).is_err() && place(Some(22_000_000), Some(113_000_000)).is_err());
        assert_eq!(
            (degrees("113.081901"), degrees(" 22.5 "), degrees("22")),
            (Some(113_081_901), Some(22_500_000), Some(22_000_000))
        );
        assert_eq!((degrees("-1"), degrees("1e2"), degrees("")), (None, None, None));
        let here = (113_081_901, 22_578_738);
        assert_eq!(metres(here, here), 0);
        // A hundredth of a degree to the north is 1,112 metres, to the east 1,027 there.
        assert_eq!(metres(here, (113_081_901, 22_588_738)), 1112);
        assert!((1026..=1028).contains(&metres(here, (113_091_901, 22_578_738))));
    }

    #[test]
    fn divisions() {
        assert_eq!((within("440700"), within("440703"), within("440703101")), ("4407", "440703", "440703101"));
        assert!(is_elsewhere("440106", "440700") && !is_elsewhere("440703", "440700"));
        assert!(!is_elsewhere("450102", "440700") && !is_elsewhere("4401", "440700"));
        assert!(is_elsewhere("441900", "440700") && !is_elsewhere("440100", "440700"));
    }
}
