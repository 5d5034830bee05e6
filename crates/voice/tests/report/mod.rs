//! Duty reports: written, submitted, waited for, and read by those who may.

mod opening;
mod pictures;
mod reading;
mod video;
mod writing;

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use kernel::Id;
use kernel::testing::{Answer, Client};
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

/// A report in the hands of somebody.
struct Desk<'a> {
    client: &'a Client,
    evaluation: Id,
}

impl Desk<'_> {
    fn path(&self, what: &str) -> String {
        format!("/api/evaluations/{}/reports/{}{what}", self.evaluation, TestCity::UNION)
    }

    async fn draft(&self) -> Value {
        self.client.get(&self.path("/draft")).await.ok()
    }

    async fn save(&self, version: i64, sections: &[(&str, &str)]) -> Answer {
        let section = |(key, text): &(&str, &str)| json!({ "key": key, "heading": "小标题", "text": text });
        let sections: Vec<Value> = sections.iter().map(section).collect();
        self.client.post(&self.path("/draft"), json!({ "version": version, "sections": sections })).await
    }

    async fn submit(&self, version: i64) -> Answer {
        self.client.post(&self.path("/draft/submit"), json!({ "version": version })).await
    }

    async fn upload(&self, what: &str, bytes: &[u8]) -> Answer {
        let request = Request::post(self.path(what)).header("x-zhigong", "1");
        self.client.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    /// A file of the report as bytes, perhaps a part of it.
    async fn file(&self, city: &VoiceCity, file: &Value, range: Option<&str>) -> (u16, HeaderMap, Vec<u8>) {
        let path = self.path(&format!("/files/{}", file["file_id"].as_str().unwrap()));
        let mut request = Request::get(path);
        if let Some(token) = self.client.token() {
            request = request.header(header::COOKIE, format!("{}={token}", kernel::session::COOKIE));
        }
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(city.router(), request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), parts.headers, body.to_vec())
    }
}

/// The chair's own evaluation, a draft.
async fn evaluation(city: &VoiceCity) -> Id {
    let body = json!({ "scheme": "chair_report", "organization_id": TestCity::UNION });
    city.chair().post("/api/evaluations", body).await.ok()["id"].as_str().unwrap().parse().unwrap()
}

/// Opens it and works off what follows; there must be five electors.
async fn open(city: &VoiceCity, evaluation: Id) {
    city.chair().post(&format!("/api/evaluations/{evaluation}/open"), json!({})).await.ok();
    city.work().await;
}

async fn set_state(city: &VoiceCity, evaluation: Id, state: &str) {
    let tx = city.system().begin().await.unwrap();
    let sql = "UPDATE evaluation SET state = $2 WHERE id = $1";
    assert_eq!(tx.execute_sql(sql, [evaluation.into(), state.into()]).await.unwrap(), 1);
    tx.commit(()).await.unwrap();
}

async fn count(city: &VoiceCity, sql: &str) -> i64 {
    let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {sql}");
    city.db.read().query_one_raw(city.db.statement(&sql, [])).await.unwrap().unwrap().try_get("", "n").unwrap()
}
