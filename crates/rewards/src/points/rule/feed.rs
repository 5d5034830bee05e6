//! The consumer of the sealed events: each event once, in order, for every rule that fits.

use std::collections::HashMap;

use kernel::app::App;
use kernel::calendar::china_day;
use kernel::command::retried;
use kernel::event::{Feed, Sealed};
use kernel::{Cx, Id, Result, Tx, node};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity;
use super::give::give;
use crate::ledger;

/// The consumer.
pub const FEED: Feed = Feed("point_rules");

/// Events of a step: few give points, and most are only passed over.
const EVENTS: u64 = 200;
/// Grants of a transaction: on `SQLite` nobody may hold the writer for longer than 20 ms.
const GRANTS: usize = 8;

/// Goes through what was sealed since the last time, to the end.
///
/// # Errors
/// What stopped it; what was granted stays, and it goes on there. A book that stands still is waited for.
pub async fn follow(app: &App) -> Result<()> {
    loop {
        match retried(async || step(app).await).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if ledger::is_stopped(&error) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Deals with the next events in one transaction; answers how many.
///
/// # Errors
/// Contention, or the database.
pub async fn step(app: &App) -> Result<usize> {
    let tx = Cx::system(app).begin_bulk().await?;
    let events = FEED.claim(&tx, EVENTS).await?;
    if events.is_empty() {
        return Ok(0);
    }
    let rules = rules(&tx).await?;
    let (mut done, mut granted) = (0, 0);
    let mut places = HashMap::new();
    for sealed in &events {
        for rule in rules.iter().filter(|rule| rule.event_kind == sealed.event.kind) {
            if fits(&tx, rule, sealed, &mut places).await? {
                give(&tx, rule, &sealed.event).await?;
                granted += 1;
            }
        }
        done += 1;
        if granted >= GRANTS {
            break;
        }
    }
    let dealt: Vec<Sealed> = events.into_iter().take(done).collect();
    FEED.advance(&tx, &dealt).await?;
    tx.commit(dealt.len()).await
}

/// Rules that are in force.
async fn rules(tx: &Tx) -> Result<Vec<entity::Model>> {
    let rows = entity::Entity::find().filter(entity::Column::State.eq("on")).order_by_asc(entity::Column::Id);
    Ok(rows.all(tx).await?)
}

/// Whether an event lies within a rule's days and below its union.
async fn fits(tx: &Tx, rule: &entity::Model, sealed: &Sealed, places: &mut HashMap<Id, Vec<Id>>) -> Result<bool> {
    let day = china_day(sealed.event.at);
    // What happened before the rule was made gives nothing, not even on its first day.
    if day < rule.from_on || day > rule.to_on || sealed.event.at < rule.made_at {
        return Ok(false);
    }
    let Some(place) = sealed.event.node_id else { return Ok(false) };
    if let Some(path) = places.get(&place) {
        return Ok(path.contains(&rule.organization_id));
    }
    let path = node::path(tx, place, day).await?;
    let fits = path.contains(&rule.organization_id);
    places.insert(place, path);
    Ok(fits)
}
