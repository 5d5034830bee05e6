//! A member draws her ballot: her name is entered, and a token is signed that nobody but her device can read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DurationRound, TimeDelta};
use kernel::combine::{Action, Outcome};
use kernel::crypto::digest::sm3;
use kernel::db::insert_rows;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::Entity;
use super::{POLL_CLOSED, POLL_DRAWN, POLL_EARLY, POLL_NOT_ELECTOR, draw_entity as draw, lock};
use crate::appraisal::elector_entity as elector;
use crate::ballot::issuer::BallotIssuer;
use crate::ballot::{BALLOT_REQUEST, SeparatedTables, key};

/// How finely the moments of draws are kept, for the level above to see a burst after a meeting; never by person.
const SLOT: TimeDelta = TimeDelta::minutes(10);

/// What is said to somebody who took paper.
const ON_PAPER: &str = "您已经领了纸质票，每人只有一张，手机上不能再领。请填好纸质票，在截止前交回发票的工会。";

/// A token to be signed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DrawInput {
    /// The poll.
    pub id: Uuid,
    /// The blinded message in base64, made by the member's device.
    pub request: String,
    /// At a machine of a service site rather than on her own phone.
    #[serde(default)]
    pub kiosk: bool,
}

/// A signed token, still blinded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Drawn {
    /// The issuer's answer in base64.
    pub answer: String,
}

/// Draws the caller's ballot. The same request again gets the same answer, so a lost reply loses nothing.
///
/// # Errors
/// `poll.not_elector`, `poll.early`, `poll.closed`, `poll.drawn`, `ballot.request`; `not_found`.
pub async fn draw(cx: Cx, input: DrawInput) -> Result<Drawn> {
    cx.caller.account()?;
    let person = cx.caller.person_id().ok_or_else(|| POLL_NOT_ELECTOR.refusal())?;
    let request = STANDARD.decode(&input.request).map_err(|_| BALLOT_REQUEST.refusal().on("request"))?;
    let poll = Entity::find_by_id(input.id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    let listed = elector::Entity::find()
        .filter(elector::Column::EvaluationId.eq(poll.evaluation_id))
        .filter(elector::Column::PersonId.eq(person));
    if listed.count(cx.read()).await? == 0 {
        return Err(POLL_NOT_ELECTOR.refusal().into());
    }
    if cx.today() < poll.opens_on {
        return Err(POLL_EARLY.refusal().into());
    }
    if poll.closes_at <= cx.now() {
        return Err(POLL_CLOSED.refusal().into());
    }
    let issuer: Arc<dyn BallotIssuer> = match poll.issuer.as_str() {
        "blind_rsa" => Arc::new(key::issuer(cx.read(), cx.app.keys.as_ref(), poll.id).await?),
        _ => Arc::new(SeparatedTables::new(Arc::clone(&cx.app.keys), poll.id)),
    };
    // Signed before it is entered: what cannot be signed must not use up her one draw.
    let (signer, asked) = (Arc::clone(&issuer), request.clone());
    let answer = tokio::task::spawn_blocking(move || signer.issue(&asked)).await.map_err(Error::internal)??;
    let channel = if input.kiosk { "kiosk" } else { "phone" };
    let request_hash = sm3(&request);
    cx.app.combine(Draw { poll_id: poll.id, person, channel, request_hash, now: cx.now() }).await?;
    Ok(Drawn { answer: STANDARD.encode(answer) })
}

/// Enters that somebody drew.
struct Draw {
    poll_id: Id,
    person: Id,
    channel: &'static str,
    request_hash: [u8; 32],
    now: Time,
}

impl Action for Draw {
    const NAME: &'static str = "ballot.draw";
    type Answer = ();

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<()>>> {
        let open = lock::open_polls(tx, batch.iter().map(|one| one.poll_id)).await?;
        let mut sorted: Vec<&Self> = batch.iter().filter(|one| open.contains(&one.poll_id)).collect();
        sorted.sort_by_key(|one| (one.poll_id, one.person));
        let before = Self::entered(tx, &sorted).await?;
        let columns = ["poll_id", "person_id", "channel", "request_hash", "drawn_on"];
        insert_rows(tx, "draw", &columns, sorted.iter().map(|one| one.row()).collect(), "ON CONFLICT DO NOTHING")
            .await?;
        let entered = Self::entered(tx, &sorted).await?;
        let mine = |one: &&Self| {
            let key = (one.poll_id, one.person);
            !before.contains_key(&key) && entered.get(&key).is_some_and(|hash| one.is(hash.as_deref()))
        };
        let fresh: Vec<&Self> = sorted.iter().copied().filter(|one| mine(one)).collect();
        count(tx, &fresh).await?;
        let outcome = |one: &Self| match entered.get(&(one.poll_id, one.person)) {
            Some(hash) if one.is(hash.as_deref()) => Ok(()),
            Some(None) => Err(POLL_DRAWN.with(ON_PAPER)),
            Some(Some(_)) => Err(POLL_DRAWN.refusal()),
            None => Err(POLL_CLOSED.refusal()),
        };
        Ok(batch.iter().map(outcome).collect())
    }
}

impl Draw {
    /// Whether what is entered is this very request.
    fn is(&self, request_hash: Option<&[u8]>) -> bool {
        request_hash == Some(&self.request_hash[..])
    }

    fn row(&self) -> Vec<Value> {
        let hash = self.request_hash.to_vec();
        let day = kernel::calendar::china_day(self.now);
        vec![self.poll_id.into(), self.person.into(), self.channel.into(), hash.into(), day.into()]
    }

    /// Requests of those of the batch who are entered.
    async fn entered(tx: &Tx, batch: &[&Self]) -> Result<HashMap<(Id, Id), Option<Vec<u8>>>> {
        let mut entered = HashMap::new();
        let polls: BTreeSet<Id> = batch.iter().map(|one| one.poll_id).collect();
        for poll in polls {
            let people = batch.iter().filter(|one| one.poll_id == poll).map(|one| one.person);
            let rows = draw::Entity::find()
                .filter(draw::Column::PollId.eq(poll))
                .filter(draw::Column::PersonId.is_in(people))
                .all(tx)
                .await?;
            entered.extend(rows.into_iter().map(|row| ((poll, row.person_id), row.request_hash)));
        }
        Ok(entered)
    }
}

/// Adds up the draws of a slot of time, of whole polls only.
async fn count(tx: &Tx, fresh: &[&Draw]) -> Result<()> {
    let mut slots: BTreeMap<(Id, Time), BTreeSet<Id>> = BTreeMap::new();
    for one in fresh {
        let slot = one.now.duration_trunc(SLOT).map_err(Error::internal)?;
        slots.entry((one.poll_id, slot)).or_default().insert(one.person);
    }
    let add = "INSERT INTO draw_slot (poll_id, slot, draws) VALUES ($1, $2, $3)
        ON CONFLICT (poll_id, slot) DO UPDATE SET draws = draw_slot.draws + excluded.draws";
    for ((poll, slot), people) in slots {
        let draws = i64::try_from(people.len()).map_err(Error::internal)?;
        tx.execute_sql(add, [poll.into(), slot.into(), draws.into()]).await?;
    }
    Ok(())
}
