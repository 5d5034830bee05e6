//! Both phones hear at once; who hears nothing can look.

use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt;
use kernel::id::Ids;
use kernel::session::COOKIE;
use kernel::testing::Client;
use rewards::testing::RewardsCity;
use serde_json::Value;
use tower::ServiceExt;

use super::stage::{Stage, cents};

/// The messages of a stream, as they come.
async fn listen(city: &RewardsCity, who: &Client, path: &str) -> impl futures::Stream<Item = Value> + Unpin + use<> {
    let cookie = format!("{COOKIE}={}", who.token().unwrap());
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let response = city.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let pieces = response.into_body().into_data_stream();
    let message = |piece: Result<bytes::Bytes, axum::Error>| {
        let piece = String::from_utf8(piece.unwrap().to_vec()).unwrap();
        serde_json::from_str(piece.strip_prefix("data: ").unwrap().trim()).unwrap()
    };
    pieces.map(message).boxed()
}

kernel::both_engines! {
    async fn both_phones_are_told(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 10_000).await;
        let mut member = listen(&city, &stage.member, "/api/payments/live").await;
        let mut shop = listen(&city, &stage.cashiers[0], &stage.path(0, "/live")).await;
        let before = cents(&stage.member.get("/api/payments/news").await.ok(), "after");
        let (payment, phone) = (Ids::random(), stage.phone().await);
        stage.charge(0, payment, &stage.code(&phone), 1_000).await.ok();
        stage.pay(1, Ids::random(), 50).await.ok();
        stage.refund(0, payment, Ids::random(), 400, 0).await.ok();
        let told = [member.next().await.unwrap(), member.next().await.unwrap(), member.next().await.unwrap()];
        assert_eq!(told.each_ref().map(|one| one["kind"].as_str().unwrap()), ["paid", "paid", "refunded"]);
        assert_eq!(told.each_ref().map(|one| cents(one, "points_cents")), [1_000, 50, 400]);
        let here = [shop.next().await.unwrap(), shop.next().await.unwrap()];
        assert_eq!(here, [told[0].clone(), told[2].clone()], "a shop is told of its own payments");
        // The list says the same, and goes on where one was cut off.
        let news = stage.member.get(&format!("/api/payments/news?after={before}")).await.ok();
        assert_eq!(news["items"].as_array().unwrap().as_slice(), &told);
        let rest = format!("/api/payments/news?after={}", cents(&told[1], "seq"));
        assert_eq!(stage.member.get(&rest).await.ok()["items"].as_array().unwrap().as_slice(), &told[2..]);
        let mine = stage.member.get("/api/payments?limit=2").await.ok();
        assert_eq!(mine["items"].as_array().unwrap().as_slice(), &[told[2].clone(), told[1].clone()]);
        let older = format!("/api/payments?limit=2&after={}", mine["next"].as_str().unwrap());
        assert_eq!(stage.member.get(&older).await.ok()["items"].as_array().unwrap().as_slice(), &told[..1]);
        let day = stage.cashiers[0].get(&stage.path(0, "/payments")).await.ok();
        assert_eq!((cents(&day["paid"], "points_cents"), cents(&day["refunded"], "points_cents")), (1_000, 400));
        // Somebody else's shop, and nobody's.
        stage.cashiers[1].get(&stage.path(0, "/live")).await.refused(404, "not_found");
        city.stranger().get("/api/payments/live").await.refused(401, "auth.required");
        city.app.live.close();
        assert!(member.next().await.is_none() && shop.next().await.is_none());
    }
}
