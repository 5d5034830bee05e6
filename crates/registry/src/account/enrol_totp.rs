//! Enrols the second factor: the secret is shown once (and again on a reload, while
//! the same session lasts), and comes into force with the first right code.

use kernel::error::AUTH_REQUIRED;
use kernel::event::Event;
use kernel::routes::Nothing;
use kernel::{Cx, Error, Id, Result, Tx};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Serialize;
use utoipa::ToSchema;

use super::enrolment_entity as enrolment;
use super::limits::Limits;
use super::signed::{self, Signed};
use super::totp::{self, TotpInput};
use super::{TOTP_WRONG, vault};

/// Who the authenticator app says that the code is for.
const ISSUER: &str = "智工";

/// The secret in the three forms an authenticator app takes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TotpSecret {
    /// Base 32, to be typed.
    pub secret: String,
    /// `otpauth://` address.
    pub uri: String,
    /// The address as a QR code, an SVG picture.
    pub qr_svg: String,
}

/// Shows the secret.
///
/// # Errors
/// `auth.required` unless this is due, `account.disabled`, or the database.
pub async fn enrol_totp(cx: Cx, _: Nothing) -> Result<TotpSecret> {
    let session = signed::due(&cx, "enrol_totp")?;
    let tx = cx.begin().await?;
    let account = signed::account_of(&tx, &session).await?;
    let secret = secret_of(&tx, session.id, account.id).await?;
    let label = account.login.or(account.name).unwrap_or_default();
    let uri = totp::uri(&secret, ISSUER, &label);
    let qr_svg = picture(&uri)?;
    tx.commit(TotpSecret { secret: totp::base32(&secret), uri, qr_svg }).await
}

/// Puts the second factor in force.
///
/// # Errors
/// `auth.required` unless this is due, `totp.wrong`, `account.disabled`, or the database.
pub async fn confirm_totp(cx: Cx, input: TotpInput) -> Result<Signed> {
    let session = signed::due(&cx, "enrol_totp")?;
    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    let account = signed::account_of(&tx, &session).await?;
    let row = enrolment::Entity::find_by_id(session.id).one(&tx).await?;
    let row = row.ok_or_else(|| Error::from(AUTH_REQUIRED.refusal()))?;
    let keys = tx.app().keys.as_ref();
    let secret = vault::open_totp(keys, account.id, &row.secret_sealed)?;
    let Some(step) = totp::check(&secret, &input.code, tx.now())? else {
        return Err(TOTP_WRONG.refusal().on("code").into());
    };
    let enrol = "UPDATE account SET totp_sealed = $2, totp_last_step = $3 WHERE id = $1 AND totp_sealed IS NULL";
    if tx.execute_sql(enrol, [account.id.into(), row.secret_sealed.into(), step.into()]).await? == 0 {
        return Err(AUTH_REQUIRED.refusal().into());
    }
    tx.execute_sql("DELETE FROM totp_enrolment WHERE account_id = $1", [account.id.into()]).await?;
    tx.record(Event::of("account.totp_enrolled", "account", account.id)).await?;
    signed::spend(&tx, &session).await?;
    let signed = signed::start(&tx, &cx, &account, "done", &limits, "totp").await?;
    tx.commit(signed).await
}

async fn secret_of(tx: &Tx, session: Id, account: Id) -> Result<[u8; 20]> {
    let keys = tx.app().keys.as_ref();
    let fresh = rand::random::<[u8; 20]>();
    let row = enrolment::ActiveModel {
        session_id: Set(session),
        account_id: Set(account),
        secret_sealed: Set(vault::seal_totp(keys, account, &fresh)?),
        created_at: Set(tx.now()),
    };
    let claimed = enrolment::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(tx).await? == 1 {
        return Ok(fresh);
    }
    let row = enrolment::Entity::find_by_id(session).one(tx).await?.ok_or(Error::Contention)?;
    vault::open_totp(keys, account, &row.secret_sealed)
}

fn picture(text: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
    Ok(code.render::<svg::Color>().min_dimensions(200, 200).build())
}
