//! Who may import what where.

use registry::testing::TestCity;

use super::*;

kernel::both_engines! {
    async fn nobody_imports_into_another_county(city: TestCity) {
        let officer = city.county_officer();
        let file = upload(&officer, "unions.csv", csv("unions", &[])).await.ok();
        let files = json!([{ "file_id": file["file_id"], "part": "unions" }]);
        let body = json!({ "kind": "register", "organization_id": TestCity::OTHER_COUNTY, "files": files });
        officer.post("/api/imports", body).await.refused(404, "not_found");
        let others = texts(&city, "SELECT uscc AS t FROM organization WHERE name = '示例陶瓷有限公司工会'").await.remove(0);
        let unions = vec![
            union("会城公司工会", "单独基层工会", "会城街道工会联合会", ",,,,,,,,,,"),
            union("会城街道工会联合会", "镇街工会联合会", "新会区总工会", ",会城街道,,,,,,,,,"),
            union("棠下公司工会", "单独基层工会", "棠下镇总工会", &format!("{others},,,,,,,,,,")),
            union("城市行业工会", "行业工会", "江门市总工会", ",,,,,,,,,,"),
        ];
        let unit = texts(&city, "SELECT uscc AS t FROM employer WHERE name = '示例陶瓷有限公司'").await.remove(0);
        let employers = vec![
            format!("会城公司,{},,会城街道工会联合会,", unit_code(1)),
            format!("示例陶瓷有限公司,{unit},,示例物流有限公司工会,"),
        ];
        let officers = vec!["示例陶瓷有限公司工会,别人,委员,13900000009,,".to_owned()];
        let files = [("unions", unions), ("employers", employers), ("officers", officers)];
        let done = imported(&city, &officer, TestCity::COUNTY, &files).await;
        let expected = [
            (1, 2, vec!["import.parent_unknown"]),
            (1, 3, vec!["organization.name_taken", "import.parent_unknown"]),
            (1, 4, vec!["organization.uscc_taken"]),
            (1, 5, vec!["import.parent_unknown"]),
            (2, 2, vec!["organization.employer", "import.union_unknown"]),
            (2, 3, vec!["employer.has_union"]),
            (3, 2, vec!["import.union_unknown"]),
        ];
        assert_eq!(table(&faults(&officer, &done).await), expected);
        assert_eq!(counts(&done), [0, 0, 7]);
        let told = officer.get(&format!("/api/imports/{}/faults?limit=100", done["id"].as_str().unwrap())).await.ok().to_string();
        assert!(!told.contains("示例陶瓷"), "nothing of the other county is told: {told}");
        // A town officer imports below the town only.
        let below = vec![
            union("棠下一公司工会", "单独基层工会", "棠下镇总工会", ",,,,,,,,,,"),
            union("白沙一公司工会", "单独基层工会", "白沙街道工会联合会", ",,,,,,,,,,"),
            union("棠下镇总工会", "镇街总工会", "蓬江区总工会", ",棠下镇,,,,,,,,,"),
        ];
        let town = city.town_officer();
        let done = imported(&city, &town, TestCity::TOWN, &[("unions", below)]).await;
        assert_eq!(table(&faults(&town, &done).await), [(1, 3, vec!["import.parent_unknown"])]);
        assert_eq!(counts(&done), [1, 1, 1]);
        for key in ["chair", "registrar", "member", "security_admin"] {
            let body = json!({ "kind": "register", "organization_id": TestCity::TOWN, "files": [] });
            assert!(city.signed_in(key).post("/api/imports", body).await.status >= 400, "{key}");
        }
    }
}
