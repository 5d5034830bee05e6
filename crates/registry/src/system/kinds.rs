//! What kinds of event are called. A kind without a name here is shown as it is.

const KINDS: &[(&str, &str)] = &[
    ("account.created", "建立账号"),
    ("account.disabled", "停用账号"),
    ("account.enabled", "恢复账号"),
    ("account.locked", "账号锁定"),
    ("account.password_changed", "修改密码"),
    ("account.person_attached", "账号关联本人"),
    ("account.phone_changed", "更换手机号"),
    ("account.reset", "重置密码和动态口令"),
    ("account.sign_in_begun", "登录第一步"),
    ("account.sign_in_failed", "登录失败"),
    ("account.signed_in", "登录"),
    ("account.signed_out", "退出登录"),
    ("account.signed_out_everywhere", "退出全部登录"),
    ("account.totp_enrolled", "设置动态口令"),
    ("account.unlocked", "解除锁定"),
    ("application.approved", "批准入会"),
    ("application.dispatched", "分派入会申请"),
    ("application.expired", "入会申请逾期"),
    ("application.overdue", "入会申请超期未答复"),
    ("application.returned", "退回入会申请"),
    ("application.submitted", "提交入会申请"),
    ("application.withdrawn", "撤回入会申请"),
    ("ballot_key.claimed", "启用选票密钥"),
    ("ballot_key.destroyed", "销毁选票密钥"),
    ("calendar.changed", "登记工作日调整"),
    ("campaign.prepared", "评议活动准备完成"),
    ("campaign.started", "发起评议活动"),
    ("campaign.withdrawn", "撤回评议活动"),
    ("chain.verified", "验证操作记录"),
    ("consent.given", "同意个人信息处理说明"),
    ("department.added", "登记被评议部门"),
    ("department.ended", "停用被评议部门"),
    ("employer.alias_added", "登记单位别名"),
    ("employer.alias_removed", "删除单位别名"),
    ("employer.imported", "导入用人单位"),
    ("evaluation.adjusted", "修改评议草稿"),
    ("evaluation.audited", "开封复核选票"),
    ("evaluation.closing", "评议截止"),
    ("evaluation.created", "发起评议"),
    ("evaluation.freezing", "核定评议名单"),
    ("evaluation.held_back", "评议暂缓开启"),
    ("evaluation.opened", "开启评议"),
    ("evaluation.published", "公布评议结果"),
    ("evaluation.too_few", "票数不足，不公布结果"),
    ("evaluation.too_small", "评议人数不足"),
    ("evaluation.withdrawn", "撤回评议草稿"),
    ("export.expired", "导出文件到期删除"),
    ("export.ready", "导出文件写成"),
    ("export.requested", "申请导出会员名单"),
    ("export.taken", "下载导出文件"),
    ("handover.ended", "认领码失效"),
    ("handover.issued", "发放认领码"),
    ("import.cancelled", "取消导入"),
    ("import.check_started", "开始检查导入文件"),
    ("import.checked", "检查完导入文件"),
    ("import.columns_adjusted", "调整导入文件的列"),
    ("import.created", "建立导入"),
    ("import.error_file_taken", "下载没有导入的行"),
    ("import.failed", "导入中断"),
    ("import.finished", "导入完成"),
    ("import.resumed", "继续导入"),
    ("import.started", "开始导入"),
    ("join.identity_refused", "证件号码已被占用"),
    ("mandate.recorded", "登记委托"),
    ("mandate.revoked", "撤销委托"),
    ("member.approved", "批准会员"),
    ("membership.ended", "终止会籍"),
    ("membership.imported", "导入会籍"),
    ("membership.retained", "会籍保留"),
    ("membership.started", "会籍开始"),
    ("organization.contact_changed", "变更工会联系方式"),
    ("organization.dissolved", "撤销工会"),
    ("organization.employer_linked", "补登工会对应的单位"),
    ("organization.established", "批准建会"),
    ("organization.imported", "导入工会"),
    ("organization.join_link_renewed", "更换入会二维码"),
    ("organization.moved", "调整工会隶属关系"),
    ("organization.officer_appointed", "登记工会干部任职"),
    ("organization.officer_ended", "登记工会干部离任"),
    ("organization.officer_imported", "导入工会干部任职"),
    ("organization.proposed", "申请建会"),
    ("organization.renamed", "变更工会名称"),
    ("organization.returned", "退回建会申请"),
    ("organization.stage_approved", "建会审批通过一级"),
    ("parameter.set", "登记业务参数"),
    ("person.entered", "登记人员"),
    ("personal_data.exported", "导出个人信息"),
    ("personal_data.revealed", "查看完整个人信息"),
    ("role.granted", "授予角色"),
    ("role.revoked", "收回角色"),
    ("scheme.added", "登记测评方案"),
    ("takeover.done", "认领会籍"),
    ("takeover.refused", "认领会籍没有核对上"),
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
        assert!(KINDS.windows(2).all(|pair| pair[0].0 < pair[1].0), "sorted, each once");
        assert!(KINDS.iter().all(|(kind, label)| kind.contains('.') && !label.is_empty()));
        assert_eq!(label("role.granted"), "授予角色");
        assert_eq!(label("box.opened"), "box.opened");
    }
}
