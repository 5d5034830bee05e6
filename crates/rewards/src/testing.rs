//! The registry's small city with the tables, routes and parameters of this floor.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use kernel::Cx;
use kernel::access::Policy;
use kernel::app::App;
use kernel::job::{Jobs, work_off};
use kernel::testing::{Engine, Fixture};
use registry::testing::TestCity;

/// Writes what every test of the floor begins with, once.
async fn furnish(app: &App) {
    let tx = Cx::system(app).begin().await.unwrap();
    kernel::parameter::seed(&tx, &crate::parameters()).await.unwrap();
    tx.commit(()).await.unwrap();
}

/// [`TestCity`], in which points are issued and spent. Derefs to it.
pub struct RewardsCity(TestCity);

impl Fixture for RewardsCity {
    async fn on(engine: Engine) -> Self {
        let routes = registry::routes().merge(crate::routes());
        let policy = crate::policy(registry::access::policy(Policy::new()));
        let furnished = format!("{:?}", crate::parameters());
        Self(TestCity::furnished(engine, crate::migrations(), policy, routes, (&furnished, furnish)).await)
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
