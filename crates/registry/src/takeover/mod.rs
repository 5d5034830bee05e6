//! Taking over an imported record: a member who came in with a roster (a person, a membership, no account) gets her
//! own record on her phone.
//!
//! Two ways, and one answer for every miss:
//! * *phone*: she is signed in with the very phone the roster has for her; name and last six of the ID tell apart who
//!   shares a phone;
//! * *code*: the roster's phone is old, shared or absent; the chair, the town officer or the registrar has seen her ID
//!   card and hands over a one-time code, which works on any phone. That phone becomes hers in the record.
//!
//! Invariants:
//! * whoever is not on the roster, gave another name or tail, or names somebody whose record is held already, reads
//!   the same refusal after the same work (`found.rs`): nothing tells a stranger who is on the roster;
//! * a wrong guess is counted even though it is refused: five lock the account until tomorrow, five burn a code, ten
//!   close a record to the phone until a code is handed over (`tries.rs`);
//! * an account has one person and a person one account (`account_person_once`); a person has one open code
//!   (`hand_over_one_open`), kept as a keyed digest only;
//! * nobody takes over with a code that he handed out himself; who left the union is found by neither way.
//!
//! ```
//! use registry::takeover::rules;
//!
//! assert_eq!(rules::tail(" 12345x ").as_deref(), Some("12345X"));
//! assert_eq!(rules::code("acde-fghj").as_deref(), Some("ACDEFGHJ"));
//! ```

mod by_code;
mod by_phone;
mod done;
mod end;
mod found;
pub mod hand_over_entity;
mod issue;
mod own;
pub mod rules;
mod status;
mod tries;

use kernel::Routes;

use crate::access::MEMBER_HAND_OVER;

pub use done::settle;
pub use end::{OpenCode, open_code};

kernel::refusals! {
    /// Name and ID did not lead to a record that can be taken over; the same for every reason.
    NO_MATCH = "takeover.no_match", UNPROCESSABLE_ENTITY, "没有核对上。请检查姓名和证件号码后六位；如果登记的手机号换过、和别人共用或没有登记，请带身份证找所在工会主席或镇街工会领取一次性认领码，也可拨打 12351。";
    /// The account guessed wrongly too often today.
    LOCKED = "takeover.locked", TOO_MANY_REQUESTS, "今天没有核对上的次数太多，请明天再试；也可带身份证到所在工会或镇街工会当面核对，或拨打 12351。";
    /// The account knows its person already.
    OWN_KNOWN = "takeover.known", CONFLICT, "这个账号已经认领过，不用重复办理，请到“我的”里查看；登记的内容不对请联系所在工会。";
    /// The account has no phone to be reached at.
    OWN_PHONE = "takeover.phone", UNPROCESSABLE_ENTITY, "请先用手机号登录，再认领会籍。";
    /// The last six places of an ID number cannot be these.
    TAIL_FORMAT = "takeover.tail", UNPROCESSABLE_ENTITY, "请填写证件号码的最后六位，数字或末位 X，例如 12345X。";
    /// A code has eight places of an alphabet without look-alikes.
    CODE_FORMAT = "takeover.code", UNPROCESSABLE_ENTITY, "认领码是 8 位数字和字母，请对照纸条核对后重新填写。";
    /// The officer did not say that he saw the ID card.
    ID_UNSEEN = "handover.seen_id", UNPROCESSABLE_ENTITY, "请先当面核对本人身份证，勾选确认后再发认领码。";
    /// The record is held by an account already.
    RECORD_HELD = "handover.held", CONFLICT, "这位会员已经认领会籍，不需要认领码，请刷新后查看。";
    /// There is no open code to end.
    CODE_NONE = "handover.none", CONFLICT, "没有正在有效的认领码，请刷新后查看。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("takeover")
        .get("/api/takeover", "Tells whether the caller can take over a record, and from when again")
        .signed_in()
        .runs(status::status)
        .post("/api/takeover/phone", "Takes over the caller's record by the phone that the roster has")
        .signed_in()
        .runs(by_phone::by_phone)
        .post("/api/takeover/code", "Takes over the caller's record with a one-time code")
        .signed_in()
        .runs(by_code::by_code)
        .post("/api/members/{id}/hand-over", "Hands out a one-time code for a member's record, shown once")
        .requires(MEMBER_HAND_OVER)
        .runs(issue::issue)
        .post("/api/members/{id}/hand-over/end", "Ends the open code of a member's record")
        .requires(MEMBER_HAND_OVER)
        .runs(end::end)
}
