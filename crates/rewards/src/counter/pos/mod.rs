//! The interface for tills of chains: charge by code, query, reverse, refund, and the file of a day.
//!
//! A call is one JSON object: the number of the till, the time, a random text, what is asked as a text, and a signature over
//! all of it with the key of the till (`docs/pos.md`; `examples/pos.mjs` is a client). Nothing of it is a cookie or a session.
//!
//! Invariants:
//! * what is not signed by the key of a till that is in use does nothing;
//! * what is older than five minutes does nothing, and within them nothing is heard twice: a primary key;
//! * a till acts for its shop alone, and refunds only if it was told that it may.

mod call;
mod daily;
mod keys;
mod sign;
mod verbs;

use kernel::Routes;

pub use sign::{SKEW_SECONDS, message, signature};

/// Adds the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .post("/api/pos/charge", "A till charges points by a pay code or four digits")
        .public()
        .runs(verbs::charge)
        .post("/api/pos/query", "A till asks what became of a payment")
        .public()
        .runs(verbs::query)
        .post("/api/pos/reverse", "A till reverses a payment whose outcome it does not know")
        .public()
        .runs(verbs::reverse)
        .post("/api/pos/refund", "A till refunds a payment in full or in part")
        .public()
        .runs(verbs::refund)
        .download("/api/pos/daily", "Hands a till the file of a day of its shop")
        .public()
        .sends(daily::daily)
        .get("/api/shop/shops/{shop_id}/tills", "Lists the tills of a shop, for its manager")
        .signed_in()
        .runs(keys::list)
        .post("/api/shop/shops/{shop_id}/tills", "Gives a till its number and its key, which is told once")
        .signed_in()
        .runs(keys::add)
        .post("/api/shop/shops/{shop_id}/tills/{till_id}/revoke", "Makes the key of a till worthless")
        .signed_in()
        .runs(keys::revoke)
}
