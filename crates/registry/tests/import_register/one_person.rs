//! One human is one person: whom a register brought by name and phone alone, a roster knows again.

use registry::organization::officer_entity as officer;
use registry::person::{entity as person, vault};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::*;
use crate::import as roster;

const SMALL: &str = "示例物流有限公司工会";
const PERSONS: &str = "SELECT CAST(count(*) AS bigint) AS n FROM person";
const NUMBERED: &str = "SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind = 'person.number_entered'";

/// The person of the chair of a union.
async fn chair_of(city: &TestCity, union: Id) -> person::Model {
    let office = officer::Entity::find()
        .filter(officer::Column::OrganizationId.eq(union))
        .filter(officer::Column::Title.eq("chair"))
        .one(city.db.read())
        .await
        .unwrap()
        .unwrap();
    person::Entity::find_by_id(office.person_id).one(city.db.read()).await.unwrap().unwrap()
}

fn number_of(city: &TestCity, who: &person::Model) -> Option<String> {
    let sealed = who.id_number_sealed.as_ref()?;
    Some(vault::open_id_number(&*city.app.keys, who.id, sealed).unwrap())
}

kernel::both_engines! {
    async fn a_chair_without_a_number_is_the_member_of_the_roster(city: TestCity) {
        let (officer, registrar) = (city.county_officer(), city.registrar());
        let chair = format!("{SMALL},{},主席,13800000002,,", roster::name(2));
        let done = imported(&city, &officer, TestCity::COUNTY, &[("officers", vec![chair])]).await;
        assert_eq!(counts(&done), [1, 0, 0]);
        let (entered, before) = (chair_of(&city, TestCity::SMALL_UNION).await, number(&city, PERSONS).await);
        assert_eq!((number_of(&city, &entered), entered.real_name.as_str()), (None, "none"));

        // Another name with his phone, his name with another phone, and a second one of his name with his phone.
        let lines = || {
            roster::csv([
                format!("{},{},13800000002,{SMALL}", roster::name(3), roster::number(3)),
                roster::line(10, SMALL),
                roster::line(2, SMALL),
                format!("{},{},13800000002,{SMALL}", roster::name(2), roster::number(18)),
            ])
        };
        assert_eq!(roster::name(10), roster::name(2));
        let checked = roster::checked(&city, &registrar, TestCity::COUNTY, lines()).await;
        assert_eq!((counts(&checked), number(&city, NUMBERED).await), ([4, 0, 0], 0), "a check writes nothing");
        let done = roster::imported(&city, &registrar, TestCity::COUNTY, lines()).await;
        assert_eq!(counts(&done), [4, 0, 0]);
        assert_eq!((number(&city, PERSONS).await, number(&city, NUMBERED).await), (before + 3, 1));
        let now = chair_of(&city, TestCity::SMALL_UNION).await;
        assert_eq!((now.id, number_of(&city, &now)), (entered.id, Some(roster::number(2))));
        assert_eq!((now.real_name.as_str(), now.id_kind.as_deref()), ("declared", Some("resident_id")));
        assert!(now.birth.is_some() && now.sex.is_some() && now.phone_sealed == entered.phone_sealed);
        let found = registrar.get(&format!("/api/members?id_number={}", roster::number(2))).await.ok();
        assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][0]["organization_name"]), (1, &json!(SMALL)));
        let one = "SELECT CAST(count(*) AS bigint) AS n FROM officer f JOIN membership m ON m.person_id = f.person_id
            WHERE f.title = 'chair' AND m.import_id IS NOT NULL AND m.organization_id = f.organization_id";
        assert_eq!(number(&city, one).await, 1);

        let again = roster::imported(&city, &registrar, TestCity::COUNTY, lines()).await;
        assert_eq!((counts(&again), number(&city, PERSONS).await), ([0, 4, 0], before + 3));
    }

    async fn a_number_that_comes_with_another_file_is_not_lost(city: TestCity) {
        let (officer, registrar) = (city.county_officer(), city.registrar());
        let (name, phone) = (roster::name(5), "13800000005");
        let unions = vec![union("海港一公司工会", "单独基层工会", "棠下镇总工会", &format!(",,,,,,{name},{phone},,,"))];
        let officers = vec![format!("海港一公司工会,{name},主席,{phone},{},", roster::number(5))];
        let files = [("unions", unions), ("officers", officers)];
        let done = imported(&city, &officer, TestCity::COUNTY, &files).await;
        assert_eq!((counts(&done), number(&city, NUMBERED).await), ([1, 1, 0], 1), "named twice, appointed once");
        let before = number(&city, PERSONS).await;
        // The roster has another phone: he is known by his number, and the phone of the register stays.
        let line = format!("{name},{},13900000077,海港一公司工会", roster::number(5));
        let done = roster::imported(&city, &registrar, TestCity::COUNTY, roster::csv([line])).await;
        assert_eq!((counts(&done), number(&city, PERSONS).await), ([1, 0, 0], before));
        assert_eq!(done["parts"][0]["phones"], json!({ "entered": 0, "kept": 1, "kept_rows": [2] }));
        let again = imported(&city, &officer, TestCity::COUNTY, &files).await;
        assert_eq!((counts(&again), number(&city, NUMBERED).await), ([0, 2, 0], 1));
    }
}
