//! Pure rules of accounts: what is due next, when a login locks, what a login looks
//! like, what a device is called.
//!
//! ```
//! use registry::account::rules;
//!
//! assert_eq!(rules::normal_login(" Chair.Li "), "chair.li");
//! assert!(rules::is_login("chair.li") && !rules::is_login("李主席"));
//! ```

use kernel::time::Time;

use super::entity::Model;
use crate::person::name::half_width;

/// A login as it is stored and looked up: half-width, lower case, no spaces around.
#[must_use]
pub fn normal_login(raw: &str) -> String {
    raw.trim().chars().take(100).map(half_width).collect::<String>().trim().to_lowercase()
}

/// Whether a normal login may be given out: 3 to 40 of `a-z 0-9 . _ -`, a letter first.
#[must_use]
pub fn is_login(login: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    (3..=40).contains(&login.len()) && login.starts_with(|c: char| c.is_ascii_lowercase()) && login.chars().all(plain)
}

/// What is due after the first factor; `done` when nothing is.
#[must_use]
pub fn next_stage(account: &Model) -> &'static str {
    match () {
        () if account.kind != "staff" => "done",
        () if account.must_change => "password",
        () if account.totp_sealed.is_none() => "enrol_totp",
        () => "totp",
    }
}

/// Failures in a row, and until when they lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// Wrong passwords and second factors since the last full sign-in or lock.
    pub count: i64,
    /// Locked until this moment.
    pub locked_until: Option<Time>,
}

impl Failures {
    /// Locked now.
    #[must_use]
    pub fn is_locked(self, now: Time) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// Whole minutes until the lock opens, at least one.
    #[must_use]
    pub fn minutes_left(self, now: Time) -> i64 {
        let seconds = self.locked_until.map_or(0, |until| (until - now).num_seconds());
        (seconds / 60 + i64::from(seconds % 60 > 0)).max(1)
    }

    /// One failure more; a lock that has run out starts the count anew.
    #[must_use]
    pub fn one_more(self, now: Time, most: i64, lock_minutes: i64) -> Self {
        let before = if self.locked_until.is_some() && !self.is_locked(now) { 0 } else { self.count };
        let count = before + 1;
        let locked_until = (count >= most).then(|| now + chrono::Duration::minutes(lock_minutes));
        Self { count, locked_until }
    }
}

const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("OpenHarmony", "鸿蒙手机"),
    ("HarmonyOS", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "Mac 电脑"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux 电脑"),
];
/// In this order: what wraps another browser names both.
const BROWSERS: [(&str, &str); 10] = [
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("DingTalk", "钉钉"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MQQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

/// What people would call the device that sent this `User-Agent`.
#[must_use]
pub fn device_label(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, label)| *label)
    };
    match (find(&SYSTEMS), find(&BROWSERS)) {
        (Some(system), Some(browser)) => format!("{system} · {browser}"),
        (Some(label), None) | (None, Some(label)) => label.to_owned(),
        (None, None) => "未知设备".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use kernel::time::Clock;
    use proptest::prelude::*;

    use super::*;

    fn account(kind: &str, must_change: bool, totp: bool) -> Model {
        Model {
            id: kernel::Id::nil(),
            kind: kind.into(),
            login: None,
            name: None,
            person_id: None,
            phone_sealed: None,
            phone_digest: None,
            password_hash: None,
            must_change,
            totp_sealed: totp.then(Vec::new),
            totp_last_step: 0,
            failures: 0,
            locked_until: None,
            disabled_at: None,
            demo_key: None,
            synthetic: true,
            created_at: Time::default(),
        }
    }

    #[test]
    fn staff_always_need_the_second_factor() {
        let cases = [
            ("member", false, false, "done"),
            ("staff", true, false, "password"),
            ("staff", true, true, "password"),
            ("staff", false, false, "enrol_totp"),
            ("staff", false, true, "totp"),
        ];
        for (kind, must_change, totp, due) in cases {
            assert_eq!(next_stage(&account(kind, must_change, totp)), due, "{kind} {must_change} {totp}");
        }
    }

    #[test]
    fn logins() {
        assert_eq!(normal_login("　Ａdmin.1 "), "admin.1");
        for good in ["abc", "chair.li", "a-b_c.9"] {
            assert!(is_login(good), "{good}");
        }
        let long = "a".repeat(41);
        for bad in ["", "ab", "1abc", ".abc", "Abc", "a b", "李主席", "a\u{0}bc", "=cmd", &long] {
            assert!(!is_login(bad), "{bad:?}");
        }
    }

    #[test]
    fn the_fifth_failure_locks_and_the_lock_opens() {
        let clock = Clock::fixed_at("2026-11-22T00:00:00Z");
        let now = clock.now();
        let mut failures = Failures::default();
        for count in 1..=4 {
            failures = failures.one_more(now, 5, 15);
            assert_eq!((failures.count, failures.is_locked(now)), (count, false));
        }
        failures = failures.one_more(now, 5, 15);
        assert!(failures.is_locked(now));
        assert_eq!(failures.minutes_left(now), 15);
        assert_eq!(failures.minutes_left(now + Duration::seconds(61)), 14);
        assert_eq!(failures.minutes_left(now + Duration::minutes(15)), 1);
        let later = now + Duration::minutes(15);
        assert!(!failures.is_locked(later));
        assert_eq!(failures.one_more(later, 5, 15), Failures { count: 1, locked_until: None });
    }

    #[test]
    fn devices() {
        let cases = [
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8",
                "安卓手机 · 微信",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1",
                "iPhone · Safari",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
                "Windows 电脑 · Edge",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120", "Linux 电脑 · Chrome"),
            ("curl/8", "未知设备"),
            ("", "未知设备"),
        ];
        for (user_agent, label) in cases {
            assert_eq!(device_label(user_agent), label);
        }
    }

    proptest! {
        #[test]
        fn a_lock_needs_as_many_failures_as_agreed(most in 1i64..20, minutes in 1i64..600) {
            let now = Time::default();
            let mut failures = Failures::default();
            for n in 1..=most {
                prop_assert!(!failures.is_locked(now));
                failures = failures.one_more(now, most, minutes);
                prop_assert_eq!(failures.count, n);
            }
            prop_assert!(failures.is_locked(now));
        }

        #[test]
        fn any_text_is_judged(raw in any::<String>()) {
            let login = normal_login(&raw);
            prop_assert_eq!(normal_login(&login), login.clone());
            let _ = (is_login(&login), device_label(&raw));
        }
    }
}
