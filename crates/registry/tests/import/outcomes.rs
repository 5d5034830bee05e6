//! What becomes of rows, and that every number has its rows behind it.

use kernel::sheet::Book;
use registry::testing::TestCity;
use serde_json::json;

use super::*;

const SELF: &str = "示例制造有限公司工会";
const SMALL: &str = "示例物流有限公司工会";

kernel::both_engines! {
    async fn members_come_in_once(city: TestCity) {
        let registrar = city.registrar();
        let lines = || (0..150).map(|n| line(n, if n % 2 == 0 { SELF } else { SMALL }));
        let before = count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM membership").await;
        let checked = checked(&city, &registrar, TestCity::COUNTY, csv(lines())).await;
        assert_eq!((counts(&checked), &checked["phase"]), ([150, 0, 0], &json!("check")));
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM membership").await, before, "a check writes nothing");
        post(&registrar, &checked, "run").await.ok();
        work(&city).await;
        let done = page(&registrar, &checked).await;
        assert_eq!((&done["state"], counts(&done), &done["phase"]), (&json!("done"), [150, 0, 0], &json!("run")));
        adds_up(&done);

        // The rows stand behind the number: memberships, persons found by number and phone, one event each.
        let id = done["id"].as_str().unwrap();
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM membership WHERE import_id IS NOT NULL").await, 150);
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind = 'membership.imported'").await, 150);
        let found = registrar.get(&format!("/api/members?id_number={}", number(7))).await.ok();
        assert_eq!((&found["items"][0]["name"], &found["items"][0]["organization_name"]), (&json!(name(7)), &json!(SMALL)));
        assert_eq!(found["items"][0]["phone_masked"], "138****0007");
        let found = registrar.get("/api/members?phone=13800000008").await.ok();
        assert_eq!(found["items"][0]["organization_name"], SELF);

        // The same file again adds nothing.
        let again = imported(&city, &registrar, TestCity::COUNTY, csv(lines())).await;
        assert_eq!(counts(&again), [0, 150, 0]);
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM membership").await, before + 150);
        let history = registrar.get("/api/imports").await.ok();
        assert_eq!((&history["items"][0]["id"], &history["items"][1]["id"]), (&again["id"], &json!(id)));
        assert_eq!(history["items"][0]["file_names"], json!(["roster.csv"]));
        assert_eq!(registrar.get("/api/notices").await.ok()["items"][0]["kind"], "import.finished");
    }

    async fn every_kind_of_row(city: TestCity) {
        let registrar = city.registrar();
        imported(&city, &registrar, TestCity::COUNTY, csv([line(1, SELF), line(2, SELF), line(3, SELF)])).await;
        // Number 3 left: he may come back.
        let left = registrar.get(&format!("/api/members?id_number={}", number(3))).await.ok();
        let path = format!("/api/members/{}/end", left["items"][0]["membership_id"].as_str().unwrap());
        registrar.post(&path, json!({ "state": "left", "reason": "离职" })).await.ok();
        let lines = [
            line(1, SELF),
            line(2, SMALL),
            line(3, SMALL),
            format!("示例改名,{},,{SELF}", number(1)),
            format!("示例他人,{},,{SELF}", number(2)),
            line(4, "没有的工会"),
            line(5, "会城街道工会联合会"),
            line(6, "棠下镇总工会"),
            line(7, SELF),
            line(7, SELF),
            "示例,110105194912310021,13800000000,".to_owned(),
        ];
        let done = imported(&city, &registrar, TestCity::COUNTY, csv(lines)).await;
        assert_eq!(counts(&done), [2, 1, 8], "{done}");
        let expected: [(i64, &[&str]); 8] = [
            (3, &["import.member_elsewhere"]),
            (5, &["import.row_twice"]),
            (6, &["import.row_twice"]),
            (7, &["import.union_unknown"]),
            (8, &["import.union_unknown"]),
            (9, &["import.union_takes_no_members"]),
            (11, &["import.row_twice"]),
            (12, &["id.check", "import.union_missing"]),
        ];
        let found = faults(&registrar, &done).await;
        let found: Vec<(i64, Vec<&str>)> =
            found.iter().map(|(row, codes)| (*row, codes.iter().map(String::as_str).collect())).collect();
        assert_eq!(found, expected.map(|(row, codes)| (row, codes.to_vec())));
        // One code at a time agrees with the count beside it.
        for code in done["by_code"].as_array().unwrap() {
            let path = format!("/api/imports/{}/faults?code={}", done["id"].as_str().unwrap(), code["code"].as_str().unwrap());
            let rows = registrar.get(&path).await.ok()["items"].as_array().unwrap().len();
            assert_eq!(code["rows"], rows, "{code}");
            assert!(code["message"].as_str().unwrap().ends_with('。'), "{code}");
        }
        let renamed = csv([format!("示例改名,{},,{SELF}", number(1)), format!("示例他人,{},,{SELF}", number(2))]);
        let done = imported(&city, &registrar, TestCity::COUNTY, renamed).await;
        assert_eq!(faults(&registrar, &done).await, [(2, vec!["import.name_differs".to_owned()]), (3, vec!["import.name_differs".to_owned()])]);
    }

    async fn the_error_file_can_be_mended(city: TestCity) {
        let registrar = city.registrar();
        let lines = [line(1, SELF), line(2, "没有的工会"), format!("=1+1,{},138,{SELF}", number(3)), line(4, SELF)];
        let done = imported(&city, &registrar, TestCity::COUNTY, xlsx(lines)).await;
        assert_eq!(counts(&done), [2, 0, 2]);
        for format in ["csv", "xlsx"] {
            let path = format!("/api/imports/{}/error-file?format={format}", done["id"].as_str().unwrap());
            let (status, bytes) = download(&city, &registrar, &path).await;
            assert_eq!(status, 200);
            let book = Book::open(std::io::Cursor::new(bytes), "x").unwrap();
            let rows: Vec<Vec<String>> = book
                .rows(0)
                .unwrap()
                .map(|row| row.unwrap().cells.into_iter().map(|cell| cell.text).collect())
                .collect();
            assert_eq!(rows.len(), 3, "{rows:?}");
            assert_eq!(rows[0], ["行号", "原因", "姓名", "证件号码", "手机号码", "所属工会"]);
            assert_eq!((rows[1][0].as_str(), rows[1][2].as_str(), rows[1][3].as_str()), ("3", name(2).as_str(), number(2).as_str()));
            assert!(rows[1][1].starts_with("【所属工会】"), "{}", rows[1][1]);
            assert_eq!((rows[2][0].as_str(), rows[2][2].as_str()), ("4", "=1+1"));
            assert!(rows[2][1].contains("【姓名】") && rows[2][1].contains("【手机号码】"), "{}", rows[2][1]);
        }
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind = 'import.error_file_taken'").await, 2);
        // Mended and imported as it is.
        let path = format!("/api/imports/{}/error-file?format=csv", done["id"].as_str().unwrap());
        let (_, bytes) = download(&city, &registrar, &path).await;
        let text = String::from_utf8(bytes).unwrap();
        let mended = text.replace("没有的工会", SMALL).replace("'=1+1", &name(3)).replace(",138,", ",13800000003,");
        let again = imported(&city, &registrar, TestCity::COUNTY, mended.into_bytes()).await;
        assert_eq!(counts(&again), [2, 0, 0], "{:?}", faults(&registrar, &again).await);
    }

    async fn nothing_tells_of_a_person(city: TestCity) {
        let registrar = city.registrar();
        let lines = (0..20).map(|n| if n % 3 == 0 { format!("示例秘密,{}9,13912345678,{SELF}", number(n)) } else { line(n, SELF) });
        let import = imported(&city, &registrar, TestCity::COUNTY, csv(lines)).await;
        assert_eq!(counts(&import), [13, 0, 7]);
        for sql in [
            "SELECT CAST(payload AS text) AS t FROM event",
            "SELECT CAST(faults AS text) AS t FROM import_fault",
            "SELECT CAST(payload AS text) AS t FROM job",
            "SELECT coalesce(CAST(summary AS text), '') || coalesce(trouble, '') AS t FROM import",
            "SELECT CAST(columns AS text) AS t FROM import_file",
        ] {
            for row in city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap() {
                let text: String = row.try_get("", "t").unwrap();
                let told = ["示例秘密", "13912345678", "1380000"].into_iter().find(|secret| text.contains(secret));
                assert_eq!(told, None, "{sql}: {text}");
                assert!((0..20).all(|n| !text.contains(&number(n))), "{sql}: {text}");
            }
        }
        let shown = page(&registrar, &import).await.to_string();
        assert!((0..20).all(|n| !shown.contains(&number(n))) && !shown.contains("13912345678"), "{shown}");
    }
}
