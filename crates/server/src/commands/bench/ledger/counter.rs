//! Payments a second over a loopback port: members who are signed in pay at the signs of shops, by the route that their
//! phones ask, each payment with an id of its own.
//!
//! Beside it, in turn and from as many callers: payments in process, which are orders of the ledger alone and the same
//! rate as in [`super::rates`]; a POST that does nothing; and the command of the route without HTTP and session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kernel::Cx;
use kernel::caller::Caller;
use kernel::id::Ids;
use kernel::parameter::{self, New};
use rewards::counter::PARAMETERS;
use rewards::counter::parameters::PERSON_DAY_TIMES;
use rewards::counter::pay::{PayInput, pay};
use serde_json::json;
use tokio::task::JoinSet;

use super::super::client::failed;
use super::super::http::{self, WARM_UP};
use super::super::people;
use super::super::report::Figure;
use super::super::rounds::abba;
use super::super::stage::Stage;
use super::till::{Till, load};
use super::{Size, shops};
use crate::fault::Fault;

/// How often a member may pay in a day here, the most that can be set: a few hundred pay what a city pays. Amounts stay
/// within the other limits, cent by cent.
const TIMES: &str = "10000";
const AMOUNT_CENTS: i64 = 1;

/// Over HTTP beside all three.
pub async fn measure(stage: &Stage, till: &Arc<Till>, size: &Size, time: Duration) -> Result<Vec<Figure>, Fault> {
    let (callers, shops) = (size.callers, size.merchants);
    raise_limit(stage).await?;
    let signs = Arc::new(Signs {
        ids: stage.app.ids.clone(),
        numbers: shops::open(stage, shops).await?,
        next: AtomicUsize::new(0),
    });
    let members = members(stage, till, callers).await?;
    // Once unmeasured, so that statements are prepared and pools are open.
    over_http(stage, &signs, callers, time.min(WARM_UP)).await?;
    let (paid, orders) =
        abba(async || over_http(stage, &signs, callers, time).await, async || load(till, shops, callers, time).await)
            .await?;
    let name = "payments over HTTP, signed in ÷ payments in process";
    let mut figures = vec![Figure::ratio(name, "payments/s", &paid, &orders).gated("≥ 0.4")];
    let (paid, no_ops) = abba(
        async || over_http(stage, &signs, callers, time).await,
        async || http::load(stage, http::NO_OP, &json!({}), callers, time).await,
    )
    .await?;
    let name = "payments over HTTP, signed in ÷ no-op POST over HTTP";
    figures.push(Figure::ratio(name, "requests/s", &paid, &no_ops));
    let (paid, commands) = abba(
        async || over_http(stage, &signs, callers, time).await,
        async || in_process(stage, &signs, &members, time).await,
    )
    .await?;
    let name = "payments over HTTP, signed in ÷ the same command in process";
    figures.push(Figure::ratio(name, "payments/s", &paid, &commands));
    let with = |made_of: &str| format!("{made_of}, {callers} callers, {shops} shops");
    Ok(figures.into_iter().map(|figure| Figure { made_of: with(&figure.made_of), ..figure }).collect())
}

/// Sets the parameter from today on, as an administrator does.
async fn raise_limit(stage: &Stage) -> Result<(), Fault> {
    let declared = PARAMETERS.iter().find(|parameter| parameter.name == PERSON_DAY_TIMES);
    let declared = declared.ok_or_else(|| failed("payments of a day have no limit"))?;
    let tx = Cx::system(&stage.app).begin().await?;
    let source = "测量：几百个示例会员付一座城市的笔数";
    let new = New { division_code: "", value: TIMES, from: tx.today(), source };
    parameter::set(&tx, declared, new).await?;
    Ok(tx.commit(()).await?)
}

/// Gives so many people of the stage points; answers them as callers of a command.
async fn members(stage: &Stage, till: &Till, number: usize) -> Result<Vec<Caller>, Fault> {
    let (app, mut clients) = (&stage.app, stage.people(number).await?);
    let accounts = people::accounts(&mut clients).await?;
    let tx = Cx::system(app).begin_bulk().await?;
    let persons = people::persons(&tx, &accounts).await?;
    tx.commit(()).await?;
    till.give(&persons).await?;
    let mut callers = Vec::with_capacity(number);
    for client in &clients {
        let cookie = client.cookie();
        let token = cookie.split_once('=').map_or("", |(_, token)| token);
        callers.push(Caller::of_token(app, token).await?);
    }
    Ok(callers)
}

/// The signs that are scanned, in turn.
struct Signs {
    ids: Ids,
    numbers: Vec<String>,
    next: AtomicUsize,
}

impl Signs {
    /// The next payment.
    fn scan(&self) -> PayInput {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.numbers.len();
        PayInput { shop: self.numbers[at].clone(), id: self.ids.next(), points_cents: AMOUNT_CENTS }
    }
}

/// Everybody pays for a while, each on a connection of her own; payments a second.
async fn over_http(stage: &Stage, signs: &Arc<Signs>, callers: usize, time: Duration) -> Result<f64, Fault> {
    let clients = stage.people(callers).await?;
    let (started, mut tasks) = (Instant::now(), JoinSet::new());
    for mut client in clients {
        let signs = Arc::clone(signs);
        tasks.spawn(async move {
            let mut paid = 0_u32;
            while started.elapsed() < time {
                let PayInput { shop, id, points_cents } = signs.scan();
                let body = json!({ "id": id, "points_cents": points_cents });
                let receipt = client.post(&format!("/api/pay/shops/{shop}/pay"), &body).await?;
                if receipt["state"] != "paid" {
                    return Err(failed(format!("a payment was answered {receipt}")));
                }
                paid += 1;
            }
            Ok::<_, Fault>(paid)
        });
    }
    rate(tasks, started).await
}

/// The same without HTTP: each member was looked up once.
async fn in_process(stage: &Stage, signs: &Arc<Signs>, members: &[Caller], time: Duration) -> Result<f64, Fault> {
    let (started, mut tasks) = (Instant::now(), JoinSet::new());
    for member in members {
        let (cx, signs) = (Cx::new(stage.app.clone(), member.clone()), Arc::clone(signs));
        tasks.spawn(async move {
            let mut paid = 0_u32;
            while started.elapsed() < time {
                pay(cx.clone(), signs.scan()).await?;
                paid += 1;
            }
            Ok::<_, Fault>(paid)
        });
    }
    rate(tasks, started).await
}

/// Payments a second, when everybody has heard of her last one.
async fn rate(mut tasks: JoinSet<Result<u32, Fault>>, started: Instant) -> Result<f64, Fault> {
    let mut paid = 0;
    while let Some(done) = tasks.join_next().await {
        paid += done.map_err(failed)??;
    }
    Ok(f64::from(paid) / started.elapsed().as_secs_f64())
}
