//! The registry's small city with the tables, routes and parameters of this floor.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use kernel::access::Policy;
use kernel::job::{Jobs, work_off};
use kernel::testing::{Engine, Fixture};
use registry::testing::TestCity;

/// [`TestCity`], in which points are issued and spent. Derefs to it.
pub struct RewardsCity(TestCity);

impl Fixture for RewardsCity {
    async fn on(engine: Engine) -> Self {
        let routes = registry::routes().merge(crate::routes());
        let policy = crate::policy(registry::access::policy(Policy::new()));
        let city = TestCity::with(engine, crate::migrations(), policy, routes).await;
        let tx = city.system().begin().await.unwrap();
        kernel::parameter::seed(&tx, &crate::parameters()).await.unwrap();
        tx.commit(()).await.unwrap();
        Self(city)
    }
}

impl RewardsCity {
    /// Carries out everything that waits in the background.
    pub async fn work(&self) {
        work_off(&self.app, &crate::jobs(Jobs::new())).await.unwrap();
    }
}

impl std::ops::Deref for RewardsCity {
    type Target = TestCity;

    fn deref(&self) -> &TestCity {
        &self.0
    }
}
