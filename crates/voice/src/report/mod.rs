//! Duty reports (述职报告): what a chair tells the members before they rate him, in words, pictures, and a video for
//! those who want one.
//!
//! One report for an evaluation and a union; of a joint evaluation each union's chair may add one. It opens filled in from
//! the year's records (`prefill`), is kept at the server while it is written, and is submitted: from then on its words and
//! files stand under a hash. Until the evaluation opens it may be submitted anew, and the last one counts.
//!
//! Invariants, each behind a constraint or a trigger of the tables:
//! * a submission is never changed, and nothing of a report changes once its evaluation is no draft any more;
//! * where the scheme asks for a report of one chair or union, the evaluation does not open without it ([`wait`]); one of a
//!   campaign whose day has come waits in `report_wait`, unasked every minute, until the report lets it go;
//! * at most nine pictures, one video, one file of captions; what they are is told by their content, and pictures keep
//!   nothing but what shows them ([`picture`]);
//! * before the opening staff reads it; then whoever may vote; once the result is out, everybody.
//!
//! ```
//! use voice::report::picture::{Fault, clean};
//! assert_eq!(clean(b"<svg onload=alert(1)>"), Err(Fault::Kind));
//! ```

mod add_picture;
mod begin_video;
mod captions;
pub mod content;
mod describe;
mod draft;
pub mod entity;
mod files;
mod finish_video;
mod money;
pub mod picture;
mod prefill;
mod put_right;
mod remove;
pub mod rules;
pub(crate) mod save;
mod send_video;
mod show;
pub mod submission_entity;
pub(crate) mod submit;
mod take;
pub mod video;
pub mod vtt;
pub mod wait;
mod who;

use kernel::Routes;

use crate::access::EVALUATION_ANSWER;

/// Bytes of a picture at the most.
pub const PICTURE_MOST: u64 = 10 << 20;
/// Bytes of a video at the most.
pub const VIDEO_MOST: u64 = 500 << 20;
/// Pictures of a report at the most, as the table says.
pub const PICTURES_MOST: i64 = 9;

kernel::refusals! {
    /// The chair has not submitted the report without which the evaluation is not opened.
    REPORT_REQUIRED = "report.required", CONFLICT, "主席还没有提交述职报告，先不能开启投票；请主席在手机上写好并提交述职报告。";
    /// The evaluation is being opened or was: its reports stand.
    REPORT_FIXED = "report.fixed", CONFLICT, "这次评议已经开启或者撤回，述职报告不能再改；请返回评议页面查看。";
    /// Reports belong to evaluations of chairs and unions only.
    REPORT_NOT_HERE = "report.not_here", CONFLICT, "只有评主席和评职工之家要写述职报告，这次评议不用写。";
    /// Somebody else, or the same person on another page, changed the text meanwhile.
    REPORT_CHANGED = "report.changed", CONFLICT, "这份报告刚刚在别的页面改过；请先把您写的内容复制下来，再刷新页面核对后继续。";
    /// The text is to be saved before files can be added or the report submitted.
    REPORT_UNSAVED = "report.unsaved", CONFLICT, "请先保存报告的文字，再添加图片和视频，或者提交。";
    /// A section cannot be taken.
    REPORT_SECTION = "report.section", UNPROCESSABLE_ENTITY, "报告最多 16 段，每段的小标题 2 到 40 个字，正文最多 5000 个字；请修改后再保存。";
    /// There is nothing to read beside the figures.
    REPORT_EMPTY = "report.empty", UNPROCESSABLE_ENTITY, "报告里还没有写什么；除了基本情况，请至少再写一段，一两句话也可以。";
    /// The file is no picture that can be taken, or it is broken.
    PICTURE_KIND = "report.picture_kind", UNPROCESSABLE_ENTITY, "这个文件不是能用的图片；请选择 jpg、png 或 webp 格式的图片。";
    /// The picture has too many pixels.
    PICTURE_SIZE = "report.picture_size", UNPROCESSABLE_ENTITY, "图片的尺寸太大，手机上打不开；请先缩小到 6000 万像素以内再上传。";
    /// There are nine pictures already.
    PICTURES_MANY = "report.pictures_many", CONFLICT, "已经有 9 张图片了；请先删掉一张，再添加新的。";
    /// What stands below a picture is too long.
    PICTURE_CAPTION = "report.caption", UNPROCESSABLE_ENTITY, "图片说明最多 100 个字，不要换行；请缩短后再保存。";
    /// The file is no video that can be taken.
    VIDEO_KIND = "report.video_kind", UNPROCESSABLE_ENTITY, "这个文件不是能用的视频；请选择 mp4 或 webm 格式，苹果手机录的 mov 请先另存为 mp4。";
    /// The captions cannot be read.
    CAPTIONS_WRONG = "report.captions", UNPROCESSABLE_ENTITY, "字幕文件读不出来；请用 WebVTT 格式（.vtt），检查后重新选择。";
    /// There is no video to which captions could belong.
    CAPTIONS_ALONE = "report.captions_alone", CONFLICT, "字幕要配合视频使用；请先上传视频，再添加字幕。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    reading()
        .merge(writing())
        .upload(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/pictures",
            "Adds a picture to a report",
        )
        .requires(EVALUATION_ANSWER)
        .receives(add_picture::add_picture)
        .post("/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video", "Begins the upload of a video")
        .requires(EVALUATION_ANSWER)
        .runs(begin_video::begin_video)
        .get(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video/{upload_id}",
            "Tells how far the upload of a video is",
        )
        .requires(EVALUATION_ANSWER)
        .runs(begin_video::video_upload)
        .upload(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video/{upload_id}",
            "Takes the next piece of a video",
        )
        .requires(EVALUATION_ANSWER)
        .receives(send_video::send_video)
        .post(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video/{upload_id}/finish",
            "Puts a video together and into the report",
        )
        .requires(EVALUATION_ANSWER)
        .runs(finish_video::finish_video)
}

fn reading() -> Routes {
    Routes::new("report")
        .get("/api/evaluations/{evaluation_id}/reports", "Lists the duty reports of an evaluation")
        .public()
        .runs(show::reports)
        .get("/api/evaluations/{evaluation_id}/reports/{organization_id}", "Shows a duty report as it was submitted")
        .public()
        .runs(show::report)
        .download(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/files/{file_id}",
            "Sends a picture, the video or the captions of a duty report",
        )
        .public()
        .sends(take::take)
}

fn writing() -> Routes {
    Routes::new("report")
        .get(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft",
            "Shows a report to the chair who writes it, filled in from the year's records",
        )
        .requires(EVALUATION_ANSWER)
        .runs(draft::draft)
        .post("/api/evaluations/{evaluation_id}/reports/{organization_id}/draft", "Saves the text of a report")
        .requires(EVALUATION_ANSWER)
        .runs(save::save)
        .post("/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/submit", "Submits a report")
        .requires(EVALUATION_ANSWER)
        .runs(submit::submit)
        .post(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/captions",
            "Gives the video of a report its captions",
        )
        .requires(EVALUATION_ANSWER)
        .runs(captions::captions)
        .post(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/files/{file_id}/describe",
            "Says what a picture shows",
        )
        .requires(EVALUATION_ANSWER)
        .runs(describe::describe)
        .post(
            "/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/files/{file_id}/remove",
            "Takes a picture, the video or the captions out of a report",
        )
        .requires(EVALUATION_ANSWER)
        .runs(remove::remove)
}
