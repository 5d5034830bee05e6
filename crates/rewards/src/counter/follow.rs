//! Both phones hear at once what became of a payment: a stream for pages that stand open, and the same as a list for those
//! whose stream is cut.

use std::collections::VecDeque;
use std::time::Duration;

use futures::{StreamExt, stream};
use kernel::error::Error;
use kernel::live::Listener;
use kernel::routes::Messages;
use kernel::{Cx, Id, Result};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{Of, PaymentStep};
use super::{COUNTER_NOBODY, today};

/// How often a page that stands open is looked for without a bell: another server rings none here.
const LOOK: Duration = Duration::from_secs(5);
/// Most steps that are told at once.
const MOST: i64 = 100;

/// After which number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewsInput {
    /// The largest number known; what happens from now on unless told.
    #[serde(default)]
    pub after: Option<i64>,
}

/// After which number, at which shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopNewsInput {
    /// The shop.
    pub shop_id: Uuid,
    /// The largest number known; what happens from now on unless told.
    #[serde(default)]
    pub after: Option<i64>,
}

/// What happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct News {
    /// In the order in which it happened.
    pub items: Vec<PaymentStep>,
    /// The number to ask after next.
    pub after: i64,
}

/// Whose payments are followed.
#[derive(Debug, Clone, Copy)]
enum Followed {
    Person(Id),
    Shop(Id),
}

impl Followed {
    /// The bell.
    fn topic(self) -> Id {
        match self {
            Self::Person(id) | Self::Shop(id) => id,
        }
    }

    /// The rows, of a shop those of today.
    fn of(self, cx: &Cx) -> Of {
        match self {
            Self::Person(id) => Of::Person(id),
            Self::Shop(id) => Of::Shop(id, cx.today()),
        }
    }
}

fn me(cx: &Cx) -> Result<Followed> {
    Ok(Followed::Person(cx.caller.person_id().ok_or_else(|| COUNTER_NOBODY.refusal())?))
}

async fn here(cx: &Cx, shop: Id) -> Result<Followed> {
    today::stands(cx, shop).await?;
    Ok(Followed::Shop(shop))
}

/// Lists what happened to the caller's payments.
///
/// # Errors
/// `counter.nobody`; the database.
pub async fn my_news(cx: Cx, input: NewsInput) -> Result<News> {
    let followed = me(&cx)?;
    news(&cx, followed, input.after).await
}

/// Lists what happened at a shop today.
///
/// # Errors
/// 404 for who does not work there; the database.
pub async fn shop_news(cx: Cx, input: ShopNewsInput) -> Result<News> {
    let followed = here(&cx, input.shop_id).await?;
    news(&cx, followed, input.after).await
}

/// Tells what happens to the caller's payments.
///
/// # Errors
/// `counter.nobody`; `system.busy` when too many pages stand open; the database.
pub async fn my_live(cx: Cx, input: NewsInput) -> Result<Messages<PaymentStep>> {
    let followed = me(&cx)?;
    live(cx, followed, input.after).await
}

/// Tells what happens at a shop.
///
/// # Errors
/// 404 for who does not work there; `system.busy` when too many pages stand open; the database.
pub async fn shop_live(cx: Cx, input: ShopNewsInput) -> Result<Messages<PaymentStep>> {
    let followed = here(&cx, input.shop_id).await?;
    live(cx, followed, input.after).await
}

/// The number of the last step so far.
async fn last(cx: &Cx) -> Result<i64> {
    let row = cx.read().query_one_raw(cx.app.db.statement("SELECT seq FROM counter_gate WHERE id = 1", [])).await?;
    Ok(row.ok_or_else(|| Error::internal("the counter has no gate"))?.try_get("", "seq")?)
}

async fn news(cx: &Cx, followed: Followed, after: Option<i64>) -> Result<News> {
    let after = match after {
        Some(after) => after,
        None => last(cx).await?,
    };
    let items = followed.of(cx).after(cx.read(), after, MOST).await?;
    let after = items.last().map_or(after, |row| row.seq);
    Ok(News { items, after })
}

struct Following {
    cx: Cx,
    followed: Followed,
    listener: Listener,
    after: i64,
    told: VecDeque<PaymentStep>,
}

async fn live(cx: Cx, followed: Followed, after: Option<i64>) -> Result<Messages<PaymentStep>> {
    // Before the number is looked up: what happens in between rings.
    let listener = cx.app.live.listen(followed.topic())?;
    let known = after.is_some();
    let after = match after {
        Some(after) => after,
        None => last(&cx).await?,
    };
    let mut following = Following { cx, followed, listener, after, told: VecDeque::new() };
    if known {
        following.look().await?;
    }
    Ok(stream::unfold(following, |mut following| async move {
        let row = following.next().await?;
        Some((row, following))
    })
    .boxed())
}

impl Following {
    async fn look(&mut self) -> Result<()> {
        let rows = self.followed.of(&self.cx).after(self.cx.read(), self.after, MOST).await?;
        self.after = rows.last().map_or(self.after, |row| row.seq);
        self.told.extend(rows);
        Ok(())
    }

    /// The next one; none when the process stops or the database is away, and then the page asks again.
    async fn next(&mut self) -> Option<PaymentStep> {
        loop {
            if let Some(row) = self.told.pop_front() {
                return Some(row);
            }
            if !self.listener.wait(LOOK).await {
                return None;
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "payments that are followed were not read");
                return None;
            }
        }
    }
}
