//! Shops: from a file that is looked at first, and near a member.

use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{merchant, shop, shop_form, upload};

const FILE: &str = "门店编号*,门店名称*,区划*,地址*,开门时间*,关门时间*,休息日,经度,纬度\r\n\
    示例001,示例行,棠下镇,示例路 1 号,09:00,21:00,7,,\r\n\
    A1,示例便利甲店,棠下镇,示例路 2 号,08:00,22:00,,113.081901,22.588738\r\n\
    A2,示例便利乙店,440106,广州市天河区示例路 3 号,00:00,24:00,,,\r\n\
    A1,示例便利丙店,棠下镇,示例路 4 号,08:00,22:00,,,\r\n\
    A4,示例便利丁店,不存在镇,示例路 5 号,08:00,22:00,,,\r\n\
    A5,示例便利戊店,蓬江区,示例路 6 号,22:00,08:00,,,\r\n";

kernel::both_engines! {
    async fn a_file_is_looked_at_before_it_is_entered(city: RewardsCity) {
        let officer = city.city_officer();
        let firm = merchant(&city, 1).await;
        let path = |verb: &str| format!("/api/merchants/{firm}/shops/{verb}?name=shops.csv");
        upload(&city.other_county_officer(), &path("check"), FILE).await.refused(404, "not_found");
        let looked = upload(&officer, &path("check"), FILE).await.ok();
        assert_eq!((&looked["rows"], &looked["good"], &looked["known"]), (&json!(5), &json!(2), &json!(0)), "{looked}");
        let faults: Vec<(i64, &str)> = looked["faults"].as_array().unwrap().iter()
            .map(|fault| (fault["row"].as_i64().unwrap(), fault["code"].as_str().unwrap())).collect();
        assert_eq!(faults, [(5, "A1"), (6, "A4"), (7, "A5")]);
        let list = format!("/api/merchants/{firm}/shops");
        assert_eq!(officer.get(&list).await.ok()["items"], json!([]));
        assert_eq!(upload(&officer, &path("import"), FILE).await.ok()["good"], 2);
        let again = upload(&officer, &path("import"), FILE).await.ok();
        assert_eq!((&again["good"], &again["known"]), (&json!(0), &json!(2)));
        let rows = officer.get(&list).await.ok()["items"].as_array().unwrap().clone();
        let mut names: Vec<&str> = rows.iter().map(|row| row["division_name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["广州市天河区", "棠下镇"]);
        let by = |code: &str| format!("/api/places/shops?division_code={code}");
        for (code, found) in [("440106", 1), ("440100", 1), ("440300", 0), ("440700", 1)] {
            assert_eq!(city.member().get(&by(code)).await.ok()["items"].as_array().unwrap().len(), found, "{code}");
        }
        upload(&officer, &path("check"), "姓名,手机\r\n示例,1\r\n").await.refused(422, "shop.file");
    }

    async fn members_find_shops_near_by(city: RewardsCity) {
        let (officer, member) = (city.city_officer(), city.member());
        let firm = merchant(&city, 1).await;
        let near = shop(&city, firm, "1").await;
        let list = format!("/api/merchants/{firm}/shops");
        officer.post(&list, json!({ "form": shop_form("1") })).await.refused(409, "shop.twice");
        let mut far = shop_form("2");
        far["lat_e6"] = json!(22_678_738);
        officer.post(&list, json!({ "form": far })).await.ok();
        let mut other = shop_form("3");
        (other["lon_e6"], other["lat_e6"], other["division_code"]) = (Value::Null, Value::Null, json!("440705"));
        officer.post(&list, json!({ "form": other })).await.ok();

        let places = "/api/places/shops?lon_e6=113081901&lat_e6=22578738";
        let found = member.get(places).await.ok();
        let metres: Vec<i64> = found["items"].as_array().unwrap().iter().map(|row| row["metres"].as_i64().unwrap()).collect();
        assert_eq!(metres, [0, 11_120]);
        assert_eq!((&found["items"][0]["open_now"], &found["items"][0]["division_name"]), (&json!(true), &json!("棠下镇")));
        let by = member.get("/api/places/shops?division_code=440705").await.ok();
        assert_eq!((by["items"].as_array().unwrap().len(), &by["items"][0]["metres"]), (1, &Value::Null));
        assert_eq!(member.get("/api/places/shops?division_code=440700").await.ok()["items"].as_array().unwrap().len(), 3);
        assert_eq!(member.get("/api/places/shops?category=books").await.ok()["items"], json!([]));

        for (code, status) in [("440100", 422), ("440199", 422), ("450102", 422), ("441900", 200)] {
            let mut other = shop_form(code);
            (other["lon_e6"], other["lat_e6"], other["division_code"]) = (Value::Null, Value::Null, json!(code));
            assert_eq!(officer.post(&list, json!({ "form": other })).await.status, status, "{code}");
        }
        let state = json!({ "version": 1, "step": "pause", "reason": "停水停电" });
        officer.post(&format!("/api/shops/{near}/state"), state).await.ok();
        assert_eq!(member.get(places).await.ok()["items"].as_array().unwrap().len(), 1);
        assert_eq!(member.get(&format!("/api/places/shops/{near}")).await.ok()["takes_points"], false);
        let change = json!({ "version": 1, "form": shop_form("1") });
        officer.post(&format!("/api/shops/{near}/change"), change).await.refused(409, "shop.changed");
    }
}
