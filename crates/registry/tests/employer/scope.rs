//! Who finds which employer, other names, and what strangers are told.

use kernel::testing::Client;
use kernel::{Id, both_engines};
use registry::employer::uscc::synthetic;
use registry::employer::{EmployerInput, claim, entity as employer, repair};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

async fn search(client: &Client, path: &str, q: &str) -> Vec<Value> {
    let q: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    client.get(&format!("{path}?q={q}")).await.ok()["items"].as_array().cloned().unwrap()
}

async fn names(client: &Client, q: &str) -> Vec<String> {
    let items = search(client, "/api/employers", q).await;
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

async fn id_of(city: &TestCity, name: &str) -> Id {
    let row = employer::Entity::find().filter(employer::Column::Name.eq(name)).one(city.db.read()).await.unwrap();
    row.unwrap().id
}

/// An employer without a union.
async fn lone(city: &TestCity, name: &str, division: &str, number: u32) -> Id {
    let tx = city.system().begin().await.unwrap();
    let uscc = synthetic('9', '1', &division[..6], number).unwrap().to_string();
    let id = claim(&tx, &EmployerInput { name: name.to_owned(), uscc: Some(uscc) }, division, true).await.unwrap();
    tx.commit(()).await.unwrap();
    id
}

both_engines! {
    async fn officers_find_those_of_their_scope(city: TestCity) {
        lone(&city, "示例五金有限公司", "440703101", 501).await;
        lone(&city, "示例塑料有限公司", "440705001", 502).await;
        let in_county = ["示例制造有限公司", "示例物流有限公司", "示例商贸有限公司", "示例五金有限公司"];
        let in_other = ["示例陶瓷有限公司", "示例塑料有限公司"];
        let mut all: Vec<&str> = in_county.into_iter().chain(in_other).collect();
        all.sort_unstable();
        for (client, mut expected) in [
            (city.city_officer(), all),
            (city.county_officer(), in_county.to_vec()),
            (city.other_county_officer(), in_other.to_vec()),
            (city.town_officer(), vec!["示例制造有限公司", "示例物流有限公司", "示例五金有限公司"]),
            (city.chair(), vec!["示例制造有限公司"]),
        ] {
            expected.sort_unstable();
            for q in ["示例", ""] {
                let mut found = names(&client, q).await;
                found.sort();
                assert_eq!(found, expected, "{q}");
            }
            for name in ["示例制造有限公司", "示例陶瓷有限公司", "示例五金有限公司", "示例塑料有限公司"] {
                let page = client.get(&format!("/api/employers/{}", id_of(&city, name).await)).await;
                assert_eq!(page.status == 200, expected.contains(&name), "{name}");
            }
        }
        city.member().get("/api/employers").await.refused(403, "access.denied");
    }

    async fn one_page_after_the_other_gives_all_once(city: TestCity) {
        for number in 0..25 {
            lone(&city, &format!("示例第{number}五金厂"), "440703101", 600 + number).await;
        }
        let client = city.county_officer();
        for q in ["", "&q=%E7%A4%BA%E4%BE%8B"] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let page = client.get(&format!("/api/employers?limit=7{q}{after}")).await.ok();
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()));
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            let once: std::collections::BTreeSet<&String> = seen.iter().collect();
            assert_eq!((seen.len(), once.len()), (28, 28), "{q}");
        }
        client.get("/api/employers?q=ab&after=zz").await.refused(400, "input.invalid");
        client.get(&format!("/api/employers?q={}", "a".repeat(101))).await.refused(422, "employer.query");
    }

    async fn a_former_name_finds_it(city: TestCity) {
        let (id, officer) = (id_of(&city, "示例制造有限公司").await, city.county_officer());
        let alias = format!("/api/employers/{id}/alias");
        assert!(names(&officer, "永泰机械").await.is_empty());
        officer.post(&alias, json!({ "name": "江门市永泰机械厂" })).await.ok();
        officer.post(&alias, json!({ "name": "江门市永泰机械厂" })).await.refused(409, "employer.alias_taken");
        officer.post(&alias, json!({ "name": "示例制造有限公司" })).await.refused(409, "employer.alias_taken");
        for hostile in ["=cmd|1", "<script>", "a", "张\u{202e}三", "😀😀", &"长".repeat(101)] {
            officer.post(&alias, json!({ "name": hostile })).await.refused(422, "employer.name");
        }
        officer.post(&alias, json!({ "name": "张\u{0}三" })).await.refused(422, "input.characters");
        city.other_county_officer().post(&alias, json!({ "name": "别家" })).await.refused(404, "not_found");
        city.chair().post(&alias, json!({ "name": "别家" })).await.refused(403, "access.denied");
        let found = search(&officer, "/api/employers", "永泰机械").await;
        assert_eq!((&found[0]["id"], &found[0]["matched"]), (&json!(id), &json!("alias")));
        let page = officer.get(&format!("/api/employers/{id}")).await.ok();
        assert_eq!(page["aliases"], json!(["江门市永泰机械厂"]));
        assert_eq!((&page["organization_id"], &page["may_change"]), (&json!(TestCity::UNION), &json!(true)));
        assert_eq!(page["unions"][0]["name"], "示例制造有限公司工会");
        assert_eq!(city.chair().get(&format!("/api/employers/{id}")).await.ok()["may_change"], false);
        officer.post(&format!("{alias}/remove"), json!({ "name": "江门市永泰机械厂" })).await.ok();
        officer.post(&format!("{alias}/remove"), json!({ "name": "江门市永泰机械厂" })).await.ok();
        assert!(names(&officer, "永泰机械").await.is_empty());
        assert_eq!(names(&officer, "示例制造").await[0], "示例制造有限公司");
    }

    async fn strangers_find_only_unions_of_five(city: TestCity) {
        let stranger = city.stranger();
        let small = id_of(&city, "示例物流有限公司").await;
        let large = id_of(&city, "示例制造有限公司").await;
        let tx = city.system().begin().await.unwrap();
        for (id, name) in [(small, "江门市飞马物流有限公司"), (large, "江门市永泰机械厂")] {
            assert!(registry::employer::alias::insert(&tx, id, name).await.unwrap());
        }
        tx.commit(()).await.unwrap();
        let found = search(&stranger, "/api/join/employers", "示例").await;
        let unions: Vec<&str> = found.iter().map(|item| item["union_name"].as_str().unwrap()).collect();
        assert_eq!(unions.len(), 2, "{unions:?}");
        for q in ["示例制造", "示列制造有限公司", "永泰机械", "slzzyxgs"] {
            let found = search(&stranger, "/api/join/employers", q).await;
            assert_eq!(found[0]["organization_id"], json!(TestCity::UNION), "{q}");
            assert_eq!(found[0]["employer_name"], "示例制造有限公司");
            assert_eq!(found[0]["division_name"], "棠下镇");
        }
        let code = employer::Entity::find_by_id(small).one(city.db.read()).await.unwrap().unwrap().uscc.unwrap();
        for q in ["示例物流有限公司", "飞马物流", "没有这个单位", &code] {
            let hidden = search(&stranger, "/api/join/employers", q).await;
            assert!(hidden.iter().all(|item| item["organization_id"] != json!(TestCity::SMALL_UNION)), "{q}");
            let hidden = search(&stranger, "/api/join/organizations", q).await;
            assert!(hidden.iter().all(|item| item["id"] != json!(TestCity::SMALL_UNION)), "{q}");
        }
        let by_alias = search(&stranger, "/api/join/organizations", "永泰机械").await;
        assert_eq!(by_alias[0]["id"], json!(TestCity::UNION));
        stranger.get("/api/join/employers?q=a").await.refused(422, "employer.query");
    }

    async fn a_small_firm_of_a_joint_union_is_never_named(city: TestCity) {
        let (stranger, firm) = (city.stranger(), lone(&city, "江门市飞马饰品有限公司", "440703101", 503).await);
        let tx = city.system().begin().await.unwrap();
        let link = "INSERT INTO organization_employer (organization_id, employer_id, valid_from) VALUES ($1, $2, $3)";
        tx.execute_sql(link, [TestCity::UNION.into(), firm.into(), tx.today().into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        let members = city.enter_members(TestCity::UNION, 12).await;
        let code = employer::Entity::find_by_id(firm).one(city.db.read()).await.unwrap().unwrap().uscc.unwrap();
        let told = async || {
            let mut told = Vec::new();
            for q in ["江门市飞马饰品有限公司", "飞马饰品", &code] {
                let found = search(&stranger, "/api/join/employers", q).await;
                told.push(found.iter().any(|item| item["employer_name"] == "江门市飞马饰品有限公司"));
            }
            let found = search(&stranger, "/api/join/organizations", "江门市飞马饰品有限公司").await;
            told.push(found.iter().any(|item| item["id"] == json!(TestCity::UNION)));
            told
        };
        for (many, expected) in [(0, false), (4, false), (5, true)] {
            for person in &members[..many] {
                let tx = city.system().begin().await.unwrap();
                let works = "UPDATE membership SET employer_id = $1 WHERE person_id = $2";
                tx.execute_sql(works, [firm.into(), (*person).into()]).await.unwrap();
                tx.commit(()).await.unwrap();
            }
            assert_eq!(told().await, vec![expected; 4], "{many} members of a union of more");
        }
        // Who left is none of them.
        let tx = city.system().begin().await.unwrap();
        let leaves = "UPDATE membership SET state = 'left', ended_on = joined_on WHERE person_id = $1";
        tx.execute_sql(leaves, [members[0].into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        assert_eq!(told().await, [false; 4]);
        // Alone in the union again, the firm is the union.
        let tx = city.system().begin().await.unwrap();
        let ends = "UPDATE organization_employer SET valid_to = $1 WHERE organization_id = $2 AND employer_id <> $3";
        tx.execute_sql(ends, [tx.today().into(), TestCity::UNION.into(), firm.into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        assert_eq!(told().await, [true; 4]);
    }

    async fn those_entered_before_there_were_keys_are_repaired(city: TestCity) {
        city.database().tamper("DELETE FROM employer_key").await;
        city.database().tamper("DELETE FROM employer_search").await;
        assert!(names(&city.city_officer(), "示例制造").await.is_empty());
        assert_eq!(repair(&city.app).await.unwrap(), 4);
        assert_eq!(repair(&city.app).await.unwrap(), 0);
        assert_eq!(names(&city.city_officer(), "示例制造").await[0], "示例制造有限公司");
    }
}
