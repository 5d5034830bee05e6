//! The papers behind a batch: who adds them, who opens them, that they stay, and what is no paper.

use axum::body::Body;
use axum::http::Request;
use kernel::Id;
use kernel::id::Ids;
use kernel::sheet::{Format, SheetWriter, WriterOptions};
use kernel::testing::{Answer, Client, Who};
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, batch_page, everybody, funded, issued, number, submit, text};

const PDF: &str = "%PDF-1.7 示例方案";

fn path(batch: &str) -> String {
    format!("/api/points/batches/{batch}/evidence")
}

/// Takes a file in; the name as it stands in an address.
async fn taken(client: &Client, batch: &str, name: &str, content: impl Into<Body>) -> Answer {
    let to = format!("{}/files?name={name}", path(batch));
    client.send(Request::post(to).header("x-zhigong", "1").body(content.into()).unwrap()).await
}

/// Takes a PDF in; answers under which id.
async fn paper(client: &Client, batch: &str) -> Value {
    taken(client, batch, "plan.pdf", PDF).await.ok()["file_id"].clone()
}

async fn add(client: &Client, batch: &str, files: &[&Value]) -> Answer {
    client.post(&path(batch), json!({ "file_ids": files })).await
}

fn workbook() -> Vec<u8> {
    let mut writer = SheetWriter::new(Vec::new(), Format::Xlsx, WriterOptions::default()).unwrap();
    writer.row(&["姓名", "签名"]).unwrap();
    writer.finish().unwrap()
}

/// A batch that is prepared and not submitted.
async fn draft(city: &RewardsCity, budget: &str) -> String {
    let batch = text(&city.chair().post("/api/points/batches", everybody(budget, 1_000)).await.ok(), "id");
    city.work().await;
    batch
}

/// As many papers as a batch may have, copied from one that is there.
async fn fill(city: &RewardsCity, of: &Value) {
    let of: Id = of.as_str().unwrap().parse().unwrap();
    let tx = city.system().begin_bulk().await.unwrap();
    for number in 3_i64..=50 {
        let id = Ids::random();
        let file = "INSERT INTO file (id, purpose, name, bytes, digest, created_at, attached_at)
            SELECT $1, purpose, name, bytes, digest, created_at, attached_at FROM file WHERE id = $2";
        tx.execute_sql(file, [id.into(), of.into()]).await.unwrap();
        let row = "INSERT INTO issue_evidence
                (file_id, batch_id, number, name, content_type, bytes, digest, added_by, added_at)
            SELECT $1, batch_id, $3, name, content_type, bytes, digest, added_by, added_at
            FROM issue_evidence WHERE file_id = $2";
        tx.execute_sql(row, [id.into(), of.into(), number.into()]).await.unwrap();
    }
    tx.commit(()).await.unwrap();
}

