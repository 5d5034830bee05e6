//! Dated parameters about merchants, cashiers, disputes and settlement.

use kernel::parameter::{Kind, Parameter};

/// Hours for which an invitation of a cashier is good.
pub const INVITATION_HOURS: &str = "cashier.invitation_hours";
/// Wrong invitation codes of an account in an hour.
pub const INVITATION_TRIES: &str = "cashier.invitation_tries";
/// Wrong PINs in a row that lock a cashier.
pub const PIN_TRIES: &str = "cashier.pin_tries";
/// Minutes for which a cashier is locked.
pub const PIN_LOCK_MINUTES: &str = "cashier.pin_lock_minutes";
/// Working days within which a dispute is settled.
pub const DISPUTE_DAYS: &str = "dispute.working_days";
/// Days after a payment on which it can still be disputed.
pub const DISPUTE_OPEN_DAYS: &str = "dispute.open_days";
/// Working days within which a shop refunds what a dispute decided.
pub const REFUND_WORKING_DAYS: &str = "dispute.refund_working_days";
/// Days before the bank file on which a line of the bank may be booked at the earliest.
pub const BANK_EARLY_DAYS: &str = "settlement.bank_early_days";

/// All of them.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: INVITATION_HOURS,
        label: "收银员邀请码有效时间",
        unit: "小时",
        kind: Kind::Number(1, 168),
        first: "24",
        source: "平台初始值：邀请码一天内有效、只能用一次，由市总工会按需要调整",
    },
    Parameter {
        name: INVITATION_TRIES,
        label: "一小时内邀请码最多输错次数",
        unit: "次",
        kind: Kind::Number(1, 100),
        first: "10",
        source: "平台初始值：防止猜测邀请码，由市总工会按需要调整",
    },
    Parameter {
        name: PIN_TRIES,
        label: "收银口令连续输错几次锁定",
        unit: "次",
        kind: Kind::Number(3, 20),
        first: "5",
        source: "平台初始值：参照登录口令的锁定规则，由市总工会按需要调整",
    },
    Parameter {
        name: PIN_LOCK_MINUTES,
        label: "收银口令锁定时间",
        unit: "分钟",
        kind: Kind::Number(1, 1_440),
        first: "15",
        source: "平台初始值：参照登录口令的锁定规则，由市总工会按需要调整",
    },
    Parameter {
        name: DISPUTE_DAYS,
        label: "支付争议的处理期限",
        unit: "个工作日",
        kind: Kind::Number(1, 60),
        first: "7",
        source: "平台初始值：参照《网络购买商品七日无理由退货暂行办法》的期限，由市总工会按商户协议调整",
    },
    Parameter {
        name: DISPUTE_OPEN_DAYS,
        label: "支付以后多少天内可以提出争议",
        unit: "天",
        kind: Kind::Number(1, 365),
        first: "60",
        source: "平台初始值：由市总工会按商户协议调整",
    },
    Parameter {
        name: REFUND_WORKING_DAYS,
        label: "争议决定退款后，门店退款的期限",
        unit: "个工作日",
        kind: Kind::Number(1, 60),
        first: "5",
        source: "平台初始值：参照《消费者权益保护法》第二十五条七日内返还价款的期限，折合五个工作日，由市总工会按商户协议调整",
    },
    Parameter {
        name: BANK_EARLY_DAYS,
        label: "银行记账日期最多早于付款文件几天",
        unit: "天",
        kind: Kind::Number(0, 10),
        first: "0",
        source: "平台初始值：早于付款文件的流水不是这一批付的，列入差异由人核对",
    },
];
