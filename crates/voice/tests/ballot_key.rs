//! Keys of polls: made ahead, claimed once, destroyed once.

use kernel::event::entity as event;
use kernel::job::{Jobs, schedule_due, work_off};
use kernel::testing::seeds;
use kernel::{Cx, Id, parameter};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use voice::ballot::issuer::{BallotIssuer, BallotVerifier};
use voice::ballot::key::{Claimed, claim, destroy, ensure_ready, fill, issuer, ready, verifier};
use voice::ballot::{blinding, token::TokenMessage};
use voice::parameters::{BALLOT_KEYS_READY, PARAMETERS};
use voice::testing::VoiceCity;

fn poll(number: u128) -> Id {
    Id::from_u128((0xe0a1 << 64) | number)
}

/// Without the keys that are ready in every test.
async fn without_keys(city: &VoiceCity) {
    city.database().tamper("DELETE FROM ballot_key").await;
}

async fn keep_ready(city: &VoiceCity, keys: &str) {
    let declared = PARAMETERS.iter().find(|one| one.name == BALLOT_KEYS_READY).unwrap();
    let tx = city.system().begin().await.unwrap();
    let new = parameter::New { division_code: "", value: keys, from: tx.today(), source: "示例：测试用" };
    parameter::set(&tx, declared, new).await.unwrap();
    tx.commit(()).await.unwrap();
}

async fn claimed(cx: &Cx, poll: Id) -> kernel::Result<Claimed> {
    kernel::command::retried(|| async {
        let tx = cx.begin().await?;
        let claimed = claim(&tx, poll).await?;
        tx.commit(()).await?;
        Ok(claimed)
    })
    .await
}

async fn events(city: &VoiceCity, kind: &str) -> Vec<event::Model> {
    event::Entity::find().filter(event::Column::Kind.eq(kind)).all(city.db.read()).await.unwrap()
}

