//! Files as they come: encodings, titles above the header, hostile cells, wrong files, adjusted columns.

use registry::testing::TestCity;
use serde_json::json;

use super::*;

/// `姓名,证件号码` and two rows `示例` with synthetic numbers, in GB 18030.
fn gbk() -> Vec<u8> {
    let header = [0xD0, 0xD5, 0xC3, 0xFB, b',', 0xD6, 0xA4, 0xBC, 0xFE, 0xBA, 0xC5, 0xC2, 0xEB, b'\n'];
    let row = |n: u32| [&[0xCA, 0xBE, 0xC0, 0xFD, b','], number(n).as_bytes(), b"\n"].concat();
    [header.to_vec(), row(1), row(2)].concat()
}

kernel::both_engines! {
    async fn a_chairs_own_roster_in_any_encoding(city: TestCity) {
        let chair = city.chair();
        let done = imported(&city, &chair, TestCity::UNION, gbk()).await;
        assert_eq!(counts(&done), [2, 0, 0]);
        let bom = format!("\u{feff}姓名,证件号码\r\n示例,{}\r\n示例,{}\r\n", number(1), number(3));
        let done = imported(&city, &chair, TestCity::UNION, bom.into_bytes()).await;
        assert_eq!(counts(&done), [1, 1, 0]);
        let found = chair.get(&format!("/api/members?id_number={}", number(2))).await.ok();
        assert_eq!((&found["items"][0]["name"], &found["items"][0]["synthetic"]), (&json!("示例"), &json!(true)));
        assert_eq!(found["items"][0]["joined_on"], "2026-11-23");
    }

    async fn hostile_cells_change_nothing(city: TestCity) {
        let chair = city.chair();
        let long = "长".repeat(10_000);
        let names = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "示例\u{0}甲", "\u{202e}示例", "示例😀", &long, "'; DROP TABLE person; --"];
        let lines = (1..).zip(names).map(|(n, name)| format!("\"{name}\",{},,", number(n)));
        let before = count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM person").await;
        let done = imported(&city, &chair, TestCity::UNION, csv(lines)).await;
        assert_eq!(counts(&done), [0, 0, 7]);
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM person").await, before);
        let shown = chair.get(&format!("/api/imports/{}/faults", done["id"].as_str().unwrap())).await.ok().to_string();
        assert!(!shown.contains("script") && !shown.contains("DROP") && !shown.contains('\u{202e}'), "{shown}");
    }

    async fn wrong_files_are_refused_with_the_next_step(city: TestCity) {
        let chair = city.chair();
        upload(&chair, "a.xlsx", Vec::new()).await.refused(422, "file.empty");
        upload(&chair, "a.xlsx", b"%PDF-1.7 not a sheet".to_vec()).await.refused(422, "sheet.format");
        upload(&chair, "a.xlsx", b"PK\x03\x04 broken".to_vec()).await.refused(422, "sheet.damaged");
        let staged = upload(&chair, "%E8%8A%B1%E5%90%8D%E5%86%8C.csv", csv([line(1, "")])).await.ok();
        assert_eq!((&staged["name"], &staged["format"]), (&json!("花名册.csv"), &json!("csv")));
        let body = |files: Value| json!({ "kind": "roster", "organization_id": TestCity::UNION, "files": files });
        let file = json!({ "file_id": staged["file_id"], "part": "members" });
        for files in [json!([]), json!([file, file]), json!([{ "file_id": staged["file_id"], "part": "unions" }])] {
            chair.post("/api/imports", body(files)).await.refused(422, "import.files");
        }
        let unknown = json!([{ "file_id": Id::from_u128(1), "part": "members" }]);
        chair.post("/api/imports", body(unknown)).await.refused(404, "file.unknown");
        // A file is imported once, and only by who brought it.
        city.vice_chair().post("/api/imports", body(json!([file]))).await.refused(403, "access.denied");
        city.registrar().post("/api/imports", body(json!([file]))).await.refused(404, "file.unknown");
        chair.post("/api/imports", body(json!([file]))).await.ok();
        chair.post("/api/imports", body(json!([file]))).await.refused(404, "file.unknown");
    }

    async fn columns_are_recognised_and_adjusted(city: TestCity) {
        let registrar = city.registrar();
        let text = format!(
            "示例工会会员花名册\r\n填报人：某某\r\n序号,员工,证件,电话,单位\r\n1,{},{},13800000001,示例制造有限公司\r\n2,{},{},,示例物流有限公司\r\n",
            name(1), number(1), name(2), number(2)
        );
        let import = draft(&registrar, TestCity::COUNTY, "own.csv", text.into_bytes()).await;
        let file = &import["files"][0];
        assert_eq!((&file["header_row"], &file["header"][4]), (&json!(3), &json!("单位")));
        assert_eq!(file["missing"], json!(["姓名", "证件号码"]));
        assert!(!file["sample"].to_string().contains(&number(1)), "{}", file["sample"]);
        assert_eq!(import["may"]["check"], false);
        let answer = post(&registrar, &import, "check").await;
        answer.refused(422, "import.columns_missing");
        assert!(answer.body["detail"].as_str().unwrap().contains("姓名、证件号码"));
        let path = format!("/api/imports/{}/columns", import["id"].as_str().unwrap());
        let adjust = |columns: Value| json!({ "number": 1, "sheet": 0, "header_row": 3, "columns": columns });
        registrar.post(&path, adjust(json!({ "name": 9 }))).await.refused(422, "import.columns_wrong");
        registrar.post(&path, adjust(json!({ "name": 1, "id_number": 1 }))).await.refused(422, "import.columns_wrong");
        let adjusted = registrar.post(&path, adjust(json!({ "name": 1, "id_number": 2 }))).await.ok();
        assert_eq!((&adjusted["files"][0]["missing"], &adjusted["may"]["check"]), (&json!([]), &json!(true)));
        post(&registrar, &import, "check").await.ok();
        work(&city).await;
        let checked = page(&registrar, &import).await;
        assert_eq!(counts(&checked), [2, 0, 0], "{:?}", faults(&registrar, &import).await);
        // Adjusted again it is a draft again.
        let adjusted = registrar.post(&path, adjust(json!({ "name": 1, "id_number": 2, "employer": null }))).await.ok();
        assert_eq!((&adjusted["state"], counts(&adjusted), &adjusted["rows_total"]), (&json!("draft"), [0, 0, 0], &Value::Null));
        post(&registrar, &import, "run").await.refused(409, "import.state");
    }

    async fn the_template_is_filled_in_and_taken(city: TestCity) {
        let chair = city.chair();
        let (status, bytes) = download(&city, &chair, "/api/imports/template?part=members&format=csv").await;
        assert_eq!(status, 200);
        let template = String::from_utf8(bytes).unwrap();
        let filled = format!("{template}{},{}\r\n", name(1), number(1));
        let done = imported(&city, &chair, TestCity::UNION, filled.into_bytes()).await;
        assert_eq!(counts(&done), [1, 0, 0], "the example row is no row");
        for part in ["members", "unions", "employers", "officers"] {
            let path = format!("/api/imports/template?part={part}&format=xlsx");
            assert_eq!(download(&city, &chair, &path).await.0, 200);
        }
    }
}
