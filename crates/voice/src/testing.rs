//! The registry's small city with the tables, routes and schemes of this floor.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use kernel::access::Policy;
use kernel::testing::{Engine, Fixture};
use registry::testing::TestCity;

/// [`TestCity`], in which members are heard. Derefs to it.
pub struct VoiceCity(TestCity);

impl Fixture for VoiceCity {
    async fn on(engine: Engine) -> Self {
        let routes = registry::routes().merge(crate::routes());
        let policy = crate::policy(registry::access::policy(Policy::new()));
        let city = TestCity::with(engine, crate::migrations(), policy, routes).await;
        let tx = city.system().begin().await.unwrap();
        kernel::parameter::seed(&tx, crate::PARAMETERS).await.unwrap();
        crate::scheme::seed(&tx).await.unwrap();
        tx.commit(()).await.unwrap();
        Self(city)
    }
}

impl std::ops::Deref for VoiceCity {
    type Target = TestCity;

    fn deref(&self) -> &TestCity {
        &self.0
    }
}
