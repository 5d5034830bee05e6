//! What members say, over HTTP and on both engines.

mod appraisal;
mod ballot_key;
mod channels;
mod consultation;
mod department;
mod duty;
mod fund;
mod honesty;
mod opinion;
mod paper;
mod paper_opinion;
mod poll;
mod rectify;
mod reminder;
mod report;
mod result;
mod scheme;
mod separated;

use voice::testing::VoiceCity;

kernel::both_engines! {
    async fn the_floor_stands_on_the_registry(city: VoiceCity) {
        let page = city.chair().get(&format!("/api/organizations/{}", registry::testing::TestCity::UNION)).await.ok();
        assert_eq!(page["members"], 6);
        assert!(city.database().ping().await.is_ok());
        assert!(city.member().get("/api/me").await.ok().is_object());
    }
}
