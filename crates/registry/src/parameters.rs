//! Dated parameters that the registry declares; their values stand in the table.

use kernel::parameter::{Kind, Parameter};

/// Working days until a union answers an application to join.
pub const JOIN_ANSWER: &str = "join.answer_working_days";
/// Working days until the level above answers a founding.
pub const FOUNDING_ANSWER: &str = "founding.answer_working_days";
/// Wrong tries that burn a sign-in code.
pub const CODE_TRIES: &str = "sms.tries";
/// Days that a code for taking over an imported record is good, the day it is handed out not counted.
pub const TAKEOVER_CODE_DAYS: &str = "takeover.code_days";
/// ICP filing number at the foot of every page; [`NO_FILING_NUMBER`] until there is one.
pub const FILING_NUMBER: &str = "site.filing_number";

/// Days that the files of an import are kept.
pub const IMPORT_KEEP: &str = "import.keep_days";

/// Exports of members that an account may ask for in a day.
pub const EXPORT_PER_DAY: &str = "export.per_day";
/// Days that the file of an export is kept.
pub const EXPORT_KEEP: &str = "export.keep_days";

/// What the filing number says before there is one.
pub const NO_FILING_NUMBER: &str = "无";

/// Every parameter of the registry, for seeding and for the administrators' list.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: JOIN_ANSWER,
        label: "入会申请答复期限",
        unit: "个工作日",
        kind: Kind::Number(1, 30),
        first: "5",
        source: "平台服务承诺（初始值，由市总工会按本地规定调整）",
    },
    Parameter {
        name: FOUNDING_ANSWER,
        label: "建会申请答复期限",
        unit: "个工作日",
        kind: Kind::Number(1, 60),
        first: "15",
        source: "平台初始值：《工会法》第十二条要求报上一级工会批准，未规定答复期限；启用前由市总工会按本地规定改定",
    },
    Parameter {
        name: CODE_TRIES,
        label: "验证码可试次数",
        unit: "次",
        kind: Kind::Number(3, 10),
        first: "5",
        source: "平台初始值，可由系统管理员按实际调整",
    },
    Parameter {
        name: TAKEOVER_CODE_DAYS,
        label: "认领码有效期",
        unit: "天",
        kind: Kind::Number(1, 30),
        first: "7",
        source: "平台初始值，由市总工会按实际调整",
    },
    Parameter {
        name: EXPORT_PER_DAY,
        label: "每人每天导出会员名单次数",
        unit: "次",
        kind: Kind::Number(1, 100),
        first: "10",
        source: "平台初始值：《个人信息保护法》第五十一条要求防止未经授权的访问和泄露，未规定次数；由市总工会按本地规定调整",
    },
    Parameter {
        name: EXPORT_KEEP,
        label: "导出文件保存天数",
        unit: "天",
        kind: Kind::Number(1, 30),
        first: "7",
        source: "平台初始值：《个人信息保护法》第十九条要求保存期限为实现处理目的所必要的最短时间；由市总工会按本地规定调整",
    },
    Parameter {
        name: FILING_NUMBER,
        label: "网站备案号",
        unit: "",
        kind: Kind::Text,
        first: NO_FILING_NUMBER,
        source: "《互联网信息服务管理办法》第八条、《非经营性互联网信息服务备案管理办法》第十三条：首页底部标明备案编号",
    },
    Parameter {
        name: IMPORT_KEEP,
        label: "导入文件保留期限",
        unit: "天",
        kind: Kind::Number(1, 365),
        first: "30",
        source: "平台初始值：《个人信息保护法》第十九条要求保存期限为实现处理目的所必要的最短时间，由市总工会按实际调整",
    },
];