kernel::both_engines! {
    async fn the_pool_is_filled_and_filled_again_after_a_claim(city: VoiceCity) {
        without_keys(&city).await;
        keep_ready(&city, "3").await;
        let jobs = || voice::jobs(Jobs::new());
        let app = city.system().app;
        schedule_due(&app, &jobs()).await.unwrap();
        city.clock.advance(chrono::Duration::minutes(11));
        assert!(schedule_due(&app, &jobs()).await.unwrap() > 0);
        work_off(&app, &jobs()).await.unwrap();
        assert_eq!(ready(city.db.read()).await.unwrap(), 3);
        assert_eq!(fill(&app).await.unwrap(), 0, "a full pool is left alone");

        claimed(&city.system(), poll(1)).await.unwrap();
        assert_eq!(ready(city.db.read()).await.unwrap(), 2);
        work_off(&app, &jobs()).await.unwrap();
        assert_eq!(ready(city.db.read()).await.unwrap(), 3);
        ensure_ready(&app).await.unwrap();
        assert_eq!(ready(city.db.read()).await.unwrap(), 3);
    }

    async fn an_empty_pool_says_so_and_one_key_is_made_at_once(city: VoiceCity) {
        without_keys(&city).await;
        let refused = claimed(&city.system(), poll(1)).await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().code, "ballot.no_key");
        ensure_ready(&city.system().app).await.unwrap();
        claimed(&city.system(), poll(1)).await.unwrap();
        assert_eq!(ready(city.db.read()).await.unwrap(), 0);
    }

    async fn a_claim_is_undone_with_its_command(city: VoiceCity) {
        ensure_ready(&city.system().app).await.unwrap();
        let tx = city.system().begin().await.unwrap();
        let first = claim(&tx, poll(1)).await.unwrap();
        drop(tx);
        assert_eq!(events(&city, "ballot_key.claimed").await.len(), 0);
        let again = claimed(&city.system(), poll(2)).await.unwrap();
        assert_eq!(first, again, "the key is there for another");
    }

    async fn evaluations_that_open_at_once_get_a_key_each_and_the_same_one_gets_one(city: VoiceCity) {
        keep_ready(&city, "6").await;
        fill(&city.system().app).await.unwrap();
        for round in seeds() {
            let base = u128::from(round) * 10;
            // Three polls, each opened by two people at once: on six keys, no more than three are taken.
            let taps = (0..6_u128).map(|tap| {
                let cx = city.system();
                async move { claimed(&cx, poll(base + tap / 2)).await.unwrap() }
            });
            let keys = futures::future::join_all(taps).await;
            for pair in keys.chunks(2) {
                assert_eq!(pair[0], pair[1], "one poll, one key");
            }
            let different: std::collections::BTreeSet<_> = keys.iter().map(|key| key.key_id).collect();
            assert_eq!(different.len(), 3, "one key, one poll");
            fill(&city.system().app).await.unwrap();
        }
        let told = events(&city, "ballot_key.claimed").await;
        assert_eq!(told.len(), 3 * seeds().count());
        assert!(told.iter().all(|event| event.payload.contains("key_hash")));
    }

    async fn a_token_is_drawn_and_still_checked_after_the_key_is_gone(city: VoiceCity) {
        let cx = city.system();
        for number in [1, 2] {
            ensure_ready(&cx.app).await.unwrap();
            claimed(&cx, poll(number)).await.unwrap();
        }
        let public = verifier(city.db.read(), poll(1)).await.unwrap();
        let message = TokenMessage::random();
        let blinded = blinding::blind(&public, message.as_bytes()).unwrap();
        let answer = issuer(city.db.read(), cx.app.keys.as_ref(), poll(1)).await.unwrap().issue(&blinded.request).unwrap();
        let signature = blinding::finalize(&public, message.as_bytes(), &answer, &blinded.inverse).unwrap();

        for expected in [true, false] {
            let tx = cx.begin().await.unwrap();
            assert_eq!(destroy(&tx, poll(1)).await.unwrap(), expected, "destroyed once");
            tx.commit(()).await.unwrap();
        }
        assert_eq!(events(&city, "ballot_key.destroyed").await.len(), 1);
        for gone in [poll(1), poll(9)] {
            let refused = issuer(city.db.read(), cx.app.keys.as_ref(), gone).await.unwrap_err();
            assert_eq!(refused.refusal().unwrap().code, "ballot.closed");
        }
        assert!(verifier(city.db.read(), poll(1)).await.unwrap().verify(message.as_bytes(), &signature));
        assert!(!verifier(city.db.read(), poll(2)).await.unwrap().verify(message.as_bytes(), &signature));
        let again = claimed(&cx, poll(1)).await.unwrap();
        assert_eq!((&again.key_hash, again.key_digest()), (&public.key_hash(), public.key_digest()), "no second key for it");
        assert!(verifier(city.db.read(), poll(9)).await.unwrap_err().refusal().is_some());
    }

    async fn the_table_itself_keeps_a_key_from_changing(city: VoiceCity) {
        without_keys(&city).await;
        let cx = city.system();
        for number in [1, 2] {
            ensure_ready(&cx.app).await.unwrap();
            claimed(&cx, poll(number)).await.unwrap();
        }
        ensure_ready(&cx.app).await.unwrap();
        let tx = cx.begin().await.unwrap();
        destroy(&tx, poll(1)).await.unwrap();
        tx.commit(()).await.unwrap();
        let refused = [
            "UPDATE ballot_key SET private_sealed = public_spki, destroyed_on = NULL WHERE destroyed_on IS NOT NULL",
            "UPDATE ballot_key SET private_sealed = public_spki WHERE destroyed_on IS NOT NULL",
            "UPDATE ballot_key SET used_for = NULL, claimed_on = NULL WHERE used_for IS NOT NULL",
            "UPDATE ballot_key SET used_for = id WHERE used_for IS NOT NULL",
            "UPDATE ballot_key SET public_spki = private_sealed WHERE used_for IS NULL",
            "UPDATE ballot_key SET key_hash = 'f' || substr(key_hash, 2) || 'f'",
            "UPDATE ballot_key SET private_sealed = NULL, destroyed_on = made_on WHERE used_for IS NULL",
            "UPDATE ballot_key SET private_sealed = NULL WHERE used_for IS NOT NULL AND destroyed_on IS NULL",
            "UPDATE ballot_key SET used_for = (SELECT used_for FROM ballot_key WHERE destroyed_on IS NOT NULL), claimed_on = made_on
                WHERE used_for IS NULL",
            "DELETE FROM ballot_key WHERE used_for IS NOT NULL",
        ];
        for sql in refused {
            let tx = cx.begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        let tx = cx.begin().await.unwrap();
        assert_eq!(tx.execute_sql("DELETE FROM ballot_key WHERE used_for IS NULL", []).await.unwrap(), 1, "unused ones may go");
    }
}
