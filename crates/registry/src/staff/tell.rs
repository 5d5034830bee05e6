//! Notices to the person whose account or role was changed; a change nobody expected is noticed by them first.

use kernel::access::grant;
use kernel::notice::{self, New};
use kernel::time::Day;
use kernel::{Id, Result, Tx};

use super::names::organizations_named;

pub(super) async fn granted(tx: &Tx, account: Id, role: &str, node: Id, last_day: Option<Day>) -> Result<()> {
    let until = last_day.map_or_else(|| "长期有效".to_owned(), |day| format!("到 {day} 止（含当日）"));
    let body =
        format!("您在“{}”担任“{}”，{until}。如有疑问，请联系安全管理员。", node_name(tx, node).await?, label(tx, role));
    send(tx, account, "role.granted", "您有了新的岗位权限", body).await
}

pub(super) async fn revoked(tx: &Tx, row: &grant::Model, reason: &str) -> Result<()> {
    let (place, role) = (node_name(tx, row.node_id).await?, label(tx, &row.role));
    let body = format!("您在“{place}”的“{role}”权限已收回，原因：{reason}。如有疑问，请联系安全管理员。");
    send(tx, row.account_id, "role.revoked", "您的岗位权限已收回", body).await
}

pub(super) async fn reset(tx: &Tx, account: Id, reason: &str) -> Result<()> {
    let body =
        format!("您的密码和动态口令已由系统管理员重置，原因：{reason}。如果不是您本人要求，请立即联系审计管理员。");
    send(tx, account, "account.reset", "您的密码已重置", body).await
}

pub(super) async fn unlocked(tx: &Tx, account: Id, reason: &str) -> Result<()> {
    let body =
        format!("您的账号已由系统管理员解除锁定，原因：{reason}。如果不是您本人要求，请立即修改密码并联系系统管理员。");
    send(tx, account, "account.unlocked", "您的账号已解除锁定", body).await
}

pub(super) async fn disabled(tx: &Tx, account: Id, reason: &str) -> Result<()> {
    let body = format!("您的账号已停用，岗位权限随之收回，原因：{reason}。如有疑问，请联系系统管理员。");
    send(tx, account, "account.disabled", "您的账号已停用", body).await
}

pub(super) async fn enabled(tx: &Tx, account: Id, reason: &str) -> Result<()> {
    let body = format!("您的账号已恢复，原因：{reason}。原来的岗位权限需要由安全管理员重新授予。");
    send(tx, account, "account.enabled", "您的账号已恢复", body).await
}

async fn send(tx: &Tx, account_id: Id, kind: &'static str, title: &str, body: String) -> Result<()> {
    notice::send(tx, New { account_id, kind, title: title.to_owned(), body, link: None, event_id: None }).await?;
    Ok(())
}

fn label<'a>(tx: &Tx, role: &'a str) -> &'a str {
    tx.app().policy.find(role).map_or(role, |role| role.label)
}

async fn node_name(tx: &Tx, node: Id) -> Result<String> {
    Ok(organizations_named(tx, [node].into()).await?.remove(&node).unwrap_or_else(|| "本级工会".to_owned()))
}
