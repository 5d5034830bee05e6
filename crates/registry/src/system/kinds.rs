//! What kinds of event are called. A kind without a name here is shown as it is.

const KINDS: &[(&str, &str)] = &[
    ("role.granted", "授予角色"),
    ("role.revoked", "收回角色"),
    ("account.created", "建立账号"),
    ("account.reset", "重置密码和动态口令"),
    ("account.unlocked", "解除锁定"),
    ("account.disabled", "停用账号"),
    ("account.enabled", "恢复账号"),
    ("mandate.recorded", "登记委托"),
    ("mandate.revoked", "撤销委托"),
    ("parameter.changed", "登记业务参数"),
    ("calendar.changed", "登记工作日调整"),
    ("events.verified", "验证操作记录"),
];

/// The name of a kind, or the kind itself.
#[must_use]
pub fn label(kind: &str) -> &str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, label)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_name() {
        let mut seen = std::collections::BTreeSet::new();
        for (kind, label) in KINDS {
            assert!(seen.insert(kind), "{kind} named twice");
            assert!(kind.contains('.') && !label.is_empty());
        }
        assert_eq!(label("role.granted"), "授予角色");
        assert_eq!(label("box.opened"), "box.opened");
    }
}
