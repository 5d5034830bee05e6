//! Employers, by unified social credit code (GB 32100).
//!
//! An employer is entered once: its code is unique, and [`claim`] finds or creates it. It has one open union at the
//! most (a database constraint). It is found by its code, by its name as people write it, by former and short names
//! ([`find`]); whoever writes a row of `employer` files its names in the same transaction ([`index()`],
//! [`index_names`]).
//!
//! ```
//! use registry::employer::uscc::Uscc;
//!
//! fn read(raw: &str) -> kernel::Result<String> {
//!     Ok(Uscc::parse(raw)?.to_string())
//! }
//! let refused = read("911100001000013428").err().and_then(|error| error.refusal().cloned());
//! assert_eq!(refused.map(|refusal| refusal.code.into_owned()).as_deref(), Some("uscc.check"));
//! ```

pub mod alias;
pub mod alias_entity;
mod claim;
pub mod entity;
mod hit;
mod index;
mod join;
mod list;
mod meant;
mod page;
mod reach;
mod search;
pub mod spelling;
pub mod unit_name;
pub mod uscc;

use kernel::error::RefusalKind;
use kernel::{Error, Refusal, Routes};

use crate::access::{ORGANIZATION_CHANGE, ORGANIZATION_READ};

pub use claim::{EmployerInput, EmployerRow, claim, employer_code, employer_name, of_union};
pub use hit::EmployerHit;
pub use index::{index, index_names, jobs, repair};
pub use join::public;
pub use list::{EmployersInput, list};
pub use meant::meant;
pub use reach::{FEWEST_MEMBERS, Reach};
pub use search::{Found, How, find};
use uscc::UsccError;

kernel::refusals! {
    /// A unified social credit code has not 18 places.
    USCC_LENGTH = "uscc.length", UNPROCESSABLE_ENTITY, "统一社会信用代码应为 18 位。请对照证照，检查有没有多填或漏填。";
    /// A unified social credit code holds a character that no code has.
    USCC_CHARACTERS = "uscc.characters", UNPROCESSABLE_ENTITY, "统一社会信用代码里有不该出现的字符。请对照证照核对。";
    /// The first place of a code names no registering department.
    USCC_DEPARTMENT = "uscc.department", UNPROCESSABLE_ENTITY, "统一社会信用代码的第 1 位不存在。请对照证照核对。";
    /// The second place of a code does not belong to its first.
    USCC_CLASS = "uscc.class", UNPROCESSABLE_ENTITY, "统一社会信用代码的第 2 位与第 1 位不相符。请对照证照核对前两位。";
    /// The check character of a code does not fit.
    USCC_CHECK = "uscc.check", UNPROCESSABLE_ENTITY, "统一社会信用代码的末位校验不对。请对照证照逐位核对。";
    /// A union's own code was given for an employer.
    USCC_OF_UNION = "uscc.of_union", UNPROCESSABLE_ENTITY, "这是工会的代码（以 8 开头），请改填用人单位证照上的代码。";
    /// The name of an employer cannot be taken.
    EMPLOYER_NAME = "employer.name", UNPROCESSABLE_ENTITY, "单位名称要用 2 到 100 个字，请按证照上的全称填写。";
    /// Fewer than two or more than 100 characters were given to search for.
    EMPLOYER_QUERY = "employer.query", UNPROCESSABLE_ENTITY, "请输入单位名称或统一社会信用代码，2 到 100 个字，简称、曾用名也可以。";
    /// The employer has this name already.
    ALIAS_TAKEN = "employer.alias_taken", CONFLICT, "这个单位已经有这个名称，不用重复登记。";
    /// The employer has too many other names.
    ALIAS_MANY = "employer.alias_many", CONFLICT, "一个单位最多登记 20 个别名，请先删去不再使用的。";
    /// The employer is covered by another union.
    EMPLOYER_HAS_UNION = "employer.has_union", CONFLICT, "这个单位已经有工会，一个单位只能由一个工会覆盖。请先核对名单，确需变更的请联系上级工会。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("employer")
        .get("/api/employers", "Finds employers in the caller's scope by name, other name or code")
        .requires(ORGANIZATION_READ)
        .runs(list::list)
        .get("/api/employers/{id}", "Shows an employer")
        .requires(ORGANIZATION_READ)
        .runs(page::page)
        .post("/api/employers/{id}/alias", "Adds another name of an employer")
        .requires(ORGANIZATION_CHANGE)
        .runs(alias::add)
        .post("/api/employers/{id}/alias/remove", "Removes another name of an employer")
        .requires(ORGANIZATION_CHANGE)
        .runs(alias::remove)
        .get("/api/join/employers", "Finds an employer's union by what somebody types")
        .public()
        .runs(join::join_employers)
}

impl From<UsccError> for Refusal {
    fn from(fault: UsccError) -> Self {
        let kind: RefusalKind = match fault {
            UsccError::Length => USCC_LENGTH,
            UsccError::Characters => USCC_CHARACTERS,
            UsccError::Department => USCC_DEPARTMENT,
            UsccError::Class => USCC_CLASS,
            UsccError::Check => USCC_CHECK,
        };
        kind.with(format!("{}。", fault.message())).on("uscc")
    }
}

impl From<UsccError> for Error {
    fn from(fault: UsccError) -> Self {
        Refusal::from(fault).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_faults() {
        use UsccError::{Characters, Check, Class, Department, Length};
        for fault in [Length, Characters, Department, Class, Check] {
            let refusal = Refusal::from(fault);
            assert_eq!(refusal.code, fault.code());
            assert!(refusal.message.ends_with('。'));
        }
    }
}
