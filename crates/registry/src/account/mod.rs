//! Accounts and sign-in: how somebody comes in, and what is told to him about himself.
//!
//! Two kinds of account. A *member* signs in with a code sent to his phone; the
//! first code of an unknown phone makes the account, still without a person. A
//! *staff* account has a login and a password (or a code to its phone) and always
//! a second factor: `password` (the one-time password is changed) →
//! `enrol_totp` (none yet) → `totp` → `done`. Only a session at `done` is signed in.
//!
//! Invariants:
//! * a phone, a login and a person have one account each (unique indexes);
//! * a code is good once, for one phone, for a few tries; a wrong try is counted
//!   even though it is refused; a step of the second factor is good once;
//! * a wrong password, a wrong login and a locked login look and cost the same
//!   whether the login exists or not;
//! * the counter of failures is reset only when the last factor was right, or a
//!   known password would open the second one to guessing;
//! * limits are per phone and per account, never per address: a factory of 2,000
//!   members is one address. Their numbers are dated parameters ([`limits`]);
//! * events carry ids only; whoever sees a full number leaves an event behind.
//!
//! ```
//! use registry::account::{entity, rules};
//! # fn show(account: &entity::Model) {
//! match rules::next_stage(account) {
//!     "done" => { /* a member: the code was all */ }
//!     due => println!("still due: {due}"),
//! }
//! # }
//! ```

mod attach;
mod change_phone;
mod code;
pub mod code_entity;
pub mod consent;
pub mod consent_entity;
mod create;
mod data;
mod demo;
mod download;
mod enrol_totp;
mod enrolment_entity;
pub mod entity;
mod holdings;
pub mod limits;
mod lockout;
mod me;
mod new_password;
mod notices;
mod password;
mod phone_sign_in;
mod readers;
mod refusal;
mod reveal;
pub mod rules;
mod sessions;
mod sign_out;
mod signed;
mod site;
mod totp;
pub mod vault;

use kernel::Routes;

pub use attach::{attach_person, persons_held};
pub use create::{blank, create_staff, find_by_phone, set_phone};
pub use password::hash as hash_password;
pub use refusal::*;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    sign_in_routes().merge(me_routes())
}

fn sign_in_routes() -> Routes {
    Routes::new("account")
        .get("/api/site", "What the site is called, its consent text and, in a demo, its accounts")
        .public()
        .runs(site::site)
        .post("/api/sign-in/code", "Sends a sign-in code to a phone, known or not")
        .public()
        .runs(code::send_code)
        .post("/api/sign-in/phone", "Signs in with a phone and its code")
        .public()
        .runs(phone_sign_in::sign_in_phone)
        .post("/api/sign-in/password", "Signs staff in with login and password; further factors follow")
        .public()
        .runs(password::sign_in_password)
        .post("/api/sign-in/new-password", "Changes a one-time password, half-way through signing in")
        .public()
        .runs(new_password::new_password)
        .post("/api/sign-in/enrol-totp", "Shows the secret of the second factor, half-way through signing in")
        .public()
        .runs(enrol_totp::enrol_totp)
        .post("/api/sign-in/confirm-totp", "Puts the second factor in force with its first code")
        .public()
        .runs(enrol_totp::confirm_totp)
        .post("/api/sign-in/totp", "Signs in with the second factor")
        .public()
        .runs(totp::sign_in_totp)
        .post("/api/sign-in/demo", "Signs in as a demo account, in a demo only")
        .public()
        .runs(demo::sign_in_demo)
        .post("/api/demo/clock", "Lets the time of a demo city go ahead, in a demo only")
        .public()
        .runs(demo::move_clock)
        .post("/api/sign-out", "Ends the present session")
        .public()
        .runs(sign_out::sign_out)
        .post("/api/sign-out-everywhere", "Ends every session of the account")
        .signed_in()
        .runs(sign_out::sign_out_everywhere)
}

fn me_routes() -> Routes {
    Routes::new("account")
        .get("/api/me", "Who is signed in, with roles and counts")
        .signed_in()
        .runs(me::me)
        .get("/api/me/sessions", "Where the account is signed in")
        .signed_in()
        .runs(sessions::sessions)
        .get("/api/me/data", "What is held about the person, masked, and who has looked")
        .signed_in()
        .runs(data::my_data)
        .post("/api/me/data/reveal", "Shows one of the person's own numbers in full")
        .signed_in()
        .runs(reveal::reveal_own)
        .get("/api/me/data/download", "Everything held about the person, to take away")
        .signed_in()
        .runs(download::download)
        .post("/api/me/phone", "Changes the phone, proved by a code sent to the new one")
        .signed_in()
        .runs(change_phone::change_phone)
        .get("/api/notices", "The account's messages, newest first")
        .signed_in()
        .runs(notices::notices)
        .post("/api/notices/{id}/read", "Marks one message as read")
        .signed_in()
        .runs(notices::read_notice)
        .post("/api/notices/read-all", "Marks every message as read")
        .signed_in()
        .runs(notices::read_all_notices)
}
