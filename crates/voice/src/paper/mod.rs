//! Ballots on paper (纸质票): for members who do not vote on a phone.
//!
//! Each takes two sheets, from two piles: the ballot, and the sheet for opinions (`opinion`), which is folded into an urn
//! of its own.
//!
//! Sheets are *printed* with a code of their own ([`code`]); that a member *takes* one is entered as her draw, over the
//! channel `paper`, and not which sheet it is; what comes back is *entered* by two people, and what both entered goes into
//! the queue with all other ballots.
//!
//! Invariants:
//! * who took paper cannot draw on a phone, who drew on a phone cannot take paper (primary key of `draw`);
//! * which member has which sheet is written nowhere; of a code only hashes are kept;
//! * a sheet is a ballot once, and only when two different people entered the same (triggers of `paper_sheet`); when they
//!   disagree a third one decides by entering what one of the two did;
//! * never more sheets are entered than members took paper: counted under the lock of the poll, and by a trigger;
//! * the ballot has a token of its own, signed for it, so that the published file is checked like any other;
//! * with the poll everything ends: sheets that were not entered by two are void;
//! * whoever is rated hands nothing out and enters nothing.
//!
//! Handing out and entering leave no event: an event has a moment, and who takes paper when, or which sheet comes back
//! when, is nobody's business. Who did it stands in `paper_draw` and `paper_sheet`.

pub mod code;
mod disputed;
mod electors;
mod enter;
mod find;
mod hand_out;
mod opinion;
mod print;
pub mod rules;
mod show;

use kernel::Routes;

use crate::access::{PAPER_ENTER, PAPER_HAND_OUT};

kernel::refusals! {
    /// What was scanned or typed is no code of a sheet.
    PAPER_CODE = "paper.code", UNPROCESSABLE_ENTITY, "票号不对：请重新扫描条码，或对照票面输入 12 位票号。";
    /// No sheet of this evaluation has the code.
    PAPER_UNKNOWN = "paper.unknown", NOT_FOUND, "这次评议没有这个票号，请核对票面上的评议名称和票号。";
    /// The sheet was entered by two people already.
    PAPER_ENTERED = "paper.entered", CONFLICT, "这张票已经录完，不用再录；请录下一张。";
    /// The sheet is void: the voting is over.
    PAPER_VOID = "paper.void", CONFLICT, "这张票已经作废：截止前没有交回或没有录完。";
    /// The same person cannot enter a sheet twice.
    PAPER_SAME_PERSON = "paper.same_person", CONFLICT, "这张票您已经录过，请交给另一位工作人员再录一遍。";
    /// The third person entered neither what the first nor what the second did.
    PAPER_DISAGREES = "paper.disagrees", CONFLICT, "这一遍和前两遍都不一样，请对照原件逐题核对后再录；看不清的，请换一位工作人员。";
    /// As many sheets were entered as members took paper.
    PAPER_TOO_MANY = "paper.too_many", CONFLICT, "录完的纸质票已经和领纸质票的人数一样多，这张不能再录。请查清是否漏登记了领票，或票的来源不明。";
    /// Whoever is rated keeps away from the sheets.
    PAPER_RATED = "paper.rated", FORBIDDEN, "您是这次被评议的人，不能发放或录入纸质票，请由其他工作人员或上级工会办理。";
    /// How many sheets are printed at a time.
    PAPER_SHEETS = "paper.sheets", UNPROCESSABLE_ENTITY, "一次请打印 1 到 200 张。";
    /// Members may not leave opinions in this evaluation.
    PAPER_NO_OPINIONS = "paper.no_opinions", CONFLICT, "这次评议不收意见，没有纸质意见表。";
    /// The beginning of a name is too short.
    PAPER_NAME = "paper.name", UNPROCESSABLE_ENTITY, "请至少输入姓名的前 2 个字。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("paper")
        .get("/api/evaluations/{evaluation_id}/paper", "Tells how ballots on paper stand, in figures")
        .requires(PAPER_ENTER)
        .runs(show::show)
        .post("/api/evaluations/{evaluation_id}/paper/print", "Makes sheets with codes, to be printed at once")
        .requires(PAPER_ENTER)
        .runs(print::print)
        .get("/api/evaluations/{evaluation_id}/paper/electors", "Finds electors by name, to hand out paper")
        .requires(PAPER_HAND_OUT)
        .runs(electors::electors)
        .post("/api/evaluations/{evaluation_id}/paper/hand-out", "Enters that a member takes a ballot on paper")
        .requires(PAPER_HAND_OUT)
        .runs(hand_out::hand_out)
        .post("/api/evaluations/{evaluation_id}/paper/enter", "Enters what stands on a sheet")
        .requires(PAPER_ENTER)
        .runs(enter::enter)
        .post(
            "/api/evaluations/{evaluation_id}/paper/opinions/look",
            "Shows what others entered of a sheet for opinions, to be read beside the sheet",
        )
        .requires(PAPER_ENTER)
        .runs(opinion::look)
        .post("/api/evaluations/{evaluation_id}/paper/opinions/enter", "Enters what stands on a sheet for opinions")
        .requires(PAPER_ENTER)
        .runs(opinion::enter_opinion)
        .get("/api/evaluations/{evaluation_id}/paper/disputed", "Lists sheets on which two people disagree")
        .requires(PAPER_ENTER)
        .runs(disputed::disputed)
}
