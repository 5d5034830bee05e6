//! Parameters of the ground floor: sessions, lock-out, codes by text message.

use super::Parameter;

/// Names of the kernel's parameters.
pub mod name {
    /// Minutes without a request until a staff session ends.
    pub const SESSION_IDLE_STAFF: &str = "session.idle_minutes.staff";
    /// Minutes without a request until a member's session ends.
    pub const SESSION_IDLE_MEMBER: &str = "session.idle_minutes.member";
    /// Minutes until a staff session ends in any case.
    pub const SESSION_ABSOLUTE_STAFF: &str = "session.absolute_minutes.staff";
    /// Minutes until a member's session ends in any case.
    pub const SESSION_ABSOLUTE_MEMBER: &str = "session.absolute_minutes.member";
    /// Wrong passwords or codes before an account is locked.
    pub const LOCK_TRIES: &str = "lock.tries";
    /// Minutes for which it stays locked.
    pub const LOCK_MINUTES: &str = "lock.minutes";
    /// Seconds before another code may be asked for.
    pub const SMS_RESEND: &str = "sms.resend_seconds";
    /// Seconds after which a code is worth nothing.
    pub const SMS_EXPIRE: &str = "sms.expire_seconds";
    /// Codes for one phone in a day.
    pub const SMS_DAILY: &str = "sms.daily_limit";
}

const LEVEL_3: &str =
    "GB/T 22239-2019 第三级 8.1.4.1 身份鉴别：限制非法登录次数，登录连接超时自动退出；具体数值为平台初始值";
const OWN: &str = "平台初始值，可由系统管理员按实际调整";

/// Every parameter of the kernel.
pub const KERNEL: &[Parameter] = &[
    Parameter::number(name::SESSION_IDLE_STAFF, "工作台无操作退出时间", "分钟", (5, 60), "30", LEVEL_3),
    Parameter::number(name::SESSION_IDLE_MEMBER, "会员端无操作退出时间", "分钟", (30, 129_600), "43200", OWN),
    Parameter::number(name::SESSION_ABSOLUTE_STAFF, "工作台登录最长时间", "分钟", (60, 1_440), "720", LEVEL_3),
    Parameter::number(name::SESSION_ABSOLUTE_MEMBER, "会员端登录最长时间", "分钟", (60, 259_200), "129600", OWN),
    Parameter::number(name::LOCK_TRIES, "连续输错几次后锁定", "次", (3, 10), "5", LEVEL_3),
    Parameter::number(name::LOCK_MINUTES, "锁定时间", "分钟", (5, 1_440), "30", LEVEL_3),
    Parameter::number(name::SMS_RESEND, "验证码重发间隔", "秒", (30, 600), "60", OWN),
    Parameter::number(name::SMS_EXPIRE, "验证码有效时间", "秒", (60, 1_800), "300", OWN),
    Parameter::number(name::SMS_DAILY, "同一号码每日验证码上限", "条", (3, 50), "10", OWN),
];
