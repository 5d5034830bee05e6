//! Changes the phone, proved by a code sent to the new one.

use kernel::event::Event;
use kernel::notice;
use kernel::routes::Done;
use kernel::{Cx, Id, Result, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::entity::Model;
use super::limits::Limits;
use super::{PHONE_TAKEN, code, create, vault};
use crate::person::contact;
use crate::person::phone::Phone;

/// The new phone and the code that was sent to it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ChangePhoneInput {
    /// The new phone.
    pub phone: String,
    /// Six digits.
    pub code: String,
}

/// Changes it in the account and in its person; both phones are told.
///
/// # Errors
/// `phone.format`, `code.*`, `phone.taken`, or the database.
pub async fn change_phone(cx: Cx, input: ChangePhoneInput) -> Result<Done> {
    let phone = Phone::parse(&input.phone)?;
    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    if let Some(refusal) = code::judge(&tx, &limits, &phone, &input.code).await? {
        return tx.refuse(refusal).await;
    }
    let account = create::by_id(&tx, cx.caller.account()?).await?;
    let keys = tx.app().keys.as_ref();
    match create::find_by_phone(&tx, keys, &phone).await? {
        Some(holder) if holder.id == account.id => return tx.commit(Done {}).await,
        // Only who holds the phone learns that it is taken: the code was right.
        Some(_) => return tx.refuse(PHONE_TAKEN.refusal().on("phone")).await,
        None => {}
    }
    let (sealed, digest) = (vault::seal_phone(keys, account.id, &phone)?, vault::phone_digest(keys, &phone));
    let update = "UPDATE account SET phone_sealed = $2, phone_digest = $3 WHERE id = $1";
    tx.execute_sql(update, [account.id.into(), sealed.into(), digest.into()]).await?;
    if let Some(person) = account.person_id {
        contact::set_phone(&tx, person, &phone).await?;
    }
    let event = tx.record(Event::of("account.phone_changed", "account", account.id)).await?;
    tell(&tx, &account, &phone, event).await?;
    tx.commit(Done {}).await
}

async fn tell(tx: &Tx, account: &Model, phone: &Phone, event: Id) -> Result<()> {
    let masked = phone.masked();
    let text = format!("您的智慧工会账号已改用 {masked} 登录。如果不是您本人办理，请马上拨打 12351。");
    notice::sms(tx, phone.as_str(), &text).await?;
    if let Some(sealed) = &account.phone_sealed {
        let former = vault::open_phone(tx.app().keys.as_ref(), account.id, sealed)?;
        notice::sms(tx, &former, &text).await?;
    }
    let new = notice::New {
        account_id: account.id,
        kind: "account.phone_changed",
        title: "登录手机号换好了".to_owned(),
        body: text,
        link: None,
        event_id: Some(event),
    };
    notice::send(tx, new).await?;
    Ok(())
}
