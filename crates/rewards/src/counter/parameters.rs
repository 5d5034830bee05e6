//! Dated parameters of paying at the counter.

use std::collections::HashMap;

use kernel::parameter::Parameter;
use kernel::time::Day;
use kernel::{Error, Result};
use sea_orm::{ConnectionTrait, Statement};

/// Points of one payment.
pub const PAYMENT_MOST: &str = "counter.payment_cents";
/// Points that a member pays in a day.
pub const PERSON_DAY_CENTS: &str = "counter.person_day_cents";
/// How often a member pays in a day.
pub const PERSON_DAY_TIMES: &str = "counter.person_day_times";
/// Points that a shop takes in a day.
pub const SHOP_DAY_CENTS: &str = "counter.shop_day_cents";
/// Points of one payment with four digits.
pub const SHORT_MOST: &str = "counter.short_cents";
/// Minutes for which four digits are good.
pub const SHORT_MINUTES: &str = "counter.short_minutes";
/// Wrong four digits in ten minutes after which a shop takes none.
pub const SHORT_MISSES: &str = "counter.short_misses";
/// Wrong pay codes in ten minutes after which a cashier or till takes none.
pub const CODE_MISSES: &str = "counter.code_misses";
/// Devices of a member that make pay codes.
pub const DEVICES: &str = "counter.devices";
/// Days after which a device gets a new secret.
pub const DEVICE_DAYS: &str = "counter.device_days";
/// Minutes in which a payment can be reversed as if it had never been.
pub const REVERSE_MINUTES: &str = "counter.reverse_minutes";
/// Days in which a payment can be refunded.
pub const REFUND_DAYS: &str = "counter.refund_days";
/// Days for which points are good that come back to an expired lot.
pub const GRACE_DAYS: &str = "counter.grace_days";
/// Payments of a member in ten minutes from which an auditor is told.
pub const FLAG_PERSON: &str = "counter.flag_person";
/// Payments of a shop in ten minutes from which an auditor is told.
pub const FLAG_SHOP: &str = "counter.flag_shop";
/// Payments of a member in one shop in a day from which an auditor is told.
pub const FLAG_PAIR: &str = "counter.flag_pair";
/// Refunds of a shop in a day from which an auditor is told.
pub const FLAG_REFUNDS: &str = "counter.flag_refunds";

const OWN: &str = "平台初始值：由市总工会财务和经审部门按实际调整";
const SAFE: &str = "平台初始值：防止盗用和试码，参照付款码小额限额的通行做法，由市总工会调整";
const AUDIT: &str = "平台初始值：只提示经审人员查看，不拦截付款，由市总工会经审委员会调整";

/// Every parameter of the slice.
pub const PARAMETERS: &[Parameter] = &[
    Parameter::cents(PAYMENT_MOST, "单笔积分支付上限", "100000", OWN),
    Parameter::cents(PERSON_DAY_CENTS, "会员每日积分支付上限", "200000", OWN),
    Parameter::number(PERSON_DAY_TIMES, "会员每日积分支付次数上限", "次", (1, 10_000), "30", OWN),
    Parameter::cents(SHOP_DAY_CENTS, "门店每日积分收款上限", "10000000", OWN),
    Parameter::cents(SHORT_MOST, "四位数字码单笔上限", "5000", SAFE),
    Parameter::number(SHORT_MINUTES, "四位数字码有效时间", "分钟", (1, 30), "5", SAFE),
    Parameter::number(SHORT_MISSES, "门店输错四位数字码几次后暂停", "次", (3, 20), "5", SAFE),
    Parameter::number(CODE_MISSES, "收银员输错付款码几次后暂停", "次", (3, 200), "20", SAFE),
    Parameter::number(DEVICES, "一人可开通付款码的设备数", "台", (1, 10), "3", SAFE),
    Parameter::number(DEVICE_DAYS, "付款码密钥更换周期", "天", (1, 365), "30", SAFE),
    Parameter::number(REVERSE_MINUTES, "付款后可以撤销的时间", "分钟", (1, 1_440), "30", OWN),
    Parameter::number(REFUND_DAYS, "付款后可以退款的天数", "天", (1, 730), "90", OWN),
    Parameter::number(GRACE_DAYS, "退回的积分已到期时的宽限天数", "天", (1, 365), "30", OWN),
    Parameter::number(FLAG_PERSON, "会员十分钟内付款几次提示经审", "次", (2, 1_000), "5", AUDIT),
    Parameter::number(FLAG_SHOP, "门店十分钟内收款几次提示经审", "次", (2, 100_000), "60", AUDIT),
    Parameter::number(FLAG_PAIR, "会员一天在同一门店付款几次提示经审", "次", (2, 1_000), "6", AUDIT),
    Parameter::number(FLAG_REFUNDS, "门店一天退款几次提示经审", "次", (2, 10_000), "10", AUDIT),
];

/// The values of this slice in force on a day, all of them in one question: a payment asks for many.
#[derive(Debug, Clone, Default)]
pub struct Values(HashMap<String, i64>);

impl Values {
    /// A value; none of them is missing once the first ones are written.
    ///
    /// # Errors
    /// [`Error::Internal`] when it has no number.
    pub fn get(&self, name: &str) -> Result<i64> {
        self.0.get(name).copied().ok_or_else(|| Error::internal(format!("parameter {name} has no number")))
    }
}

/// Reads them. They hold for the whole city: a shop takes points of members from everywhere.
///
/// # Errors
/// The database.
pub async fn values(conn: &impl ConnectionTrait, day: Day) -> Result<Values> {
    let sql = "SELECT name, value FROM parameter WHERE name LIKE 'counter.%' AND division_code = ''
        AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)";
    let rows =
        conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [day.into()])).await?;
    let mut values = HashMap::new();
    for row in rows {
        let (name, value): (String, String) = (row.try_get("", "name")?, row.try_get("", "value")?);
        if let Ok(value) = value.parse() {
            values.insert(name, value);
        }
    }
    Ok(Values(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_values_are_accepted_and_belong_here() {
        for parameter in PARAMETERS {
            assert!(parameter.accepts(parameter.first), "{}", parameter.name);
            assert!(parameter.name.starts_with("counter.") && !parameter.source.is_empty());
        }
    }
}
