//! Dated parameters of points; their values stand in the table.

use kernel::parameter::{Kind, Parameter};

/// From which sum on the next level above approves, too.
pub const APPROVE_ABOVE: &str = "points.approve_above_cents";
/// From which sum on the city approves, too.
pub const APPROVE_CITY: &str = "points.approve_city_cents";
/// Days for which points are good unless a batch says otherwise.
pub const VALID_DAYS: &str = "points.valid_days";
/// Days before their end on which a member is told.
pub const NOTICE_DAYS: &str = "points.notice_days";
/// Days without a balance of the bank after which somebody is asked for one.
pub const BANK_BALANCE_DAYS: &str = "points.bank_balance_days";

macro_rules! limits {
    ($( $code:literal, $label:literal, $first:literal; )+) => {
        /// Every parameter of the slice.
        pub const PARAMETERS: &[Parameter] = &[
            Parameter {
                name: APPROVE_ABOVE,
                label: "积分发放加报上一级工会的金额",
                unit: "分",
                kind: Kind::Cents,
                first: "2000000",
                source: "平台初始值：一次达到 2 万元的，本工会同意后还要上一级工会同意，由市总工会按财务制度调整",
            },
            Parameter {
                name: APPROVE_CITY,
                label: "积分发放加报市总工会的金额",
                unit: "分",
                kind: Kind::Cents,
                first: "20000000",
                source: "平台初始值：一次达到 20 万元的，还要市总工会同意，由市总工会按财务制度调整",
            },
            Parameter {
                name: VALID_DAYS,
                label: "积分通常有效天数",
                unit: "天",
                kind: Kind::Number(1, 3660),
                first: "365",
                source: "平台初始值：发放时可以另定到期日，由市总工会按年度工作部署调整",
            },
            Parameter {
                name: NOTICE_DAYS,
                label: "积分到期前几天提醒会员",
                unit: "天",
                kind: Kind::Number(1, 180),
                first: "30",
                source: "平台初始值：到期前一个月告诉会员，由市总工会调整",
            },
            Parameter {
                name: BANK_BALANCE_DAYS,
                label: "几天没有登记银行余额就提醒",
                unit: "天",
                kind: Kind::Number(1, 60),
                first: "5",
                source: "平台初始值：每天核对银行余额，隔了周末和短假还没有登记的列入待办，由市总工会按财务制度调整",
            },
            $(
                Parameter {
                    name: concat!("points.limit_cents.", $code),
                    label: concat!($label, "每人每年最多"),
                    unit: "分，0 为不限",
                    kind: Kind::Cents,
                    first: $first,
                    source: "平台初始值：由市总工会按本省工会经费收支管理实施办法规定的标准设定",
                },
                Parameter {
                    name: concat!("points.limit_blocks.", $code),
                    label: concat!($label, "超过每人限额时"),
                    unit: "0 提醒，1 不发",
                    kind: Kind::Number(0, 1),
                    first: "0",
                    source: "平台初始值：先提醒审批人，由市总工会决定是否一律不发",
                },
            )+
        ];
    };
}

limits! {
    "festival", "节日慰问", "0";
    "birthday", "生日慰问", "0";
    "activity", "文体活动", "0";
    "training", "职工教育和技能竞赛", "0";
    "care", "送温暖和困难慰问", "0";
    "join", "入会服务", "0";
    "entrusted", "受托资金", "0";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::purpose::CODES;

    #[test]
    fn every_purpose_has_its_limits() {
        for code in CODES {
            for name in ["limit_cents", "limit_blocks"] {
                assert!(PARAMETERS.iter().any(|one| one.name == format!("points.{name}.{code}")), "{name} of {code}");
            }
        }
        assert!(PARAMETERS.iter().all(|one| one.accepts(one.first)));
    }
}
