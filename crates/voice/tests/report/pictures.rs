//! Pictures: what they are and what they tell.

use kernel::file;
use registry::testing::TestCity;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use super::{Desk, count, evaluation, open};

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], name, content, &[1, 2, 3, 4]].concat()
}

/// A PNG that says where it was taken.
pub fn png(width: u32, mark: u8) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &9_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let parts = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"eXIf", b"MM\0*GPS 22.5778N"),
        chunk(b"IDAT", &[mark; 20]),
        chunk(b"IEND", b""),
    ];
    parts.concat()
}

async fn begun(city: &VoiceCity) -> kernel::Id {
    let evaluation = evaluation(city).await;
    let chair = city.chair();
    let desk = Desk { client: &chair, evaluation };
    desk.upload("/draft/pictures", &png(9, 1)).await.refused(409, "report.unsaved");
    desk.save(0, &[("q1", "有图")]).await.ok();
    evaluation
}

kernel::both_engines! {
    async fn a_picture_keeps_nothing_but_what_it_shows(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = begun(&city).await;
        let (chair, member) = (city.chair(), city.member());
        let (desk, reader) = (Desk { client: &chair, evaluation }, Desk { client: &member, evaluation });
        let draft = desk.upload("/draft/pictures", &png(640, 1)).await.ok();
        let picture = draft["pictures"][0].clone();
        assert_eq!((&picture["content_type"], &picture["width"], &picture["height"]), (&json!("image/png"), &json!(640), &json!(9)));
        let (status, headers, bytes) = desk.file(&city, &picture, None).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap(), headers["x-content-type-options"].to_str().unwrap()), (200, "image/png", "nosniff"));
        assert!(headers["content-disposition"].to_str().unwrap().starts_with("inline"));
        assert!(!bytes.windows(3).any(|part| part == b"GPS") && bytes.windows(4).any(|part| part == b"IDAT"));
        let describe = |caption: &str| (desk.path(&format!("/draft/files/{}/describe", picture["file_id"].as_str().unwrap())), json!({ "caption": caption }));
        let (path, body) = describe("食堂改造后");
        assert_eq!(chair.post(&path, body).await.ok()["pictures"][0]["caption"], "食堂改造后");
        let (path, body) = describe(&"字".repeat(101));
        chair.post(&path, body).await.refused(422, "report.caption");
        // A draft is its chair's alone.
        for client in [city.member(), city.town_officer(), city.stranger()] {
            assert_eq!(Desk { client: &client, evaluation }.file(&city, &picture, None).await.0, 404);
        }
        desk.submit(1).await.ok();
        assert_eq!(reader.file(&city, &picture, None).await.0, 404);
        open(&city, evaluation).await;
        assert_eq!(reader.file(&city, &picture, None).await.2, bytes);
        desk.upload("/draft/pictures", &png(9, 2)).await.refused(409, "report.fixed");
    }

    async fn what_is_no_picture_is_refused(city: VoiceCity) {
        let evaluation = begun(&city).await;
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        let script = b"<script>alert(1)</script>".repeat(9);
        for bytes in [&script[..], b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a", &png(9, 1)[..40]] {
            desk.upload("/draft/pictures", bytes).await.refused(422, "report.picture_kind");
        }
        desk.upload("/draft/pictures", &[]).await.refused(422, "report.picture_kind");
        desk.upload("/draft/pictures", &png(20_000, 1)).await.refused(422, "report.picture_size");
        desk.upload("/draft/pictures", &vec![0xff; (10 << 20) + 1]).await.refused(413, "file.too_large");
        for mark in 0..9 {
            desk.upload("/draft/pictures", &png(9, mark)).await.ok();
        }
        desk.upload("/draft/pictures", &png(9, 9)).await.refused(409, "report.pictures_many");
        assert_eq!(count(&city, "file WHERE purpose = 'report'").await, 9, "nothing of the refused ones is kept");
        // Two for the last place: one finds it.
        let draft = desk.draft().await;
        let remove = desk.path(&format!("/draft/files/{}/remove", draft["pictures"][4]["file_id"].as_str().unwrap()));
        chair.post(&remove, json!({})).await.ok();
        assert_eq!(chair.post(&remove, json!({})).await.ok()["pictures"].as_array().unwrap().len(), 8);
        let (one, two) = (png(9, 21), png(9, 22));
        let (one, two) = futures::join!(desk.upload("/draft/pictures", &one), desk.upload("/draft/pictures", &two));
        let mut codes = [one.code().to_owned(), two.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "report.pictures_many"]);
        assert_eq!(desk.draft().await["pictures"].as_array().unwrap().len(), 9);
    }

    async fn what_was_submitted_outlives_the_draft(city: VoiceCity) {
        let evaluation = begun(&city).await;
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        let add = async |mark: u8| -> Value {
            desk.upload("/draft/pictures", &png(9, mark)).await.ok()["pictures"].as_array().unwrap().last().unwrap().clone()
        };
        let submitted = add(1).await;
        desk.submit(1).await.ok();
        let passing = add(2).await;
        for picture in [&submitted, &passing] {
            let remove = desk.path(&format!("/draft/files/{}/remove", picture["file_id"].as_str().unwrap()));
            chair.post(&remove, json!({})).await.ok();
        }
        let id = |file: &Value| -> kernel::Id { file["file_id"].as_str().unwrap().parse().unwrap() };
        assert!(file::find(city.db.read(), id(&submitted)).await.is_ok());
        assert!(file::find(city.db.read(), id(&passing)).await.is_err());
        let town = city.town_officer();
        assert_eq!(Desk { client: &town, evaluation }.file(&city, &submitted, None).await.0, 200, "the submission still counts");
        desk.submit(1).await.ok();
        assert_eq!(Desk { client: &town, evaluation }.file(&city, &submitted, None).await.0, 404);
        assert!(file::find(city.db.read(), id(&submitted)).await.is_ok(), "what was told is kept");
    }
}
