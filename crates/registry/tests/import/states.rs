//! How an import moves on: once, cancelled, resumed, failed.

use kernel::Error;
use registry::import::words::Phase;
use registry::import::{finish, jobs};
use registry::testing::TestCity;
use serde_json::json;

use super::*;

fn id(import: &Value) -> Id {
    import["id"].as_str().unwrap().parse().unwrap()
}

kernel::both_engines! {
    async fn each_state_allows_its_own_steps(city: TestCity) {
        let chair = city.chair();
        let import = draft(&chair, TestCity::UNION, "a.csv", csv((0..10).map(|n| line(n, "")))).await;
        for verb in ["run", "resume"] {
            post(&chair, &import, verb).await.refused(409, "import.state");
        }
        let checking = post(&chair, &import, "check").await.ok();
        assert_eq!((&checking["state"], &checking["may"]["cancel"]), (&json!("checking"), &json!(true)));
        post(&chair, &import, "check").await.refused(409, "import.state");
        // A check that is stopped is a draft again, and its job finds nothing to do.
        assert_eq!(post(&chair, &import, "cancel").await.ok()["state"], "draft");
        work(&city).await;
        assert_eq!(page(&chair, &import).await["state"], "draft");
        post(&chair, &import, "check").await.ok();
        work(&city).await;
        post(&chair, &import, "run").await.ok();
        let cancelled = post(&chair, &import, "cancel").await.ok();
        assert_eq!((&cancelled["state"], &cancelled["may"]["resume"]), (&json!("cancelled"), &json!(true)));
        post(&chair, &import, "cancel").await.ok();
        work(&city).await;
        assert_eq!(counts(&page(&chair, &import).await), [0, 0, 0]);
        post(&chair, &import, "resume").await.ok();
        post(&chair, &import, "resume").await.refused(409, "import.state");
        work(&city).await;
        let done = page(&chair, &import).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [10, 0, 0]));
        for verb in ["check", "run", "cancel", "resume"] {
            post(&chair, &import, verb).await.refused(409, "import.state");
        }
    }

    async fn one_that_never_ran_ends_with_its_file(city: TestCity) {
        let chair = city.chair();
        let import = draft(&chair, TestCity::UNION, "a.csv", csv([line(1, "")])).await;
        let gone = post(&chair, &import, "cancel").await.ok();
        assert_eq!((&gone["state"], &gone["may"]["resume"], &gone["files"][0]["sample"]), (&json!("cancelled"), &json!(false), &json!([])));
        post(&chair, &import, "resume").await.refused(409, "import.state");
        assert_eq!(count(&city, "SELECT CAST(count(*) AS bigint) AS n FROM file WHERE deleted_at IS NULL").await, 0);
    }

    async fn a_file_without_rows_is_not_run(city: TestCity) {
        let chair = city.chair();
        let import = checked(&city, &chair, TestCity::UNION, csv([])).await;
        assert_eq!(import["rows_total"], 0);
        post(&chair, &import, "run").await.refused(422, "import.no_rows");
    }

    async fn a_fault_is_told_and_tried_again(city: TestCity) {
        let chair = city.chair();
        let import = checked(&city, &chair, TestCity::UNION, csv((0..10).map(|n| line(n, "")))).await;
        post(&chair, &import, "run").await.ok();
        for _ in 1..finish::FAILURES {
            assert!(finish::failed(&city.app, id(&import), Phase::Run, Error::internal("x")).await.is_err());
            let shown = page(&chair, &import).await;
            assert_eq!(shown["state"], "running");
            assert!(shown["trouble"].as_str().unwrap().contains("系统会自动再试"));
        }
        finish::failed(&city.app, id(&import), Phase::Run, Error::internal("x")).await.unwrap();
        let failed = page(&chair, &import).await;
        assert_eq!((&failed["state"], &failed["may"]["resume"]), (&json!("failed"), &json!(true)));
        assert_eq!(chair.get("/api/notices").await.ok()["items"][0]["kind"], "import.failed");
        post(&chair, &import, "resume").await.ok();
        work(&city).await;
        let done = page(&chair, &import).await;
        assert_eq!((&done["state"], counts(&done), &done["trouble"]), (&json!("done"), [10, 0, 0], &Value::Null));
    }

    async fn a_lost_file_and_a_lost_job_are_handed_to_a_person(city: TestCity) {
        let chair = city.chair();
        let import = checked(&city, &chair, TestCity::UNION, csv([line(1, "")])).await;
        post(&chair, &import, "run").await.ok();
        let tx = city.db.begin().await.unwrap();
        let lost = "UPDATE job SET state = 'failed' WHERE kind = 'import.run'";
        tx.execute_raw(city.db.statement(lost, [])).await.unwrap();
        kernel::db::commit(tx).await.unwrap();
        jobs::round(&city.app).await.unwrap();
        let failed = page(&chair, &import).await;
        assert_eq!(failed["state"], "failed");
        assert!(failed["trouble"].as_str().unwrap().contains("请点“继续”"));
        // The bytes are gone without anybody knowing: no use in trying again.
        let row = city.db.read().query_one_raw(city.db.statement("SELECT id FROM file", [])).await.unwrap().unwrap();
        kernel::file::erase(&city.app, row.try_get("", "id").unwrap()).await.unwrap();
        post(&chair, &import, "resume").await.ok();
        work(&city).await;
        let failed = page(&chair, &import).await;
        assert_eq!((&failed["state"], counts(&failed)), (&json!("failed"), [0, 0, 0]));
        assert!(failed["trouble"].as_str().unwrap().contains("重新上传"), "{failed}");
    }
}
