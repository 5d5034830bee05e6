//! Phone, kiosk and paper at once: exactly one ballot a member, whatever she tries.

use futures::future::join_all;
use kernel::testing::{Client, long};
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::json;
use voice::result::{Outcome, publish};
use voice::testing::VoiceCity;

use crate::paper::{Sheet, enter, hand_out, print};
use crate::poll::stage::{Paper, Stage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Phone,
    Kiosk,
    Paper,
}

const CHANNELS: [Channel; 3] = [Channel::Phone, Channel::Kiosk, Channel::Paper];

/// What a member holds after drawing.
enum Held {
    Token(Paper),
    Sheet,
}

fn electors() -> usize {
    if long() { 10_000 } else { 200 }
}

/// Of ten members seven vote on their phones, two on paper, one at a kiosk.
fn channel_of(elector: usize) -> Channel {
    match elector % 10 {
        0 | 5 => Channel::Paper,
        3 => Channel::Kiosk,
        _ => Channel::Phone,
    }
}

/// Draws over one channel; a refusal must say what to do.
async fn draw(stage: &Stage<'_>, desk: &Client, elector: usize, channel: Channel) -> Option<Held> {
    let refused = match channel {
        Channel::Paper => match hand_out(stage, desk, elector).await {
            answer if answer.status == 200 => return Some(Held::Sheet),
            refused => refused,
        },
        _ => {
            let answers = json!({ "q1": elector % 3, "q2": elector });
            match stage.try_draw(&stage.phone(elector).await, channel == Channel::Kiosk, answers).await {
                Ok(paper) => return Some(Held::Token(paper)),
                Err(refused) => refused,
            }
        }
    };
    refused.refused(409, "poll.drawn");
    assert!(refused.body["detail"].as_str().unwrap().contains("每人只有一张"), "{}", refused.body);
    None
}

/// One in twenty tries two channels at the same moment; exactly one of them gives her a ballot.
async fn drawn(stage: &Stage<'_>, desk: &Client, elector: usize) -> Held {
    let channel = channel_of(elector);
    if elector % 20 != 7 && elector % 20 != 10 {
        return draw(stage, desk, elector, channel).await.unwrap();
    }
    let other = CHANNELS[(CHANNELS.iter().position(|one| *one == channel).unwrap() + 1 + elector / 20 % 2) % 3];
    let (one, two) = tokio::join!(draw(stage, desk, elector, channel), draw(stage, desk, elector, other));
    assert!(one.is_some() != two.is_some(), "elector {elector} has not exactly one ballot");
    one.or(two).unwrap()
}

async fn vote(stage: &Stage<'_>, desk: &[Client; 2], elector: usize, sheet: &Sheet) -> bool {
    match drawn(stage, &desk[0], elector).await {
        Held::Token(paper) => {
            // A reply that is lost: cast twice, counted once.
            stage.cast(&paper).await.ok();
            stage.cast(&paper).await.ok();
            false
        }
        Held::Sheet => {
            enter(stage, &desk[0], &sheet.code, elector).await.ok();
            assert_eq!(enter(stage, &desk[1], &sheet.typed, elector).await.ok()["outcome"], "entered");
            enter(stage, &desk[1], &sheet.code, elector).await.refused(409, "paper.entered");
            true
        }
    }
}

async fn by_channel(stage: &Stage<'_>, channel: &str) -> usize {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM draw WHERE poll_id = $1 AND channel = $2";
    let statement = stage.city.db.statement(sql, [stage.poll.into(), channel.into()]);
    let row = stage.city.db.read().query_one_raw(statement).await.unwrap().unwrap();
    usize::try_from(row.try_get::<i64>("", "n").unwrap()).unwrap()
}

kernel::both_engines! {
    async fn everybody_has_exactly_one_ballot_over_all_channels(city: VoiceCity) {
        let members = electors();
        let stage = Stage::open(&city, members).await;
        let desk = [city.town_officer(), city.town_deputy()];
        let pile = print(&stage, &desk[0], members).await;
        let mut paper = 0;
        for group in (0..members).collect::<Vec<_>>().chunks(20) {
            let votes = join_all(group.iter().map(|elector| vote(&stage, &desk, *elector, &pile[*elector]))).await;
            paper += votes.into_iter().filter(|on_paper| *on_paper).count();
        }
        // Later they try every other channel once more.
        for elector in (0..members).step_by(members / 20) {
            for channel in CHANNELS {
                assert!(draw(&stage, &desk[0], elector, channel).await.is_none());
            }
        }
        let counts = voice::poll::counts(city.db.read(), stage.poll).await.unwrap();
        assert_eq!((counts.drawn, counts.cast), (members as u64, members as u64));
        assert_eq!(by_channel(&stage, "paper").await, paper);
        let others = by_channel(&stage, "phone").await + by_channel(&stage, "kiosk").await;
        assert_eq!(others + paper, members);
        assert!(by_channel(&stage, "kiosk").await > 0);

        stage.close().await;
        voice::poll::flush(&city.app, stage.poll, true).await.unwrap();
        assert_eq!(stage.numbers().await, (0..members as i64).collect::<Vec<_>>(), "every ballot once");
        let evaluation = stage.row().await.evaluation_id;
        let tx = city.system().begin().await.unwrap();
        let close = "UPDATE evaluation SET state = 'closing', closed_at = $2 WHERE id = $1";
        tx.execute_sql(close, [evaluation.into(), tx.now().into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        assert_eq!(publish(&city.app, evaluation).await.unwrap(), Outcome::Published);
        // What is published, what a stranger recounts and what the tables hold are one number.
        let result = city.client().get(&format!("/api/evaluations/{evaluation}/result")).await.ok();
        assert_eq!(result["figures"]["ballots"], members);
        let file = city.client().get(&format!("/api/evaluations/{evaluation}/file")).await.ok();
        let report = verifier::verify(file.as_str().unwrap().as_bytes(), Some(&city.keys.public_key())).unwrap();
        assert_eq!((report.ballots, report.tokens, report.paper), (members as u64, members as u64, paper as u64));
    }

    async fn the_poster_leads_to_the_evaluation(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let body = json!({ "scheme": "members_home", "organization_id": TestCity::UNION });
        let draft = city.chair().post("/api/evaluations", body).await.ok();
        let at = |what: &str| format!("/api/evaluations/{}{what}", draft["id"].as_str().unwrap());
        city.chair().get(&at("/poster")).await.refused(409, "evaluation.state");
        city.report(draft["id"].as_str().unwrap().parse().unwrap()).await;
        city.chair().post(&at("/open"), json!({})).await.ok();
        city.work().await;
        for seen in [city.chair().get(&at("/poster")).await.ok(), city.town_officer().get(&at("/poster")).await.ok()] {
            assert!(seen["url"].as_str().unwrap().ends_with(&format!("/evaluations/{}", draft["id"].as_str().unwrap())));
            assert!(seen["qr_svg"].as_str().unwrap().starts_with("<svg"));
            assert_eq!(seen["organization_name"], "示例制造有限公司工会");
        }
        city.other_county_officer().get(&at("/poster")).await.refused(404, "not_found");
        city.member().get(&at("/poster")).await.refused(403, "access.denied");
    }
}
