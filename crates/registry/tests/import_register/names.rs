//! Values that would do harm, and values that are merely wrong.

use registry::testing::TestCity;

use super::*;

kernel::both_engines! {
    async fn hostile_values_are_refused_and_stand_nowhere(city: TestCity) {
        let officer = city.county_officer();
        let hostile = ["<script>alert(1)</script>", "=HYPERLINK(1)", "某\u{202e}公司", "某\u{7}公司", "😀😀公司", "'; DROP TABLE union; --"];
        let mut unions: Vec<String> = hostile
            .iter()
            .map(|bad| union(&format!("{bad}工会"), bad, bad, &format!("{bad},{bad},{bad},{bad},{bad},{bad},{bad},{bad},{bad},{bad},某路")))
            .collect();
        unions.push(union(&"长".repeat(10_000), "单独基层工会", "棠下镇总工会", ",,,,,,,,,,"));
        let employers: Vec<String> = hostile.iter().map(|bad| format!("{bad},{bad},{bad},{bad},{bad}")).collect();
        let officers: Vec<String> = hostile.iter().map(|bad| format!("{bad},{bad},{bad},{bad},{bad},{bad}")).collect();
        let before = content(&city).await;
        let files = [("unions", unions), ("employers", employers), ("officers", officers)];
        let done = imported(&city, &officer, TestCity::COUNTY, &files).await;
        assert_eq!(counts(&done), [0, 0, 19]);
        let found = faults(&officer, &done).await;
        assert!(found.iter().all(|(_, _, codes)| !codes.is_empty()));
        assert_eq!(found.iter().find(|(file, row, _)| (*file, *row) == (1, 8)).unwrap().2, ["import.cell_long"]);
        let after: Vec<String> = content(&city).await.into_iter().filter(|line| !line.starts_with("run|") && !line.starts_with("check|")).collect();
        assert_eq!(after, before, "nothing changed");
        let told = texts(&city, "SELECT CAST(faults AS text) AS t FROM import_fault").await.concat();
        assert!(hostile.iter().all(|bad| !told.contains(bad)), "{told}");
    }
}
