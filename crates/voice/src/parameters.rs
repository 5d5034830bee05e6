//! Dated parameters that this floor declares; their values stand in the table.

use kernel::parameter::{Kind, Parameter};

/// Ballot keys that are kept ready for polls to come.
pub const BALLOT_KEYS_READY: &str = "ballot.keys_ready";
/// People from which a firm's union counts in the coverage of the year.
pub const COVERAGE_PEOPLE: &str = "evaluation.coverage_people";
/// Days before the last day in which a duty is due soon.
pub const DUTY_SOON_DAYS: &str = "duty.soon_days";
/// Days after the last day from which a duty is very overdue.
pub const DUTY_VERY_OVERDUE_DAYS: &str = "duty.very_overdue_days";
/// Days after which the next level above is told as well.
pub const DUTY_ESCALATE_DAYS: &str = "duty.escalate_days";
/// Days that one extension may add.
pub const DUTY_EXTENSION_DAYS: &str = "duty.extension_days";
/// Days that a promise of rectification may run at the most.
pub const RECTIFICATION_LONGEST_DAYS: &str = "rectification.longest_days";
/// In how many rounds the electorate is asked about a problem.
pub const RECTIFICATION_ROUNDS: &str = "rectification.rounds";
/// Working days in which the level above looks for itself.
pub const RECTIFICATION_REVIEW_DAYS: &str = "rectification.review_working_days";
/// Days for which the electorate is asked again.
pub const CLOSURE_DAYS: &str = "closure.days";
/// "Not" and half of "partly", of every hundred, from which an item runs again.
pub const CLOSURE_REOPEN_PERCENT: &str = "closure.reopen_percent";
/// Ballots that must wait before a box is shuffled ahead of the close; never fewer than five.
pub const BALLOT_BATCH: &str = "ballot.batch_least";
/// Working days within which the opinions of an evaluation are answered.
pub const OPINION_ANSWER_DAYS: &str = "opinion.answer_days";
/// Rounds of reminding of an evaluation, 0 to 3.
pub const REMINDER_MOST: &str = "reminder.most";
/// Hours before the end at which the last round goes out.
pub const REMINDER_LAST_HOURS: &str = "reminder.last_hours";
/// Hours that two rounds are at least apart.
pub const REMINDER_APART_HOURS: &str = "reminder.apart_hours";
/// First hour in the evening in which nobody is disturbed.
pub const REMINDER_NIGHT_FROM: &str = "reminder.night_from";
/// First hour in the morning in which people may be told again.
pub const REMINDER_NIGHT_UNTIL: &str = "reminder.night_until";
/// 1 when reminders go out as text messages, too.
pub const REMINDER_SMS: &str = "reminder.sms";
/// Draws of every hundred within twenty minutes from which an evaluation is looked at.
pub const BURST_SHARE: &str = "honesty.burst_percent";
/// Draws within twenty minutes below which nothing is looked at.
pub const BURST_LEAST: &str = "honesty.burst_least";

/// Days for which a department's link is good.
pub const DEPARTMENT_LINK_DAYS: &str = "department.link_days";
/// Uses of a department's link on one day.
pub const DEPARTMENT_LINK_USES: &str = "department.link_uses";

