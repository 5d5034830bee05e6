//! What becomes of rows, and that every number has its rows behind it.

use registry::testing::TestCity;

use super::*;

/// A small county's worth of unions below 蓬江区总工会, children before their parents, parents by name and by code,
/// in two files; employers and officers in two more.
pub fn hostile_order() -> Vec<(&'static str, Vec<String>)> {
    let (harbour, street) = (union_code(1), union_code(2));
    let first = vec![
        union(
            "海港一公司工会",
            "单独基层工会",
            &harbour,
            &format!(",,2020/5/1,120,,{},陈一,13900000001,联系甲,0750-3500001,海港路 1 号", unit_code(1)),
        ),
        union(
            "海港二公司工会",
            "基层工会",
            "环市街道工会联合会",
            &format!("{},环市,,,海港二公司,,,,,,", union_code(3)),
        ),
        union(
            "环市街道工会联合会",
            "镇街工会联合会",
            "蓬江区总工会",
            &format!("{harbour},环市街道,2001年3月8日,,,,,,,,"),
        ),
        union("潮连商会联合工会", "联合基层工会", "潮连街道总工会", ",,2024-03-01,,,,,,,,"),
    ];
    let second = vec![
        union("潮连街道总工会", "街道总工会", &street, ",潮连,,,,,,,,,"),
        union("蓬江区建筑行业工会", "行业性工会", "蓬江区总工会", &format!("{street},,2010-10-10,,,,,,,,")),
    ];
    let employers = vec![
        format!("海港一公司,{},环市街道,海港一公司工会,海港壹公司、一号厂", unit_code(1)),
        format!("海港二公司,{},,,", unit_code(2)),
        format!("潮连甲商行,{},,潮连商会联合工会,", unit_code(3)),
        format!("潮连乙商行,{},潮连,潮连商会联合工会,", unit_code(4)),
        format!("单独的公司,{},棠下镇,,", unit_code(5)),
        format!("棠下新公司,{},,示例物流有限公司工会,", unit_code(6)),
    ];
    let officers = vec![
        format!("海港一公司工会,陈一,主席,139 0000 0001,{},", id_number(1)),
        format!("{},林二,工会主席,13900000002,{},2022-05-01", union_code(3), id_number(2)),
        "海港二公司工会,林三,经审主任,13900000003,,".to_owned(),
        "示例物流有限公司工会,林二,委员,13900000002,,".to_owned(),
    ];
    vec![("officers", officers), ("unions", first), ("employers", employers), ("unions", second)]
}

