//! Who is rated does not rate, whichever file brought him.

use axum::body::Body;
use axum::http::Request;
use kernel::Id;
use kernel::job::{Jobs, work_off};
use kernel::testing::Client;
use registry::person::id_number;
use registry::testing::TestCity;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use super::opened;

/// Imports a roster.
async fn imported(city: &VoiceCity, registrar: &Client, roster: String) -> Value {
    let request = Request::post("/api/imports/files?name=roster.csv").header("x-zhigong", "1");
    let request = request.header("content-type", "application/octet-stream").body(Body::from(roster)).unwrap();
    let file = registrar.send(request).await.ok()["file_id"].clone();
    let files = json!([{ "file_id": file, "part": "members" }]);
    let body = json!({ "kind": "roster", "organization_id": TestCity::COUNTY, "files": files });
    let import = format!("/api/imports/{}", registrar.post("/api/imports", body).await.ok()["id"].as_str().unwrap());
    for verb in ["check", "run"] {
        registrar.post(&format!("{import}/{verb}"), json!({})).await.ok();
        work_off(&city.app, &registry::jobs(Jobs::new())).await.unwrap();
    }
    registrar.get(&import).await.ok()
}

kernel::both_engines! {
    async fn a_deputy_whom_a_roster_brings_with_his_number_is_no_elector(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let office = json!({ "name": "示例副主席", "phone": "13900000077", "title": "vice_chair", "from": "2026-11-23" });
        let path = format!("/api/organizations/{}/officers", TestCity::UNION);
        city.town_officer().post(&path, office).await.ok();
        let number = id_number::synthetic("440703", "1991-05-17".parse().unwrap(), 321).unwrap();
        let row = format!("示例副主席,{number},13900000077,示例制造有限公司工会,2022-01-01");
        let roster = format!("姓名,证件号码,手机号码,所属工会,入会日期\r\n{row}\r\n");
        assert_eq!(imported(&city, &city.registrar(), roster).await["added"], 1);
        let found = city.registrar().get(&format!("/api/members?id_number={number}")).await.ok();
        let person: Id = found["items"][0]["person_id"].as_str().unwrap().parse().unwrap();

        let evaluation = opened(&city, &city.chair(), "chair_report", TestCity::UNION).await;
        let mut expected = city.members_of(TestCity::UNION).await;
        assert!([TestCity::person_of("chair"), TestCity::person_of("vice_chair"), person].iter().all(|one| expected.remove(one)));
        assert_eq!(city.electors(evaluation).await, expected);
    }
}