kernel::both_engines! {
    async fn papers_are_added_for_good_and_opened_by_who_approves_and_audits(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        let (chair, vice) = (city.chair(), city.vice_chair());
        let bare = issued(&city, &budget, 1_000).await;
        let batch = draft(&city, &budget).await;
        // To a draft; a name that climbs and lies is a name that does neither.
        let plan = taken(&chair, &batch, "..%2F..%2F%E5%8F%91%E7%A5%A8.exe", PDF).await.ok();
        assert_eq!((&plan["name"], &plan["content_type"]), (&json!("发票.exe.pdf"), &json!("application/pdf")));
        let both = json!({ "file_ids": [plan["file_id"], plan["file_id"]] });
        let first = chair.post_once(&path(&batch), "papers", both.clone()).await.ok();
        assert_eq!(first["items"].as_array().map(Vec::len), Some(1), "{first}");
        assert_eq!(chair.post_once(&path(&batch), "papers", both.clone()).await.ok(), first);
        chair.post(&path(&batch), both).await.refused(404, "file.unknown");

        submit(&chair, &batch).await.ok();
        let waiting = vice.get(&path(&batch)).await.ok();
        assert_eq!((&waiting["items"], &waiting["may_add"]), (&first["items"], &json!(true)));
        assert_eq!(vice.get("/api/points/approvals").await.ok()["items"][0]["evidence_files"], 1);
        approve(&vice, "issue_batch", &batch).await.ok();
        city.work().await;
        // After the event.
        let late = taken(&chair, &batch, "%E7%AD%BE%E5%88%B0%E8%A1%A8.xlsx", workbook()).await.ok();
        let now = add(&chair, &batch, &[&late["file_id"]]).await.ok();
        assert_eq!((&now["items"][0], &now["items"][1]["name"]), (&first["items"][0], &json!("签到表.xlsx")));
        assert_eq!(batch_page(&chair, &batch).await["batch"]["evidence_files"], 2);
        let without = chair.get("/api/points/batches?without_evidence=true").await.ok();
        let ids: Vec<String> = without["items"].as_array().unwrap().iter().map(|row| text(row, "id")).collect();
        assert_eq!(ids, std::slice::from_ref(&bare));
        let uses = chair.get("/api/points/batches/uses/csv").await.ok().to_string();
        assert!(uses.contains("无附件") && uses.contains("2 个"), "{uses}");

        // From the transfer to the paper, and each look leaves its mark.
        let auditor = city.client_of(&Who::new().role("audit_director", TestCity::TOWN)).await;
        let entries = auditor.get(&format!("/api/ledger/accounts/{budget}/entries")).await.ok();
        let stands_on = async |entry: &Value| {
            let path = format!("/api/ledger/transfers/{}", text(entry, "transfer_id"));
            auditor.get(&path).await.ok()["ground"].clone()
        };
        let ground = stands_on(&entries["items"][0]).await;
        assert_eq!((&ground["id"], &ground["evidence_files"]), (&json!(batch), &json!(2)));
        assert_eq!(ground["evidence"], now["items"]);
        let file = format!("/api/points/evidence/{}", text(&ground["evidence"][0], "file_id"));
        assert_eq!(auditor.get(&file).await.ok(), PDF);
        assert_eq!(auditor.get(&path(&batch)).await.ok()["may_add"], false);
        let last = entries["items"].as_array().unwrap().iter().rfind(|row| row["kind"] == "issue").unwrap();
        let other = stands_on(last).await;
        assert_eq!((&other["id"], &other["evidence_files"], &other["evidence"]), (&json!(bare), &json!(0), &json!([])));
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM event WHERE kind = 'issue.evidence_taken'").await, 1);

        add(&auditor, &batch, &[]).await.refused(403, "access.denied");
        let elsewhere = city.other_county_officer();
        for place in [&path(&batch), &file] {
            elsewhere.get(place).await.refused(404, "not_found");
            city.member().get(place).await.refused(403, "access.denied");
        }
        taken(&elsewhere, &batch, "plan.pdf", PDF).await.refused(404, "not_found");
        for sql in ["UPDATE issue_evidence SET name = '别的.pdf'", "DELETE FROM issue_evidence"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
    }

    async fn what_is_no_paper_is_not_kept(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        let (chair, vice) = (city.chair(), city.vice_chair());
        let batch = draft(&city, &budget).await;
        let others: [(&str, &[u8]); 4] = [
            ("plan.pdf", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("list.xlsx", b"PK\x03\x04 and no workbook"),
            ("photo.png", b"MZ\x90\x00\x03"),
            ("list.csv", b"a,b\n1,2\n"),
        ];
        for (name, content) in others {
            taken(&chair, &batch, name, content.to_vec()).await.refused(422, "issue_evidence.kind");
        }
        taken(&chair, &batch, "plan.pdf", "").await.refused(422, "file.empty");
        let mut large = PDF.as_bytes().to_vec();
        large.resize((10 << 20) + 1, 0);
        taken(&chair, &batch, "plan.pdf", large).await.refused(413, "file.too_large");
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM file WHERE purpose = 'issue_evidence'").await, 0);

        add(&chair, &batch, &[]).await.refused(422, "issue_evidence.many");
        let strange: Vec<Value> = (0..10).map(|_| json!(Ids::random())).collect();
        add(&chair, &batch, &strange.iter().collect::<Vec<_>>()).await.refused(422, "issue_evidence.many");
        add(&chair, &batch, &[&strange[0]]).await.refused(404, "file.unknown");
        let (mine, hers) = (paper(&chair, &batch).await, paper(&vice, &batch).await);
        // What somebody else took in is hers to add.
        let (my, her) = ([&mine], [&hers]);
        add(&chair, &batch, &her).await.refused(404, "file.unknown");
        let (one, other) = tokio::join!(add(&chair, &batch, &my), add(&vice, &batch, &her));
        one.ok();
        other.ok();
        assert_eq!(number(&city, "SELECT CAST(SUM(number) AS bigint) AS n FROM issue_evidence").await, 3);
        fill(&city, &mine).await;
        let more = paper(&chair, &batch).await;
        add(&chair, &batch, &[&more]).await.refused(409, "issue_evidence.full");
        let version = batch_page(&chair, &batch).await["batch"]["version"].clone();
        chair.post(&format!("/api/points/batches/{batch}/withdraw"), json!({ "version": version })).await.ok();
        taken(&chair, &batch, "plan.pdf", PDF).await.refused(409, "issue.state");
    }
}
