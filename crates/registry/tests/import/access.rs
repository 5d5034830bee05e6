//! Who may import where: out of reach does not exist.

use registry::testing::TestCity;
use serde_json::json;

use super::*;

kernel::both_engines! {
    async fn a_chair_imports_only_into_his_union(city: TestCity) {
        let chair = city.chair();
        for foreign in [TestCity::SMALL_UNION, TestCity::OTHER_UNION, TestCity::TOWN, TestCity::CITY, Id::from_u128(5)] {
            let staged = upload(&chair, "a.csv", csv([line(1, "")])).await.ok();
            let files = json!([{ "file_id": staged["file_id"], "part": "members" }]);
            let body = json!({ "kind": "roster", "organization_id": foreign, "files": files });
            chair.post("/api/imports", body).await.refused(404, "not_found");
        }
        // A row that names a union out of reach finds none.
        let done = imported(&city, &chair, TestCity::UNION, csv([line(1, "示例物流有限公司工会"), line(2, "")])).await;
        assert_eq!(counts(&done), [1, 0, 1]);
        assert_eq!(faults(&chair, &done).await, [(2, vec!["import.union_unknown".to_owned()])]);
    }

    async fn an_import_out_of_reach_does_not_exist(city: TestCity) {
        let chair = city.chair();
        let done = imported(&city, &chair, TestCity::UNION, csv([line(1, ""), "示例,1,,".to_owned()])).await;
        let id = done["id"].as_str().unwrap();
        let others = [city.other_county_officer(), city.county_officer(), city.vice_chair(), city.rider(), city.system_admin()];
        for client in others {
            assert_eq!(client.get("/api/imports").await.ok()["items"], json!([]));
            client.get(&format!("/api/imports/{id}")).await.refused(404, "not_found");
            client.get(&format!("/api/imports/{id}/faults")).await.refused(404, "not_found");
            client.get(&format!("/api/imports/{id}/error-file?format=csv")).await.refused(404, "not_found");
            for verb in ["check", "run", "cancel", "resume"] {
                post(&client, &done, verb).await.refused(404, "not_found");
            }
            let columns = json!({ "number": 1, "sheet": 0, "header_row": 1, "columns": {} });
            client.post(&format!("/api/imports/{id}/columns"), columns).await.refused(404, "not_found");
        }
        for client in [city.rider(), city.vice_chair(), city.system_admin()] {
            upload(&client, "a.csv", csv([line(1, "")])).await.refused(403, "access.denied");
        }
        let staged = upload(&city.county_officer(), "a.csv", csv([line(1, "")])).await.ok();
        let files = json!([{ "file_id": staged["file_id"], "part": "members" }]);
        let body = json!({ "kind": "roster", "organization_id": TestCity::UNION, "files": files });
        city.county_officer().post("/api/imports", body).await.refused(403, "access.denied");
        // The registrar above sees it and its rows.
        let seen = city.registrar().get("/api/imports").await.ok();
        assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["account_name"]), (&done["id"], &json!("陈示例")));
        assert_eq!(faults(&city.registrar(), &done).await.len(), 1);
    }
}
