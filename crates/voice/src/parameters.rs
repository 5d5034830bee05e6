//! Dated parameters that this floor declares; their values stand in the table.

use kernel::parameter::{Kind, Parameter};

/// Ballot keys that are kept ready for polls to come.
pub const BALLOT_KEYS_READY: &str = "ballot.keys_ready";

/// Every parameter of the floor, for seeding and for the administrators' list.
pub const PARAMETERS: &[Parameter] = &[Parameter {
    name: BALLOT_KEYS_READY,
    label: "预备选票密钥个数",
    unit: "个",
    kind: Kind::Number(1, 10_000),
    first: "64",
    source: "平台初始值：每次评议用一把密钥，每把约需 0.2 秒备好；集中开启评议之前由系统管理员按场次调高",
}];