/// Every parameter of the floor, for seeding and for the administrators' list.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: BALLOT_KEYS_READY,
        label: "预备选票密钥个数",
        unit: "个",
        kind: Kind::Number(1, 10_000),
        first: "64",
        source: "平台初始值：每次评议用一把密钥，每把约需 0.2 秒备好；集中开启评议之前由系统管理员按场次调高",
    },
    Parameter {
        name: COVERAGE_PEOPLE,
        label: "评议覆盖统计的企业规模",
        unit: "人",
        kind: Kind::Number(1, 100_000),
        first: "100",
        source: "平台初始值：统计镇街工会和百人以上企业工会的年度评议覆盖情况，由市总工会按年度工作部署调整",
    },
    Parameter {
        name: DUTY_SOON_DAYS,
        label: "应办事项临期提示",
        unit: "天",
        kind: Kind::Number(0, 60),
        first: "5",
        source: "平台初始值：到期前几天起显示“即将到期”，由市总工会按工作需要调整",
    },
    Parameter {
        name: DUTY_VERY_OVERDUE_DAYS,
        label: "应办事项严重逾期",
        unit: "天",
        kind: Kind::Number(1, 365),
        first: "15",
        source: "平台初始值：逾期几天起显示“严重逾期”，由市总工会按工作需要调整",
    },
    Parameter {
        name: DUTY_ESCALATE_DAYS,
        label: "逾期逐级报告间隔",
        unit: "天",
        kind: Kind::Number(1, 90),
        first: "7",
        source: "平台初始值：逾期当日告知上一级工会，每再过这些天仍未办结，告知更上一级，由市总工会调整",
    },
    Parameter {
        name: DUTY_EXTENSION_DAYS,
        label: "一次延期最多天数",
        unit: "天",
        kind: Kind::Number(1, 365),
        first: "60",
        source: "平台初始值：上级工会一次最多给下级延期多少天，由市总工会按工作需要调整",
    },
    Parameter {
        name: RECTIFICATION_LONGEST_DAYS,
        label: "整改期限最长天数",
        unit: "天",
        kind: Kind::Number(7, 730),
        first: "180",
        source: "平台初始值：整改方案里一项措施最长可以定多少天，由市总工会按工作需要调整",
    },
    Parameter {
        name: RECTIFICATION_ROUNDS,
        label: "整改回访最多次数",
        unit: "次",
        kind: Kind::Number(1, 5),
        first: "2",
        source: "平台初始值：同一个问题最多请会员回访几次，之后由上一级工会核查，由市总工会调整",
    },
    Parameter {
        name: RECTIFICATION_REVIEW_DAYS,
        label: "上级核查整改的期限",
        unit: "个工作日",
        kind: Kind::Number(1, 60),
        first: "15",
        source: "平台初始值：回访不足 5 票或两次回访仍未整改到位的，上一级工会在此期限内核查，由市总工会调整",
    },
    Parameter {
        name: CLOSURE_DAYS,
        label: "整改回访天数",
        unit: "天",
        kind: Kind::Number(3, 30),
        first: "7",
        source: "平台初始值：整改回访的票箱开几天，由市总工会按工作需要调整",
    },
    Parameter {
        name: CLOSURE_REOPEN_PERCENT,
        label: "整改重新办理线",
        unit: "%",
        kind: Kind::Number(1, 100),
        first: "30",
        source: "平台初始值：回访中“没有整改”加一半“部分整改”达到此比例的，重新整改，由市总工会调整",
    },
    Parameter {
        name: BALLOT_BATCH,
        label: "截止前混洗选票的最少张数",
        unit: "张",
        kind: Kind::Number(5, 1_000),
        first: "20",
        source: "平台初始值：张数越多越难猜出谁投了哪张；《中国工会章程》、总工发〔2009〕28号要求无记名测评，未规定张数",
    },
    Parameter {
        name: OPINION_ANSWER_DAYS,
        label: "评议意见的答复期限",
        unit: "个工作日",
        kind: Kind::Number(1, 60),
        first: "15",
        source: "平台初始值：参照政务服务“好差评”各地 15 个工作日内整改反馈的规定；全国性文件未规定评议意见的答复期限，由市总工会调整",
    },
    Parameter {
        name: REMINDER_MOST,
        label: "一次评议最多提醒几轮",
        unit: "轮",
        kind: Kind::Number(0, 3),
        first: "3",
        source: "平台初始值：开启时、过半时、截止前各一轮，只提醒还没有领票的人；由市总工会调整，0 表示不提醒",
    },
    Parameter {
        name: REMINDER_LAST_HOURS,
        label: "最后一轮提醒在截止前",
        unit: "小时",
        kind: Kind::Number(1, 168),
        first: "24",
        source: "平台初始值：截止前一天提醒最后一次，由市总工会调整",
    },
    Parameter {
        name: REMINDER_APART_HOURS,
        label: "两轮提醒至少相隔",
        unit: "小时",
        kind: Kind::Number(0, 168),
        first: "12",
        source: "平台初始值：评议期短的，少提醒一轮，不让人一天收到两次，由市总工会调整",
    },
    Parameter {
        name: REMINDER_NIGHT_FROM,
        label: "夜间不提醒：从几点起",
        unit: "点",
        kind: Kind::Number(12, 24),
        first: "21",
        source: "平台初始值：21 点到次日 8 点不打扰职工休息，顺延到早上；24 表示晚上不限",
    },
    Parameter {
        name: REMINDER_NIGHT_UNTIL,
        label: "夜间不提醒：到几点止",
        unit: "点",
        kind: Kind::Number(0, 12),
        first: "8",
        source: "平台初始值：21 点到次日 8 点不打扰职工休息，顺延到早上；0 表示早上不限",
    },
    Parameter {
        name: REMINDER_SMS,
        label: "提醒同时发短信",
        unit: "0 不发，1 发",
        kind: Kind::Number(0, 1),
        first: "0",
        source: "平台初始值：默认只发站内消息，不发短信；由市总工会按短信经费决定",
    },
    Parameter {
        name: BURST_SHARE,
        label: "集中领票提示：二十分钟内占比",
        unit: "%",
        kind: Kind::Number(10, 100),
        first: "40",
        source: "平台初始值：仅供上级核查参考，不作为认定依据；由市总工会按实际情况调整",
    },
    Parameter {
        name: BURST_LEAST,
        label: "集中领票提示：二十分钟内人数",
        unit: "人",
        kind: Kind::Number(5, 10_000),
        first: "20",
        source: "平台初始值：人少的评议一起参加是常事，不提示；由市总工会按实际情况调整",
    },
    Parameter {
        name: DEPARTMENT_LINK_DAYS,
        label: "部门回应链接的有效期",
        unit: "天",
        kind: Kind::Number(1, 180),
        first: "30",
        source: "平台初始值：发给被评议部门的一次性链接几天内有效，由发起评议的工会按来函期限调整",
    },
    Parameter {
        name: DEPARTMENT_LINK_USES,
        label: "部门回应链接一天最多打开",
        unit: "次",
        kind: Kind::Number(5, 1_000),
        first: "50",
        source: "平台初始值：够一个部门传阅，防止链接外泄后被反复试用；由市总工会调整",
    },
];
