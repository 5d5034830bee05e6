//! Codes by SMS: one good code per phone, a pause between two, so many a day, so
//! many tries; the same answer whether the phone is known or not.

use kernel::crypto::password::{constant_time_eq, six_digit_code};
use kernel::notice;
use kernel::{Cx, Refusal, Result, Tx};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::limits::Limits;
use super::{CODE_BURNED, CODE_DAILY, CODE_EXPIRED, CODE_WAIT, CODE_WRONG, code_entity, vault};
use crate::person::phone::Phone;

/// Which phone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SendCodeInput {
    /// A mobile number of mainland China, as people write it.
    pub phone: String,
}

/// When to ask again, and how long the code is good.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CodeSent {
    /// Seconds until another code may be asked for.
    pub resend_after_seconds: i64,
    /// Seconds until this code runs out.
    pub expires_in_seconds: i64,
    /// The code itself, in a demo only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo_code: Option<String>,
}

/// Sends a code to a phone.
///
/// # Errors
/// `phone.format`, `code.wait`, `code.daily`, or the database.
pub async fn send_code(cx: Cx, input: SendCodeInput) -> Result<CodeSent> {
    let phone = Phone::parse(&input.phone)?;
    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    let code = six_digit_code();
    keep(&tx, &limits, &phone, &code).await?;
    let text = format!(
        "验证码 {code}，{} 分钟内有效，用于登录智慧工会。请勿告诉他人，工作人员不会向您索要。",
        limits.code_seconds / 60
    );
    let until = tx.now() + chrono::Duration::seconds(limits.code_seconds);
    notice::sms_until(&tx, phone.as_str(), &text, until).await?;
    let answer = CodeSent {
        resend_after_seconds: limits.code_resend_seconds,
        expires_in_seconds: limits.code_seconds,
        demo_code: cx.app.config.demo.then_some(code),
    };
    tx.commit(answer).await
}

/// Keeps the code as the only good one of its phone, within the limits.
async fn keep(tx: &Tx, limits: &Limits, phone: &Phone, code: &str) -> Result<()> {
    let keys = tx.app().keys.as_ref();
    let digest = vault::phone_digest(keys, phone);
    let hash = vault::code_hash(keys, &digest, code);
    let (now, today) = (tx.now(), tx.today());
    let expires = now + chrono::Duration::seconds(limits.code_seconds);
    let first = "INSERT INTO sign_in_code (phone_digest, code_hash, sent_at, expires_at, tries, sent_on, sent_count)
        VALUES ($1, $2, $3, $4, 0, $5, 1) ON CONFLICT DO NOTHING";
    let values = [digest.clone().into(), hash.clone().into(), now.into(), expires.into(), today.into()];
    if tx.execute_sql(first, values).await? == 1 {
        return Ok(());
    }
    let former = code_entity::Entity::find_by_id(digest.clone()).one(tx).await?;
    let former = former.ok_or(kernel::Error::Contention)?;
    let wait = (former.sent_at + chrono::Duration::seconds(limits.code_resend_seconds) - now).num_seconds();
    if wait > 0 {
        return Err(CODE_WAIT.with(format!("验证码刚刚发过，请 {wait} 秒后再重新获取。")).on("phone").into());
    }
    let sent = if former.sent_on == today { former.sent_count } else { 0 };
    if sent >= limits.code_daily {
        return Err(CODE_DAILY.refusal().on("phone").into());
    }
    let again = "UPDATE sign_in_code SET code_hash = $2, sent_at = $3, expires_at = $4, tries = 0, sent_on = $5,
        sent_count = $6 WHERE phone_digest = $1";
    let values = [digest.into(), hash.into(), now.into(), expires.into(), today.into(), (sent + 1).into()];
    tx.execute_sql(again, values).await?;
    Ok(())
}

/// Judges a code and uses it up. `Some` is the "no", already counted: the verb hands
/// it to [`Tx::refuse`], which commits the count.
pub(super) async fn judge(tx: &Tx, limits: &Limits, phone: &Phone, code: &str) -> Result<Option<Refusal>> {
    let keys = tx.app().keys.as_ref();
    let digest = vault::phone_digest(keys, phone);
    let row = code_entity::Entity::find_by_id(digest.clone()).one(tx).await?;
    let Some(row) = row.filter(|row| tx.now() < row.expires_at) else {
        return Ok(Some(CODE_EXPIRED.refusal().on("code")));
    };
    if row.tries >= limits.code_tries {
        return Ok(Some(CODE_BURNED.refusal().on("code")));
    }
    let hash = vault::code_hash(keys, &digest, code.trim());
    if constant_time_eq(&hash, &row.code_hash) {
        let spend = "UPDATE sign_in_code SET expires_at = $2 WHERE phone_digest = $1";
        tx.execute_sql(spend, [digest.into(), tx.now().into()]).await?;
        return Ok(None);
    }
    let count = "UPDATE sign_in_code SET tries = tries + 1 WHERE phone_digest = $1";
    tx.execute_sql(count, [digest.into()]).await?;
    let left = limits.code_tries - row.tries - 1;
    if left == 0 {
        return Ok(Some(CODE_BURNED.refusal().on("code")));
    }
    let sentence = format!("验证码不对，请核对短信后重新填写，还可以试 {left} 次。");
    Ok(Some(CODE_WRONG.with(sentence).on("code")))
}
