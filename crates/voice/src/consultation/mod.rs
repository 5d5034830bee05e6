//! Consultations (征求意见): a survey with something to read, and what became of the answers.
//!
//! Budget needs (预算需求) and draft laws (立法意见) are evaluations of the subject `survey`. Beside the questions stands a
//! *document* (征求意见稿): a text in articles and files. Members read it before they answer; it stands still once the
//! evaluation is opened. After the publication the numbers are spread over bins and the words are *gathered* out of the
//! box ([`round`]), apart from every other answer and from each other; each is shown only after *moderation* by the level
//! that started it. The starter answers by theme or article what was adopted, partly adopted or not, and why.
//!
//! Invariants (constraints and triggers of the tables):
//! * a document and its files never change after the draft, and the hash over all of them stands in the published
//!   instrument ([`document_hash`]);
//! * words have random ids and no moment; what was said is never changed, a moderator only hides it or covers parts of
//!   it, so that what is shown is what was said;
//! * words of every published evaluation are moderated here, whatever its subject, and never by whoever is rated himself;
//! * an answer is never changed; a later one replaces it, and both stay.

mod after;
mod document;
pub mod document_entity;
mod file;
pub mod file_entity;
mod follow_up;
pub mod follow_up_entity;
mod gather;
mod moderate;
mod reach;
pub(crate) mod rules;
mod words;
pub mod words_entity;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::EVALUATION_START;

pub use document::document_hash;
pub use gather::round;
pub use rules::Spread;

/// What the files of documents are for.
const PURPOSE: &str = "consultation";

kernel::refusals! {
    /// Only a survey has a document.
    CONSULTATION_SUBJECT = "consultation.subject", CONFLICT, "只有问卷、征集类的评议可以附征求意见稿，这次评议不需要。";
    /// A text of the document cannot be taken.
    CONSULTATION_FORM = "consultation.form", UNPROCESSABLE_ENTITY, "征求意见稿有的内容填写不对，请按提示改正后再保存。";
    /// Somebody else changed the document meanwhile.
    CONSULTATION_CHANGED = "consultation.changed", CONFLICT, "别人刚刚改过这份征求意见稿，请刷新页面核对后再修改。";
    /// The file is neither PDF nor docx.
    CONSULTATION_FILE = "consultation.file", UNPROCESSABLE_ENTITY, "附件只收 PDF 和 Word（docx）文件，请转换格式后重新上传。";
    /// There are as many files as a document may have.
    CONSULTATION_FILES = "consultation.files", CONFLICT, "附件最多 5 个，请先删掉不需要的再上传。";
    /// The result is not out yet.
    CONSULTATION_EARLY = "consultation.early", CONFLICT, "结果公布以后才能答复采纳情况，请到时再办理。";
    /// What became of it cannot be taken.
    FOLLOW_UP_FORM = "follow_up.form", UNPROCESSABLE_ENTITY, "请写明主题（2 到 100 字）和采纳情况的说明（2 到 1000 字）。";
    /// The answer to be replaced is not there, or was replaced before.
    FOLLOW_UP_REPLACED = "follow_up.replaced", CONFLICT, "这条答复已经更新过，请刷新页面后在最新的一条上修改。";
    /// What is shown is not what was said.
    WORDS_COVERED = "words.covered", UNPROCESSABLE_ENTITY, "公开时只能用＊遮去个人信息，不能改动其他字，请恢复原文后再遮。";
    /// Words are hidden for a reason.
    WORDS_REASON = "words.reason", UNPROCESSABLE_ENTITY, "不公开的，请选择原因。";
    /// Somebody else decided on it meanwhile.
    WORDS_DECIDED = "words.decided", CONFLICT, "别人刚刚审核过这一条，请刷新页面查看。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    let routes = Routes::new("consultation")
        .get("/api/evaluations/{evaluation_id}/document", "Shows what members read before they answer")
        .public()
        .runs(document::show)
        .post("/api/evaluations/{evaluation_id}/document", "Writes the document of a draft")
        .requires(EVALUATION_START)
        .runs(document::write)
        .upload("/api/evaluations/{evaluation_id}/document/files", "Adds a PDF or docx file to the document of a draft")
        .requires(EVALUATION_START)
        .receives(file::add)
        .download("/api/evaluations/{evaluation_id}/document/files/{file_id}", "Sends a file of a document")
        .public()
        .sends(file::send)
        .post("/api/evaluations/{evaluation_id}/document/files/{file_id}/remove", "Takes a file off a draft's document")
        .requires(EVALUATION_START)
        .runs(file::remove);
    routes
        .get("/api/evaluations/{evaluation_id}/after", "Shows what followed a result: numbers, words, answers, replies")
        .public()
        .runs(after::after)
        .get("/api/evaluations/{evaluation_id}/words", "Lists the words that are shown, in random order")
        .public()
        .runs(words::list)
        .get("/api/evaluations/{evaluation_id}/moderation", "Lists words to whoever moderates them")
        .requires(EVALUATION_START)
        .runs(moderate::list)
        .post("/api/words/{words_id}/decide", "Shows or hides what somebody wrote")
        .requires(EVALUATION_START)
        .runs(moderate::decide)
        .post("/api/evaluations/{evaluation_id}/follow-up", "Answers what was adopted of the opinions, and why")
        .requires(EVALUATION_START)
        .runs(follow_up::answer)
}

/// Adds the gathering of words and numbers after a publication.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("consultation.gather", Every::Minutes(1), |app: App| async move { round(&app).await })
}
