//! Planted differences are found and told apart, and nothing else is.

use kernel::testing::long;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{agreed, balance_of, bank_says, item, line, make, owed, page, sent, sound};

fn classes(page: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut all: Vec<_> = page["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["class"]), text(&one["merchant_name"])))
        .collect();
    all.sort();
    all
}

/// What the bank says of an item when something of this class is planted; nothing of a missing one.
fn planted(city: &RewardsCity, class: &str, item: &Value) -> Vec<String> {
    let (cents, today) = (item["amount_cents"].as_i64().unwrap(), city.clock.today().to_string());
    match class {
        "amount" => vec![line(item, cents - 1, "交易成功", &today)],
        "day" => vec![line(item, cents, "交易成功", "2026-11-20")],
        "duplicate" => vec![agreed(city, item), agreed(city, item)],
        "rejected" => vec![line(item, cents, "失败", &today)],
        "returned" => vec![agreed(city, item), line(item, cents, "退汇", &today)],
        "missing" => vec![],
        _ => vec![agreed(city, item)],
    }
}

kernel::both_engines! {
    /// In full length fifty of them.
    async fn as_many_differences_are_found_as_were_planted(city: RewardsCity) {
        const CLASSES: [&str; 7] = ["amount", "day", "duplicate", "missing", "rejected", "returned", "none"];
        let merchants = owed(&city, if long() { 50 } else { 7 }).await;
        let (id, seen) = sent(&city).await;
        let (mut lines, mut expected) = (Vec::new(), Vec::new());
        for (number, merchant) in merchants.iter().enumerate() {
            let (class, item) = (CLASSES[number % 7], item(&seen, *merchant));
            lines.extend(planted(&city, class, item));
            if class == "none" {
                lines.push(format!("ZG1999010101{number:04},88.00,交易成功,****9999,2026-11-24"));
                expected.push(("unknown".to_owned(), "-".to_owned()));
            } else {
                expected.push((class.to_owned(), item["merchant_name"].as_str().unwrap().to_owned()));
            }
        }
        expected.sort();
        assert_eq!(expected.len(), if long() { 50 } else { 7 });
        bank_says(&city, &id, &lines).await.ok();
        assert_eq!(classes(&page(&city, &id).await), expected);
        sound(&city).await;
    }

    async fn what_the_bank_says_otherwise_is_found(city: RewardsCity) {
        let merchants = owed(&city, 9).await;
        let (id, seen) = sent(&city).await;
        let of = |n: usize| item(&seen, merchants[n - 1]);
        let today = city.clock.today().to_string();
        let cents = |n: usize| of(n)["amount_cents"].as_i64().unwrap();
        let lines = [
            agreed(&city, of(1)),
            agreed(&city, of(2)),
            line(of(3), cents(3), "失败", &today),
            line(of(4), cents(4) - 1, "交易成功", &today),
            agreed(&city, of(5)),
            agreed(&city, of(5)),
            "ZG19990101010001,88.00,交易成功,****9999,2026-11-24".to_owned(),
            // 7 is missing.
            line(of(8), cents(8), "交易成功", "2026-11-20"),
            agreed(&city, of(9)),
            line(of(9), cents(9), "退汇", &today),
            agreed(&city, of(6)),
        ];
        let answer = bank_says(&city, &id, &lines).await.ok();
        assert_eq!((&answer["lines"], &answer["matched"], &answer["differences"]), (&json!(11), &json!(5), &json!(7)));
        let seen = page(&city, &id).await;
        let name = |n: u32| format!("示例餐饮{n}号有限公司");
        let pair = |class: &str, n: u32| (class.to_owned(), name(n));
        let expected = [pair("amount", 4), pair("day", 8), pair("duplicate", 5), pair("missing", 7), pair("rejected", 3),
            pair("returned", 9), ("unknown".to_owned(), "-".to_owned())];
        assert_eq!(classes(&seen), expected);
        let balances = [0, 0, 30_000, 40_000, 0, 0, 70_000, 80_000, 90_000];
        for (n, left) in balances.into_iter().enumerate() {
            assert_eq!(balance_of(&city, merchants[n]).await, left, "merchant {}", n + 1);
        }

        // The bank's file of the next morning holds yesterday's lines again, and the missing one.
        let mut again = lines.to_vec();
        again.push(agreed(&city, item(&seen, merchants[6])));
        let answer = bank_says(&city, &id, &again).await.ok();
        assert_eq!((&answer["matched"], &answer["differences"]), (&json!(1), &json!(1)), "only the unknown line is told again: {answer}");
        bank_says(&city, &id, &again).await.refused(409, "settlement.file_twice");
        assert_eq!(balance_of(&city, merchants[6]).await, 0);

        let plan = [("amount", "pay"), ("day", "pay"), ("duplicate", "pay_again"), ("rejected", "close"), ("returned", "close"), ("unknown", "close")];
        for one in page(&city, &id).await["differences"].as_array().unwrap() {
            if one["state"] == "done" {
                assert_eq!(one["class"], "missing", "an item that came later needs nobody");
                continue;
            }
            let action = plan.iter().find(|(class, _)| one["class"] == *class).unwrap().1;
            let act = |verb: &str| format!("/api/settlement-differences/{}/{verb}", one["id"].as_str().unwrap());
            let propose = json!({ "action": action, "reason": "已和银行核对", "reference": "银行回单" });
            city.city_officer().post(&act("propose"), propose).await.ok();
            if !["rejected", "returned"].contains(&one["class"].as_str().unwrap()) {
                city.city_deputy().post(&act("decide"), json!({ "approved": true })).await.ok();
            }
        }
        assert_eq!(page(&city, &id).await["settlement"]["state"], "closed");
        assert_eq!(balance_of(&city, merchants[4]).await, -50_000, "paid twice, so it owes until it sells again");
        // Refused, returned and a fen too little: owed again. 3, 4 and 9.
        let next = make(&city).await.ok();
        assert_eq!((&next["items"], &next["total_cents"]), (&json!(3), &json!(30_000 + 1 + 90_000)));
        sound(&city).await;
    }

    async fn a_payment_that_comes_back_later_is_owed_again(city: RewardsCity) {
        let merchants = owed(&city, 1).await;
        let (id, seen) = sent(&city).await;
        let first = item(&seen, merchants[0]);
        let answer = bank_says(&city, &id, &[agreed(&city, first)]).await.ok();
        assert_eq!((&answer["matched"], &answer["closed"]), (&json!(1), &json!(true)));
        make(&city).await.refused(409, "settlement.nothing");
        city.clock.advance(chrono::TimeDelta::days(3));
        let back = line(first, 10_000, "退汇", &city.clock.today().to_string());
        assert_eq!(bank_says(&city, &id, &[back]).await.ok()["differences"], 1);
        assert_eq!((balance_of(&city, merchants[0]).await, page(&city, &id).await["settlement"]["state"].clone()), (10_000, json!("sent")));
        assert_eq!(make(&city).await.ok()["total_cents"], 10_000);
        sound(&city).await;
    }
}
