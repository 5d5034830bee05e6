//! What a member can prove of a payment once its day is sealed: by the program of somebody else, from two files.

use std::path::Path;
use std::process::Command;

use chrono::TimeDelta;
use kernel::Id;
use kernel::id::Ids;
use rewards::ledger::day;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{Stage, cents};

/// What the script says of a slip beside what was published.
fn checked(slip: &Value, published: &Value) -> bool {
    let folder = std::env::temp_dir().join(format!("zhigong-slip-{}", Ids::random()));
    std::fs::create_dir_all(&folder).unwrap();
    let written = [("slip.json", slip), ("day.json", published)].map(|(name, value)| {
        let path = folder.join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/check-receipt.mjs");
    let output = Command::new("node").arg(script).args(written).output();
    let output = output.unwrap_or_else(|error| panic!("node carries out the script: {error}"));
    std::fs::remove_dir_all(folder).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.starts_with("in the root"), output.status.success(), "{said}{output:?}");
    assert!(output.status.success() || said.starts_with("NOT in"), "the script itself failed: {output:?}");
    output.status.success()
}

/// A slip as it is downloaded.
fn file(slip: &Value) -> Value {
    let (way, transfer) = (&slip["way"], &slip["transfer"]);
    json!({ "format": 1, "transfer": transfer, "place": way["place"], "size": way["size"], "path": way["path"], "root": way["root"] })
}

kernel::both_engines! {
    async fn a_slip_proves_a_payment_to_a_stranger(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let payment = Ids::random();
        stage.pay(0, payment, 1_550).await.ok();
        stage.pay(0, Ids::random(), 20).await.ok();
        stage.refund(0, payment, Ids::random(), 500, 0).await.ok();
        let path = format!("/api/wallet/slips/{payment}");
        let early = stage.member.get(&path).await.ok();
        let first = &early["items"][0];
        assert_eq!((first["due_on"].as_str(), &first["way"]), (Some("2026-11-24"), &Value::Null));
        let stranger = city.stranger();
        assert_eq!(stranger.get("/api/points/days/2026-11-23").await.ok()["items"], json!([]), "the day still runs");

        city.clock.advance(TimeDelta::days(1));
        let late = Ids::random();
        stage.pay(0, late, 30).await.ok();
        city.clock.advance(TimeDelta::days(1));
        assert_eq!(day::round(&city.app).await.unwrap(), 2);
        let day_of = async |day: &str| stranger.get(&format!("/api/points/days/{day}")).await.ok();
        let (published, other) = (day_of("2026-11-23").await, day_of("2026-11-24").await);
        assert_eq!((cents(&published["items"][0], "transfers"), cents(&other["items"][0], "transfers")), (5, 1));
        let listed = stranger.get("/api/points/days?limit=1").await.ok();
        assert_eq!(listed["items"], other["items"]);
        let next = listed["next"].as_str().unwrap().replace(' ', "%20");
        assert_eq!(stranger.get(&format!("/api/points/days?limit=1&after={next}")).await.ok()["items"], published["items"]);

        let member = city.member();
        let slips = member.get(&path).await.ok();
        let kinds = slips["items"].as_array().unwrap().iter().map(|one| one["transfer"]["kind"].as_str().unwrap());
        assert_eq!(kinds.collect::<Vec<_>>(), ["pay", "refund"]);
        let (paid, refund) = (file(&slips["items"][0]), file(&slips["items"][1]));
        assert_eq!(paid["transfer"]["amount_cents"], 1_550);
        assert!(checked(&paid, &published) && checked(&refund, &published));
        let alone = file(&member.get(&format!("/api/wallet/slips/{late}")).await.ok()["items"][0]);
        assert!(checked(&alone, &other), "a day with one transfer");
        // A changed amount, another's way, another day's root.
        let mut changed = paid.clone();
        changed["transfer"]["amount_cents"] = json!(1_551);
        let crossed = json!({ "transfer": paid["transfer"], "place": refund["place"], "size": refund["size"], "path": refund["path"] });
        let mut moved = other.clone();
        moved["items"][0]["day"] = json!("2026-11-23");
        for (slip, root) in [(&changed, &published), (&crossed, &published), (&paid, &moved), (&paid, &other)] {
            assert!(!checked(slip, root), "{slip}");
        }
        // Nobody is shown another's: the shop, and who is not signed in.
        stage.cashiers[0].get(&path).await.refused(404, "not_found");
        member.get(&format!("/api/wallet/slips/{}", Id::from_u128(7))).await.refused(404, "not_found");
        stranger.get(&path).await.refused(401, "auth.required");
    }
}
