//! The video: in pieces, over breaks, watched in parts.

use kernel::Id;
use registry::testing::TestCity;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use super::{Desk, count, evaluation, open};

const PIECE: usize = 70_000;

fn mp4(bytes: usize) -> Vec<u8> {
    let mut video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    video.extend((video.len()..bytes).map(|n| u8::try_from(n * 7 % 251).unwrap()));
    video
}

async fn begun(city: &VoiceCity) -> Id {
    let evaluation = evaluation(city).await;
    let chair = city.chair();
    let desk = Desk { client: &chair, evaluation };
    begin(&desk, 9).await.refused(409, "report.unsaved");
    desk.save(0, &[("q1", "有视频")]).await.ok();
    evaluation
}

async fn begin(desk: &Desk<'_>, bytes: u64) -> kernel::testing::Answer {
    desk.client.post(&desk.path("/draft/video"), json!({ "name": "述职.mp4", "bytes": bytes })).await
}

fn id(upload: &Value) -> String {
    upload["upload_id"].as_str().unwrap().to_owned()
}

async fn send(desk: &Desk<'_>, upload: &str, offset: usize, piece: &[u8]) -> kernel::testing::Answer {
    desk.upload(&format!("/draft/video/{upload}?offset={offset}"), piece).await
}

/// The whole of it, piece by piece.
async fn sent(desk: &Desk<'_>, video: &[u8]) -> String {
    let upload = id(&begin(desk, video.len() as u64).await.ok());
    let mut at = 0;
    for piece in video.chunks(PIECE) {
        at += piece.len();
        assert_eq!(send(desk, &upload, at - piece.len(), piece).await.ok()["received"], at);
    }
    upload
}

async fn finish(desk: &Desk<'_>, upload: &str) -> kernel::testing::Answer {
    desk.client.post(&desk.path(&format!("/draft/video/{upload}/finish")), json!({})).await
}

