//! Logs: one JSON object a line on standard error; plain lines when somebody
//! watches the demo on a terminal. `ZHIGONG_LOG=debug` tells more. Requests are
//! logged by the template of their path, never by address, query or body: names
//! and numbers of persons do not reach the log.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log.
pub fn start(demo: bool) {
    let filter = EnvFilter::try_from_env("ZHIGONG_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm=warn,memory_serve=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if demo && std::io::stderr().is_terminal() {
        log.compact().with_target(false).init();
    } else {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
    }
}
