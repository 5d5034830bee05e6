//! The real binary as a test sees it: started, asked over HTTP, told to stop or killed.

mod browser;
mod city;
mod disk;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use kernel::Id;
use kernel::crypto::digest::sm3;
use kernel::db::Db;
use kernel::id::Ids;
use kernel::testing::{Engine, Fixture, TestDb, TestFolder};
use sea_orm::ConnectionTrait;

pub use browser::Browser;
pub use city::DemoCity;
pub use disk::{Disk, Syncing};

/// Longer than anything takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A data directory and, on PostgreSQL, an empty database.
pub struct House {
    folder: TestFolder,
    database: Option<TestDb>,
}

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(TestDb::new(engine, &[]).await),
        };
        Self { folder: TestFolder::new(), database }
    }
}

impl House {
    /// A house on SQLite.
    pub fn new() -> Self {
        Self { folder: TestFolder::new(), database: None }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Address of the database, to open it beside the server.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.data().join("zhigong.db").display());
        self.database.as_ref().map_or_else(file, |database| database.url().to_owned())
    }

    /// The binary with a command and this house's place.
    pub fn command(&self, name: &[&str]) -> Command {
        let mut command = bare(name);
        command.arg("--data").arg(self.data());
        if let Some(database) = &self.database {
            command.args(["--database", database.url()]);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, command: &[&str], more: &[&str]) -> Output {
        self.command(command).args(more).output().unwrap()
    }

    /// `serve` that must refuse to start; answers what it said.
    pub fn refused(&self, more: &[&str]) -> String {
        let output = self.run(&["serve", "--listen", "127.0.0.1:0"], more);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains('✗'), "{said}");
        said
    }

    /// Starts `serve` on a free port and waits until it answers.
    pub fn serve(&self, more: &[&str]) -> Running {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C") {
            if stdout.read_line(&mut said).unwrap() == 0 {
                let mut why = String::new();
                child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                panic!("the server did not start: {said}{why}");
            }
        }
        // Both pipes are emptied, or the server would stop when one is full.
        let mut stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        let running = Running { address: address.replace("localhost", "127.0.0.1"), said, child };
        running.wait_until_ready();
        running
    }
}

/// The binary with arguments, without anything of the test's own environment.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhigong"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ZHIGONG_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Enters a session of a person beside the server, for those of the demo who have no account; answers its token.
pub async fn enter_session(db: &Db, tx: &impl ConnectionTrait, person: Id) -> String {
    let session = "INSERT INTO session (id, token_hash, account_id, person_id, stage, created_at, last_seen_at,
        idle_minutes, expires_at, device) VALUES ($1, $2, $3, $4, 'done', $5, $5, 10000000, $6, '示例')";
    let (now, far) = (chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_700), chrono::TimeDelta::days(9_000));
    let token = Ids::random().simple().to_string();
    let hash = sm3(token.as_bytes()).to_vec();
    let values =
        [Ids::random().into(), hash.into(), Ids::random().into(), person.into(), now.into(), (now + far).into()];
    tx.execute_raw(db.statement(session, values)).await.unwrap();
    token
}

/// A server that runs; killed when dropped.
pub struct Running {
    /// `127.0.0.1:port`.
    pub address: String,
    /// What it printed at its start.
    pub said: String,
    child: Child,
}

impl Running {
    /// A browser without a cookie.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address.clone())
    }

    /// A browser signed in as a one-click account.
    pub fn visitor(&self, key: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.post("/api/sign-in/demo", &serde_json::json!({ "key": key }));
        assert_eq!(answer.status, 200, "{}", answer.text);
        browser
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while self.browser().try_get("/readyz").is_none_or(|answer| answer.status != 200) {
            assert!(started.elapsed() < PATIENCE, "the server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGKILL: as if the power went.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGKILL, while others still ask it.
    pub fn kill_now(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("-TERM");
        self.child.wait().unwrap()
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
