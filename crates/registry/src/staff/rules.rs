//! Pure rules of role grants and staff accounts: no database, no clock.
//!
//! ```
//! use registry::staff::rules::clean_reason;
//! assert_eq!(clean_reason(" 离职 ").ok().as_deref(), Some("离职"));
//! assert!(clean_reason("").is_err());
//! ```

use kernel::Refusal;
use kernel::access::Role;
use kernel::time::Day;

use super::{ROLE_ACCOUNT_KIND, ROLE_DATES, ROLE_EXCLUSIVE, ROLE_LEVEL, STAFF_REASON};
use crate::person::name::clean_text;

const REASON_CHARS: std::ops::RangeInclusive<usize> = 2..=200;

/// Roles that a member's own account may hold: he signs in on his phone and decides there.
const MEMBER_ROLES: [&str; 2] = ["chair", "vice_chair"];

/// The reason as it is stored.
///
/// # Errors
/// `staff.reason` unless it has 2 to 200 characters.
pub fn clean_reason(raw: &str) -> Result<String, Refusal> {
    let reason = clean_text(raw, *REASON_CHARS.end()).ok().filter(|text| REASON_CHARS.contains(&text.chars().count()));
    reason.ok_or_else(|| STAFF_REASON.refusal().on("reason"))
}

/// The day on which a right no longer holds, from its last day; `None` holds without an end.
///
/// # Errors
/// `role.dates` when the last day is past.
pub fn end_after(last_day: Option<Day>, today: Day) -> Result<Option<Day>, Refusal> {
    let Some(last) = last_day else {
        return Ok(None);
    };
    let end = last.succ_opt().filter(|_| last >= today);
    end.map(Some).ok_or_else(|| ROLE_DATES.refusal().on("to"))
}

/// The last day of a right from the day on which it no longer holds.
#[must_use]
pub fn last_day(valid_to: Option<Day>) -> Option<Day> {
    valid_to.and_then(|end| end.pred_opt())
}

/// Whether the role can be held on a node of this kind.
///
/// # Errors
/// `role.level`.
pub fn fits_level(role: &Role, node_kind: &str) -> Result<(), Refusal> {
    let fits = role.levels.is_empty() || role.levels.contains(&node_kind);
    if fits { Ok(()) } else { Err(ROLE_LEVEL.refusal().on("node_id")) }
}

/// Whether an account of this kind may hold the role.
///
/// # Errors
/// `role.account_kind`.
pub fn fits_account(role: &Role, account_kind: &str) -> Result<(), Refusal> {
    let fits = account_kind == "staff" || MEMBER_ROLES.contains(&role.name);
    if fits { Ok(()) } else { Err(ROLE_ACCOUNT_KIND.refusal().on("account_id")) }
}

/// Whether the role goes together with those the account holds.
///
/// # Errors
/// `role.exclusive`, naming what is held.
pub fn fits_beside(role: &Role, held: &[Role]) -> Result<(), Refusal> {
    let clash = held.iter().find(|other| other.name != role.name && (role.exclusive || other.exclusive));
    let Some(other) = clash else {
        return Ok(());
    };
    let message = format!(
        "这个账号已经是“{}”。系统、安全、审计三类管理员互相排斥，也不能兼任其他岗位；请先收回原来的授权，或者换一个账号。",
        other.label
    );
    Err(ROLE_EXCLUSIVE.with(message).on("role"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ROLES;

    fn role(name: &str) -> Role {
        ROLES.into_iter().find(|role| role.name == name).unwrap()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn reasons() {
        assert_eq!(clean_reason(" 离职 ").as_deref(), Ok("离职"));
        assert!(clean_reason(&"好".repeat(200)).is_ok());
        for raw in ["", " ", "离", "a\u{0}b", "\u{202e}abc", &"好".repeat(201)] {
            assert_eq!(clean_reason(raw).unwrap_err().code, "staff.reason", "{raw:?}");
        }
    }

    #[test]
    fn the_last_day_is_included() {
        let today = day("2026-11-22");
        assert_eq!(end_after(None, today), Ok(None));
        assert_eq!(end_after(Some(today), today), Ok(Some(day("2026-11-23"))));
        assert_eq!(last_day(Some(day("2026-11-23"))), Some(today));
        assert_eq!(end_after(Some(day("2026-11-21")), today).unwrap_err().code, "role.dates");
        assert_eq!(end_after(Some(Day::MAX), today).unwrap_err().code, "role.dates");
    }

    #[test]
    fn levels_and_accounts() {
        assert!(fits_level(&role("chair"), "grassroots").is_ok());
        assert!(fits_level(&role("chair"), "city_federation").is_err());
        assert!(fits_level(&role("security_admin"), "county_federation").is_err());
        assert!(fits_account(&role("vice_chair"), "member").is_ok());
        assert!(fits_account(&role("town_officer"), "member").is_err());
        assert!(fits_account(&role("audit_admin"), "staff").is_ok());
    }

    #[test]
    fn administrators_stand_alone() {
        for one in ROLES {
            for other in ROLES {
                let goes = one.name == other.name || !(one.exclusive || other.exclusive);
                assert_eq!(fits_beside(&one, &[other]).is_ok(), goes, "{} beside {}", one.name, other.name);
            }
        }
        let refusal = fits_beside(&role("chair"), &[role("audit_admin")]).unwrap_err();
        assert!(refusal.message.contains("审计管理员"));
    }
}