kernel::both_engines! {
    async fn a_county_comes_in_whatever_the_order(city: TestCity) {
        let officer = city.county_officer();
        let mut files = hostile_order();
        // 潮连街道总工会 stands under an industry union: refused, and what hangs below it.
        let before = number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM organization").await;
        let done = imported(&city, &officer, TestCity::COUNTY, &files).await;
        let expected = [
            (2, 5, vec!["import.parent_rejected"]),
            (4, 2, vec!["organization.level"]),
        ];
        assert_eq!(table(&faults(&officer, &done).await), expected);
        assert_eq!(counts(&done), [4 + 6 + 3, 1, 2], "{done}");
        let parts: Vec<(&str, [i64; 3])> =
            done["parts"].as_array().unwrap().iter().map(|part| (part["part"].as_str().unwrap(), counts(part))).collect();
        assert_eq!(parts, [("unions", [4, 0, 2]), ("employers", [6, 0, 0]), ("officers", [3, 1, 0])]);

        // The mended file brings what was refused, and links the employers that named it.
        files[3].1[0] = union("潮连街道总工会", "街道总工会", "蓬江区总工会", ",潮连,,,,,,,,,");
        let mended = imported(&city, &officer, TestCity::COUNTY, &files).await;
        assert_eq!(counts(&mended), [2, 14, 0], "{:?}", faults(&officer, &mended).await);
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM organization").await, before + 6);
        let again = imported(&city, &officer, TestCity::COUNTY, &files).await;
        assert_eq!(counts(&again), [0, 16, 0]);
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM employer").await, 4 + 6);

        assert_eq!(texts(&city, "SELECT name AS t FROM employer_alias ORDER BY name").await, ["一号厂", "海港壹公司"]);
        let found = officer.get("/api/employers?q=海港壹公司").await.ok();
        assert_eq!((&found["items"][0]["name"], &found["items"][0]["matched"]), (&json!("海港一公司"), &json!("alias")));
        let (joint, one) = (named(&city, "潮连商会联合工会").await, named(&city, "海港一公司工会").await);
        let seen = officer.get(&format!("/api/organizations/{joint}")).await.ok();
        let units: Vec<&str> = seen["employers"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(units, ["潮连甲商行", "潮连乙商行"]);
        let seen = officer.get(&format!("/api/organizations/{one}")).await.ok();
        assert_eq!((&seen["state"], &seen["established_on"], &seen["term_from"]), (&json!("established"), &json!("2020-05-01"), &Value::Null));
        assert_eq!((&seen["division_name"], &seen["parent_name"]), (&json!("环市街道"), &json!("环市街道工会联合会")));
        assert_eq!((&seen["employees_declared"], &seen["contact_name"], &seen["contact_phone_masked"]), (&json!(120), &json!("联系甲"), &json!("0750*****01")));
        assert_eq!(seen["employers"][0]["uscc"], unit_code(1));
        assert_eq!(seen["officers"][0]["person_name"], "陈一");
        assert_eq!(seen["officers"].as_array().unwrap().len(), 1, "named twice, appointed once");
        let history: Vec<&str> = seen["history"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
        assert_eq!(history, ["由文件导入，陈一任主席，自2026年11月23日起。", "由文件导入登记，上级为环市街道工会联合会，成立日期2020年5月1日。"]);
        assert!(city.county_officer().get(&format!("/api/organizations/{one}/join-link")).await.status == 200);
        let young = officer.get(&format!("/api/organizations/{joint}")).await.ok();
        assert_eq!((&young["term_from"], &young["term_to"]), (&json!("2024-03-01"), &json!("2029-03-01")), "the first term lasts");
        let undated = officer.get(&format!("/api/organizations/{}", named(&city, "海港二公司工会").await)).await.ok();
        assert_eq!(undated["established_on"], "2022-05-01", "the first day that the files see an officer");
        let undated = officer.get(&format!("/api/organizations/{}", named(&city, "潮连街道总工会").await)).await.ok();
        assert_eq!(undated["established_on"], "2026-11-23", "the day of the import");
    }

    async fn the_unions_of_one_import_are_a_list(city: TestCity) {
        let officer = city.county_officer();
        let done = imported(&city, &officer, TestCity::COUNTY, &hostile_order()).await;
        let added = done["parts"][0]["added"].as_i64().unwrap();
        let rows = vec![union("快一公司工会", "单独基层工会", "白沙街道工会联合会", ",,,,,,,,,,")];
        let second = imported(&city, &officer, TestCity::COUNTY, &[("unions", rows)]).await;
        let list = async |client: &Client, import: &Value| {
            let (mut names, mut next) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/organizations?import_id={}&limit=3{next}", import["id"].as_str().unwrap());
                let page = client.get(&path).await.ok();
                names.extend(page["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
                match page["next"].as_str() {
                    Some(after) => next = format!("&after={after}"),
                    None => return names,
                }
            }
        };
        let first = list(&officer, &done).await;
        let sql = "SELECT name AS t FROM organization WHERE import_id IS NOT NULL AND name <> '快一公司工会'";
        let mut expected = texts(&city, sql).await;
        let mut sorted = first.clone();
        sorted.sort();
        expected.sort();
        assert_eq!((first.len() as i64, sorted), (added, expected));
        assert_eq!(list(&officer, &second).await, ["快一公司工会"]);
        assert_eq!(list(&city.other_county_officer(), &done).await, Vec::<String>::new());
        let unknown = json!({ "id": city.app.ids.next() });
        assert_eq!(list(&officer, &unknown).await, Vec::<String>::new());
    }

    async fn lists_tree_and_events_agree_with_what_came_in(city: TestCity) {
        let officer = city.county_officer();
        let figures = |tree: &Value| {
            let of = |id: Id| tree["items"].as_array().unwrap().iter().find(|node| node["id"] == json!(id)).unwrap()["unions"].as_i64().unwrap();
            (of(TestCity::CITY), of(TestCity::COUNTY), of(TestCity::OTHER_COUNTY))
        };
        let before = figures(&city.city_officer().get("/api/tree").await.ok());
        let done = imported(&city, &officer, TestCity::COUNTY, &hostile_order()).await;
        let after = figures(&city.city_officer().get("/api/tree").await.ok());
        let added = done["parts"][0]["added"].as_i64().unwrap();
        assert_eq!(after, (before.0 + added, before.1 + added, before.2));
        let mut rows = 0;
        let mut next = String::new();
        loop {
            let list = officer.get(&format!("/api/organizations?within={}&limit=5{next}", TestCity::COUNTY)).await.ok();
            rows += list["items"].as_array().unwrap().len() as i64;
            match list["next"].as_str() {
                Some(after) => next = format!("&after={after}"),
                None => break,
            }
        }
        assert_eq!(rows, after.1, "the rows behind the number");
        for (kind, rows) in [
            ("organization.imported", "organization"),
            ("employer.imported", "employer"),
            ("organization.officer_imported", "officer"),
        ] {
            let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind = '{kind}' AND cause_id IS NOT NULL");
            let behind = format!("SELECT CAST(count(*) AS bigint) AS n FROM {rows} WHERE import_id IS NOT NULL");
            let (events, behind) = (number(&city, &sql).await, number(&city, &behind).await);
            assert_eq!(events, behind, "{kind}");
        }
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM organization WHERE import_id IS NOT NULL").await, added);
        let told = "SELECT CAST(count(*) AS bigint) AS n FROM notice WHERE kind <> 'import.finished'";
        assert_eq!(number(&city, told).await, 0, "nobody else is told");
    }

    async fn rows_that_differ_from_what_is_there(city: TestCity) {
        let officer = city.county_officer();
        let code = texts(&city, "SELECT uscc AS t FROM organization WHERE name = '示例物流有限公司工会'").await.remove(0);
        let unit = texts(&city, "SELECT uscc AS t FROM employer WHERE name = '示例物流有限公司'").await.remove(0);
        let other = texts(&city, "SELECT uscc AS t FROM employer WHERE name = '示例制造有限公司'").await.remove(0);
        let third = texts(&city, "SELECT uscc AS t FROM employer WHERE name = '示例商贸有限公司'").await.remove(0);
        let unions = vec![
            union("示例物流有限公司工会", "单独基层工会", "棠下镇总工会", ",,,,,,,,,,"),
            union("示例改名有限公司工会", "单独基层工会", "棠下镇总工会", &format!("{code},,,,,,,,,,")),
            union("示例制造有限公司工会", "联合基层工会", "白沙街道工会联合会", &format!("{},,,,,,,,,,", union_code(9))),
            union("棠下新公司工会", "单独基层工会", "棠下镇总工会", &format!(",,,,,{unit},,,,,")),
            union("棠下名公司工会", "单独基层工会", "棠下镇总工会", &format!(",,,,别的公司,{other},,,,,")),
            union("棠下三公司工会", "单独基层工会", "没有的工会", ",白沙,,,,,,,,,"),
            union("白沙三公司工会", "单独基层工会", "白沙街道工会联合会", ",棠下镇,,,,,,,,,"),
            union("江门市总工会", "市总工会", "", ",,,,,,,,,,"),
            union("蓬江区总工会", "县级总工会", "江门市总工会", ",,,,,,,,,,"),
            union("江门市第二总工会", "市总工会", "", ",,,,,,,,,,"),
        ];
        let employers = vec![
            format!("示例商贸有限公司,{third},,示例商贸有限公司工会,"),
            format!("另一个公司,{},,没有的工会,", unit_code(1)),
            format!("再一个公司,{},没有的镇,,", unit_code(2)),
            format!("白沙公司,{},白沙,,", unit_code(3)),
        ];
        let officers = vec![
            "示例制造有限公司工会,陈示例,主席,19900000001,,".to_owned(),
            "示例物流有限公司工会,别人,主席,13900000009,,".to_owned(),
            "没有的工会,别人,委员,13900000009,,".to_owned(),
            "棠下三公司工会,别人,委员,13900000009,,".to_owned(),
            "示例制造有限公司工会,别人,委员,13900000009,,2020-01-01".to_owned(),
            format!("示例制造有限公司工会,别名,委员,13900000009,{},", known_id(&city).await),
        ];
        let files = [("unions", unions), ("employers", employers), ("officers", officers)];
        let done = imported(&city, &officer, TestCity::COUNTY, &files).await;
        let expected = [
            (1, 3, vec!["import.name_differs"]),
            (1, 4, vec!["import.code_differs", "import.kind_differs", "import.parent_differs"]),
            (1, 5, vec!["employer.has_union"]),
            (1, 6, vec!["import.name_differs"]),
            (1, 7, vec!["import.parent_unknown"]),
            (1, 8, vec!["organization.division"]),
            (1, 9, vec!["organization.name_taken", "import.root"]),
            (1, 11, vec!["import.root"]),
            (2, 3, vec!["import.union_unknown"]),
            (2, 4, vec!["import.division"]),
            (3, 4, vec!["import.union_unknown"]),
            (3, 5, vec!["import.union_rejected"]),
            (3, 6, vec!["officer.day"]),
            (3, 7, vec!["import.name_differs"]),
        ];
        let found = faults(&officer, &done).await;
        assert_eq!(table(&found), expected);
        assert_eq!(counts(&done), [2, 4, 14]);
        let second = vec!["示例制造有限公司工会,别人,主席,13900000009,,".to_owned()];
        let done = imported(&city, &officer, TestCity::COUNTY, &[("officers", second)]).await;
        assert_eq!(table(&faults(&officer, &done).await), [(1, 2, vec!["officer.chair_taken"])]);
        // The city's own row is known to whoever imports for the city.
        let root = vec![union("江门市总工会", "市总工会", "", ",,,,,,,,,,")];
        let done = imported(&city, &city.city_officer(), TestCity::CITY, &[("unions", root)]).await;
        assert_eq!(counts(&done), [0, 1, 0]);
    }

    async fn files_that_name_each_other_may_contradict(city: TestCity) {
        let officer = city.county_officer();
        let unions = vec![
            union("甲公司工会", "单独基层工会", "棠下镇总工会", &format!(",,,,,{},,,,,", unit_code(1))),
            union("乙公司工会", "单独基层工会", "棠下镇总工会", ",,,,乙公司,,,,,,"),
            union("丙公司工会", "单独基层工会", "丁公司工会", ",,,,,,,,,,"),
            union("丁公司工会", "单独基层工会", "丙公司工会", ",,,,,,,,,,"),
            union("戊公司工会", "单独基层工会", "丁公司工会", ",,,,,,,,,,"),
            union("乙公司工会", "单独基层工会", "棠下镇总工会", ",,,,,,,,,,"),
        ];
        let employers = vec![
            format!("甲公司,{},,乙公司工会,", unit_code(1)),
            format!("乙公司,{},,乙公司工会,", unit_code(2)),
            format!("丙公司,{},,丙公司工会,", unit_code(3)),
        ];
        let done = imported(&city, &officer, TestCity::COUNTY, &[("unions", unions), ("employers", employers)]).await;
        let expected = [
            (1, 2, vec!["import.contradiction"]),
            (1, 4, vec!["import.parent_cycle"]),
            (1, 5, vec!["import.parent_cycle"]),
            (1, 6, vec!["import.parent_rejected"]),
            (1, 7, vec!["import.duplicate_name"]),
            (2, 2, vec!["import.contradiction"]),
        ];
        assert_eq!(table(&faults(&officer, &done).await), expected);
        assert_eq!(counts(&done), [3, 0, 6]);
        let linked = "SELECT e.name || '|' || o.name AS t FROM organization_employer x JOIN employer e ON e.id = x.employer_id
            JOIN organization o ON o.id = x.organization_id WHERE e.import_id IS NOT NULL";
        assert_eq!(texts(&city, linked).await, ["乙公司|乙公司工会"]);
        let cycle = officer.get(&format!("/api/imports/{}/faults?code=import.parent_cycle", done["id"].as_str().unwrap())).await.ok();
        let told = cycle["items"][0]["faults"][0]["message"].as_str().unwrap().to_owned();
        assert!(told.contains("第 4 行") && told.contains("第 5 行"), "{told}");
    }
}

/// The id of a union by name.
pub async fn named(city: &TestCity, name: &str) -> String {
    let found = city.county_officer().get(&format!("/api/organizations?q={name}")).await.ok();
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

/// The ID number of the chair of the test city.
async fn known_id(city: &TestCity) -> String {
    use registry::person::{entity, vault};
    use sea_orm::EntityTrait;
    let person = entity::Entity::find_by_id(TestCity::person_of("chair")).one(city.db.read()).await.unwrap().unwrap();
    vault::open_id_number(city.keys.as_ref(), person.id, &person.id_number_sealed.unwrap()).unwrap()
}
