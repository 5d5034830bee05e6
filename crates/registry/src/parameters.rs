//! Dated parameters that the registry declares; their values stand in the table.

use kernel::parameter::{Kind, Parameter};

/// Working days until a union answers an application to join.
pub const JOIN_ANSWER: &str = "join.answer_working_days";

/// Every parameter of the registry, for seeding and for the administrators' list.
pub const PARAMETERS: &[Parameter] = &[Parameter {
    name: JOIN_ANSWER,
    label: "入会申请答复期限",
    unit: "个工作日",
    kind: Kind::Number(1, 30),
    first: "5",
    source: "平台服务承诺（初始值，由市总工会按本地规定调整）",
}];
