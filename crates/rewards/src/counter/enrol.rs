//! A phone gets the secret from which it makes pay codes without a network.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::crypto::seal;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx};
use rand::RngExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::code::{PREFIX, STEP_SECONDS};
use super::parameters::{self, DEVICE_DAYS, DEVICES};
use super::{COUNTER_NOBODY, device_entity as device, payer, revoke, rules};

/// Which phone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EnrolInput {
    /// What the member will know it by.
    pub label: String,
    /// The device that this one was before: its secret is replaced.
    #[serde(default)]
    pub replaces: Option<Uuid>,
}

/// What the phone keeps. The secret is told this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct Enrolled {
    /// The device.
    pub device_id: Uuid,
    /// How its codes begin.
    pub prefix: String,
    /// Its number, eight digits.
    pub number: String,
    /// 32 bytes in base64.
    pub secret: String,
    /// Seconds after which the code is another one.
    pub step_seconds: i64,
    /// From then on it needs a new secret.
    pub good_until: DateTime<Utc>,
    /// The server's clock.
    pub now: DateTime<Utc>,
}

/// Gives the caller's device a secret. Of more devices than are allowed the oldest one is revoked.
///
/// # Errors
/// `counter.nobody`, `counter.form`; contention; the database.
pub async fn enrol(cx: Cx, input: EnrolInput) -> Result<Enrolled> {
    let account_id = cx.caller.account()?;
    let person_id = cx.caller.person_id().ok_or_else(|| COUNTER_NOBODY.refusal())?;
    let label = rules::text(&input.label, "label", "设备名称", 1, 60)?;
    // Answers are kept with their key of the request: this one must not be.
    let tx = cx.unclaimed().begin().await?;
    let values = parameters::values(&tx, tx.today()).await?;
    make_room(&tx, person_id, input.replaces, values.get(DEVICES)?).await?;
    let (id, secret) = (tx.id(), rand::random::<[u8; 32]>());
    let sealed = seal(tx.app().keys.as_ref(), &payer::secret_place(id), &secret).map_err(Error::internal)?;
    let good_until = tx.now() + TimeDelta::days(values.get(DEVICE_DAYS)?);
    let number = loop {
        let number = format!("{:08}", rand::rng().random_range(0..100_000_000_u32));
        let insert = "INSERT INTO pay_device
            (id, person_id, account_id, number, secret_sealed, label, enrolled_at, good_until)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        let values = [
            id.into(),
            person_id.into(),
            account_id.into(),
            number.clone().into(),
            sealed.clone().into(),
            label.clone().into(),
            tx.now().into(),
            good_until.into(),
        ];
        if tx.execute_sql(insert, values).await? == 1 {
            break number;
        }
    };
    tx.record(Event::of("pay_device.enrolled", "pay_device", id)).await?;
    let now = tx.now();
    tx.commit(()).await?;
    Ok(Enrolled {
        device_id: id,
        prefix: PREFIX.to_owned(),
        number,
        secret: STANDARD.encode(secret),
        step_seconds: STEP_SECONDS,
        good_until,
        now,
    })
}

async fn make_room(tx: &Tx, person: Id, replaces: Option<Id>, most: i64) -> Result<()> {
    let rows = device::Entity::find()
        .filter(device::Column::PersonId.eq(person))
        .filter(device::Column::RevokedAt.is_null())
        .order_by_asc(device::Column::EnrolledAt)
        .order_by_asc(device::Column::Id)
        .all(tx)
        .await?;
    let (former, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| Some(row.id) == replaces);
    for row in former {
        revoke::one(tx, row.id, "renewed").await?;
    }
    let least = usize::try_from(most - 1).unwrap_or_default();
    for row in others.iter().take(others.len().saturating_sub(least)) {
        revoke::one(tx, row.id, "crowded").await?;
    }
    Ok(())
}
