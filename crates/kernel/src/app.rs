//! What a running process holds: the database, the clock, the keys, the calendar,
//! the files, bells that wake the sealer and the workers, the lines of hot actions. Cheap to clone.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::access::Policy;
use crate::ask::Gatherings;
use crate::calendar::Calendar;
use crate::combine::Combiners;
use crate::crypto::keys::KeyProvider;
use crate::crypto::passing::PassingKeys;
use crate::db::Db;
use crate::file::Files;
use crate::id::Ids;
use crate::live::Live;
use crate::parameter::Parameter;
use crate::time::Clock;

/// What differs between deployments and never changes while a process runs;
/// everything an administrator may change lives in the database.
#[derive(Debug, Clone)]
pub struct Config {
    /// One-click demo accounts and visible SMS codes; never with real people.
    pub demo: bool,
    /// Cookies only over HTTPS; off on a loopback address.
    pub secure_cookies: bool,
    /// Address that links and QR codes carry, without a slash at the end.
    pub base_url: String,
    /// How long a request's body may bring nothing before it is refused.
    pub body_silence: Duration,
}

impl Config {
    /// What [`Config::body_silence`] is unless there is a reason: half a minute.
    pub const BODY_SILENCE: Duration = Duration::from_secs(30);
}

/// What the composition of the program gives a process.
pub struct Setup {
    /// Working days.
    pub calendar: Calendar,
    /// Which role may do what, gathered from every slice.
    pub policy: Policy,
    /// Deployment settings.
    pub config: Config,
    /// Where files are.
    pub files: Files,
    /// Keys that are forgotten.
    pub passing: PassingKeys,
    /// Dated parameters of the floors above the registry, which the administrators' list cannot know by itself.
    pub parameters: Vec<Parameter>,
}

/// Bells: rung after a commit so that background work starts at once.
#[derive(Default)]
pub struct Bells {
    /// New unsealed events.
    pub sealer: Notify,
    /// New jobs.
    pub jobs: Notify,
    /// The time went ahead: what is due at fixed times may be due now.
    pub cron: Notify,
}

/// A running process; see the module.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
pub struct Parts {
    /// The city's database.
    pub db: Db,
    /// Where the present comes from.
    pub clock: Clock,
    /// Makes identifiers.
    pub ids: Ids,
    /// Data keys, index key, signing key.
    pub keys: Arc<dyn KeyProvider>,
    /// Working days: bundled data overridden by the database, as of start-up.
    pub calendar: Calendar,
    /// Which role may do what.
    pub policy: Policy,
    /// Deployment settings.
    pub config: Config,
    /// Where files are, sealed.
    pub files: Files,
    /// Keys that are forgotten.
    pub passing: PassingKeys,
    /// Dated parameters of the floors above the registry.
    pub parameters: Vec<Parameter>,
    /// Bells for background work.
    pub bells: Bells,
    /// Where callers of hot actions are gathered.
    pub combiners: Combiners,
    /// Where questions are gathered.
    pub gatherings: Gatherings,
    /// Bells for pages that stand open.
    pub live: Live,
}

impl App {
    /// Puts a process together.
    #[must_use]
    pub fn new(db: Db, clock: Clock, keys: Arc<dyn KeyProvider>, setup: Setup) -> Self {
        let Setup { calendar, policy, config, files, passing, parameters } = setup;
        let ids = Ids::new(clock.clone());
        let (bells, combiners, live) = (Bells::default(), Combiners::default(), Live::default());
        Self(Arc::new(Parts {
            db,
            clock,
            ids,
            keys,
            calendar,
            policy,
            config,
            files,
            passing,
            parameters,
            bells,
            combiners,
            gatherings: Gatherings::default(),
            live,
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
