//! Who stands behind a code that was scanned or typed.

use kernel::crypto::{blind_index, open};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::code::{self, Standing};
use super::misses::{self, Guesser};
use super::parameters::{self, CODE_MISSES, SHORT_MISSES};
use super::rules::Channel;
use super::{
    COUNTER_CODE, COUNTER_CODE_LATE, COUNTER_CODE_LOCKED, COUNTER_SHORT, COUNTER_SHORT_LOCKED, device_entity as device,
};

/// Whose wallet, and which code is used up.
pub(super) struct Payer {
    pub(super) person_id: Id,
    pub(super) channel: Channel,
    pub(super) source: (Id, i64),
}

/// Where the secret of a device is sealed for.
pub(super) fn secret_place(device: Id) -> String {
    format!("pay_device.secret:{device}")
}

/// The blind index of four digits in a shop.
pub(super) fn short_digest(cx: &Cx, shop: Id, digits: &str) -> Vec<u8> {
    blind_index(cx.app.keys.as_ref(), "short_code.digest", &format!("{shop}|{digits}")).to_vec()
}

/// Whether four digits are meant, rather than a whole pay code.
pub(super) fn is_short(text: &str) -> bool {
    let text = text.trim();
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Finds who pays. `guesser` is the cashier or the till whose wrong codes are counted.
pub(super) async fn find(cx: &Cx, text: &str, shop: Id, points_cents: i64, guesser: Id) -> Result<Payer> {
    if is_short(text) { by_short(cx, text.trim(), shop, points_cents).await } else { by_code(cx, text, guesser).await }
}

async fn by_code(cx: &Cx, text: &str, guesser: Id) -> Result<Payer> {
    // Something else was scanned: no guess.
    let said = code::parse(text).ok_or_else(|| COUNTER_CODE.refusal().on("code"))?;
    let guesser = Guesser::Code(guesser);
    let most = parameters::values(cx.read(), cx.today()).await?.get(CODE_MISSES)?;
    if misses::locked(cx, guesser, most).await? {
        return Err(COUNTER_CODE_LOCKED.refusal().into());
    }
    let row = device::Entity::find()
        .filter(device::Column::Number.eq(said.number.as_str()))
        .filter(device::Column::RevokedAt.is_null())
        .one(cx.read())
        .await?;
    let Some(device::Model { id, person_id, secret_sealed: Some(sealed), good_until, .. }) = row else {
        return misses::missed(cx, guesser, COUNTER_CODE.refusal().on("code")).await;
    };
    let secret = open(cx.app.keys.as_ref(), &secret_place(id), &sealed).map_err(Error::internal)?;
    match code::standing(&secret, said.digits, cx.now()) {
        Standing::Good(step) if cx.now() < good_until => {
            Ok(Payer { person_id, channel: Channel::Code, source: (id, step) })
        }
        Standing::Good(_) | Standing::Late => Err(COUNTER_CODE_LATE.refusal().on("code").into()),
        Standing::Wrong => misses::missed(cx, guesser, COUNTER_CODE.refusal().on("code")).await,
    }
}

async fn by_short(cx: &Cx, digits: &str, shop: Id, points_cents: i64) -> Result<Payer> {
    let guesser = Guesser::Short(shop);
    let most = parameters::values(cx.read(), cx.today()).await?.get(SHORT_MISSES)?;
    let taken = misses::take(cx, guesser, most).await?.ok_or_else(|| COUNTER_SHORT_LOCKED.refusal())?;
    let sql = "SELECT id, person_id, amount_cents FROM short_code
        WHERE shop_id = $1 AND digest = $2 AND ended_at IS NULL AND expires_at > $3";
    let values = [shop.into(), short_digest(cx, shop, digits).into(), cx.now().into()];
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, values)).await?;
    if let Some(row) = row {
        let amount_cents: i64 = row.try_get("", "amount_cents")?;
        if amount_cents == points_cents {
            misses::give_back(cx, guesser, taken).await?;
            let source = (row.try_get("", "id")?, 0);
            return Ok(Payer { person_id: row.try_get("", "person_id")?, channel: Channel::Short, source });
        }
    }
    Err(COUNTER_SHORT.refusal().on("code").into())
}