kernel::both_engines! {
    async fn a_video_comes_in_pieces_and_is_watched_in_parts(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = begun(&city).await;
        let (chair, member, stranger) = (city.chair(), city.member(), city.stranger());
        let desk = Desk { client: &chair, evaluation };
        let video = mp4(3 * PIECE + 500);
        let upload = id(&begin(&desk, video.len() as u64).await.ok());
        finish(&desk, &upload).await.refused(409, "file.upload_unfinished");
        send(&desk, &upload, 0, &video[..PIECE]).await.ok();
        // A wrong place is answered with the right one; twice is once.
        assert_eq!(send(&desk, &upload, 5, &video[5..]).await.ok()["received"], PIECE);
        assert_eq!(send(&desk, &upload, 0, &video[..PIECE]).await.ok()["received"], PIECE);
        assert_eq!(chair.get(&desk.path(&format!("/draft/video/{upload}"))).await.ok()["received"], PIECE);
        // Two pages at once.
        let next = &video[PIECE..2 * PIECE];
        let (one, two) = futures::join!(send(&desk, &upload, PIECE, next), send(&desk, &upload, PIECE, next));
        assert_eq!((&one.ok()["received"], &two.ok()["received"]), (&json!(2 * PIECE), &json!(2 * PIECE)));
        send(&desk, &upload, 2 * PIECE, &video[2 * PIECE..]).await.ok();
        let (one, two) = futures::join!(finish(&desk, &upload), finish(&desk, &upload));
        let draft = one.ok();
        assert_eq!(draft["video"], two.ok()["video"], "finished twice at once it is there once");
        assert_eq!(finish(&desk, &upload).await.ok()["video"], draft["video"]);
        let shown = draft["video"].clone();
        assert_eq!((&shown["bytes"], &shown["content_type"]), (&json!(video.len()), &json!("video/mp4")));
        assert_eq!(shown["digest"], hex::encode(kernel::crypto::digest::sm3(&video)));
        chair.get(&desk.path(&format!("/draft/video/{upload}"))).await.refused(404, "file.upload_unknown");
        assert_eq!(count(&city, "file_piece").await, 0);

        desk.submit(1).await.ok();
        open(&city, evaluation).await;
        let reader = Desk { client: &member, evaluation };
        for (range, from, to) in [("bytes=0-", 0, video.len()), ("bytes=0-0", 0, 1), ("bytes=65530-65545", 65_530, 65_546), ("bytes=-9", video.len() - 9, video.len())] {
            let (status, headers, bytes) = reader.file(&city, &shown, Some(range)).await;
            assert_eq!((status, headers["content-range"].to_str().unwrap()), (206, format!("bytes {from}-{}/{}", to - 1, video.len()).as_str()));
            assert!(bytes == video[from..to], "{range}");
        }
        assert_eq!(reader.file(&city, &shown, Some(&format!("bytes={}-", video.len()))).await.0, 416);
        assert_eq!(Desk { client: &stranger, evaluation }.file(&city, &shown, Some("bytes=0-9")).await.0, 404);
        super::set_state(&city, evaluation, "closing").await;
        super::set_state(&city, evaluation, "published").await;
        assert_eq!(Desk { client: &stranger, evaluation }.file(&city, &shown, Some("bytes=0-9")).await.0, 206);
    }

    async fn what_is_no_video_is_refused_at_once(city: VoiceCity) {
        let evaluation = begun(&city).await;
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        begin(&desk, (500 << 20) + 1).await.refused(413, "file.too_large");
        begin(&desk, 0).await.refused(422, "file.empty");
        let script = b"#!/bin/sh\nrm -rf ~\n".repeat(10_000);
        let upload = id(&begin(&desk, script.len() as u64).await.ok());
        send(&desk, &upload, 0, &script[..PIECE]).await.refused(422, "report.video_kind");
        assert_eq!(count(&city, "file_piece").await, 0);
        // More than was announced, and more than a piece may have.
        let video = mp4(2 * PIECE);
        let upload = id(&begin(&desk, video.len() as u64 - 9).await.ok());
        send(&desk, &upload, 0, &video).await.refused(422, "file.upload_piece");
        send(&desk, &upload, 0, &mp4((4 << 20) + 1)).await.refused(422, "file.upload_piece");
        send(&desk, &upload, 0, &video[..100]).await.refused(422, "file.upload_piece");
        let other = city.client_of(&kernel::testing::Who::new().role("chair", TestCity::UNION)).await;
        let theirs = Desk { client: &other, evaluation };
        send(&theirs, &upload, 0, &video[..PIECE]).await.refused(404, "file.upload_unknown");
        finish(&theirs, &upload).await.refused(404, "file.upload_unknown");
        let member = city.member();
        begin(&Desk { client: &member, evaluation }, 9).await.refused(403, "access.denied");
        assert_eq!(desk.draft().await["video"], Value::Null);
    }

    async fn a_new_video_takes_the_place_of_the_old_one(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = begun(&city).await;
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        let captions = async |text: &str| chair.post(&desk.path("/draft/captions"), json!({ "text": text })).await;
        captions("WEBVTT\n\n00:01.000 --> 00:02.000\n大家好").await.refused(409, "report.captions_alone");
        let first = sent(&desk, &mp4(PIECE + 1)).await;
        finish(&desk, &first).await.ok();
        let wrong = captions("WEBVTT\n\n00:01 --> 00:02\n大家好").await;
        wrong.refused(422, "report.captions");
        assert!(wrong.body["detail"].as_str().unwrap().contains("第 3 行"));
        captions("WEBVTT\n\n00:01.000 --> 00:02.000\n大家好").await.ok();
        let draft = captions("\u{feff}WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\n<b>大家好</b>").await.ok();
        let (_, headers, text) = desk.file(&city, &draft["captions"], None).await;
        assert_eq!(headers["content-type"].to_str().unwrap(), "text/vtt; charset=utf-8");
        assert_eq!(String::from_utf8(text).unwrap(), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<b>大家好</b>\n");
        let second = sent(&desk, &mp4(PIECE + 2)).await;
        let draft = finish(&desk, &second).await.ok();
        assert_eq!((&draft["video"]["bytes"], &draft["captions"]), (&json!(PIECE + 2), &Value::Null));
        // The draft of the first one is gone: its answer is not given for another video.
        finish(&desk, &first).await.refused(404, "file.upload_unknown");
        let third = id(&begin(&desk, 9).await.ok());
        desk.submit(1).await.ok();
        open(&city, evaluation).await;
        send(&desk, &third, 0, &mp4(9)).await.refused(409, "report.fixed");
        begin(&desk, 9).await.refused(409, "report.fixed");
        assert_eq!(count(&city, "file WHERE purpose = 'report' AND deleted_at IS NULL").await, 1);
    }
}
