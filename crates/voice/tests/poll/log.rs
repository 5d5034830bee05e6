//! The log of the server, which an attacker may have beside the database: it has a line of every draw and none of a cast.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use voice::testing::VoiceCity;

use super::stage::Stage;

/// Keeps what our own code says, as loud as a server at work.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = ["kernel", "registry", "voice"].iter().any(|floor| metadata.target().starts_with(floor));
        ours && *metadata.level() <= Level::INFO
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What a line says, field by field.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!("{}={value:?} ", field.name());
    }
}

kernel::both_engines! {
    async fn a_cast_leaves_no_line(city: VoiceCity) {
        let stage = Stage::open(&city, 5).await;
        let (log, phone) = (Log::default(), stage.phone(0).await);
        let ears = Dispatch::new(log.clone());
        // As long as one alone listens in the process, a place that logs asks only the thread where it is met first, and
        // that may be another test's, where nobody listens.
        let others = Dispatch::new(Log::default());
        let paper = stage.draw(&phone, json!({ "q1": 1, "q2": 7 })).with_subscriber(ears.clone()).await;
        let lines = log.lines();
        assert!(lines.len() == 1 && lines[0].contains("/draw"), "{lines:?}");
        // Neither does one that is sent again, or refused.
        for _ in 0..2 {
            stage.cast(&paper).with_subscriber(ears.clone()).await.ok();
        }
        let named = phone.post("/api/ballots", paper.body.clone()).with_subscriber(ears.clone()).await;
        named.refused(400, "request.named");
        let broken = city.stranger().post("/api/ballots", json!({ "q": 1 })).with_subscriber(ears.clone()).await;
        assert_ne!(broken.status, 200);
        assert_eq!(log.lines(), lines);
        drop(others);
    }
}
