//! One engine with a demo city and the real server on a loopback port, for the time of a
//! measurement; its files and its database are removed when it closes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kernel::app::{App, Config};
use kernel::background::Background;
use kernel::db::Db;
use kernel::event::seal;
use kernel::notice::DemoSms;
use kernel::routes::{Done, Nothing, Routes};
use kernel::{Cx, Id, parameter};
use sea_orm::ConnectionTrait;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::client::{Client, failed};
use super::{Bench, durable};
use crate::fault::Fault;
use crate::house::{self, Place};
use crate::{demo, floors, site};

/// Name of the template that every stage is copied from.
const CITY: &str = "city_template";

/// Which engine.
#[derive(Debug, Clone)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server, by its address.
    Postgres(String),
}

impl Engine {
    /// As the table names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// A city that is served.
pub struct Stage {
    /// The process.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    home: Home,
    background: Background,
    sessions: Mutex<Vec<String>>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Stage {
    /// Serves a copy of the demo city, sealer and workers included.
    pub async fn open(engine: &Engine, bench: &Bench, name: &str) -> Result<Self, Fault> {
        let home = Home::of(engine, &bench.work, bench.smoke, CITY);
        Template { home, sessions: Vec::new() }.stage(name).await
    }

    /// Serves what a home holds.
    async fn over(home: Home, sessions: Vec<String>) -> Result<Self, Fault> {
        let (db, _) = home.place().open().await?;
        if !home.smoke {
            durable::check(&db).await?;
        }
        let config = Config {
            demo: true,
            secure_cookies: false,
            base_url: "http://localhost".to_owned(),
            body_silence: Config::BODY_SILENCE,
        };
        let keys = Arc::new(home.place().keys(true)?);
        let app = house::app(&home.place(), db, keys, config).await?;
        let mut background = Background::new();
        background.spawn(|stop| seal::run(app.clone(), stop));
        floors::jobs(Arc::new(DemoSms)).start(&mut background, &app, 2);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let router = kernel::routes::router(&app, floors::routes().merge(no_op()), site::router());
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { app, address, home, background, sessions: Mutex::new(sessions), server })
    }

    /// A connection, signed in as a demo account.
    pub async fn client(&self, demo: &str) -> Result<Client, Fault> {
        let mut client = Client::connect(self.address).await?;
        client.sign_in(demo).await?;
        Ok(client)
    }

    /// The union at the top of its city.
    pub async fn root(&self) -> Result<Id, Fault> {
        let me = self.client("city").await?.get("/api/me").await?;
        me["roles"][0]["node_id"].as_str().unwrap_or_default().parse().map_err(failed)
    }

    /// Connections of as many different people, each signed in with a phone of her own.
    pub async fn people(&self, number: usize) -> Result<Vec<Client>, Fault> {
        let mut sessions = self.sessions.lock().await;
        let mut clients = Vec::with_capacity(number);
        for place in 0..number {
            let mut client = Client::connect(self.address).await?;
            match sessions.get(place) {
                Some(cookie) => client.set_cookie(cookie.clone()),
                None => {
                    client.sign_in_by_phone(&format!("1990000{place:04}")).await?;
                    sessions.push(client.cookie());
                }
            }
            clients.push(client);
        }
        Ok(clients)
    }

    /// The same server without the jobs beside it, for what is measured as one of them.
    pub async fn quiet(mut self) -> Self {
        std::mem::take(&mut self.background).stop(Duration::from_secs(10)).await;
        self
    }

    /// Stops the server and removes what it wrote.
    pub async fn close(self) -> Result<(), Fault> {
        self.keep().await?.remove().await
    }

    /// Stops the server and keeps what it wrote, to start others from.
    pub async fn keep(self) -> Result<Template, Fault> {
        self.server.abort();
        self.background.stop(Duration::from_secs(10)).await;
        self.app.db.clone().close().await?;
        Ok(Template { home: self.home, sessions: self.sessions.into_inner() })
    }
}

/// A city that is not served: what rounds start from, and who is signed in there.
pub struct Template {
    home: Home,
    sessions: Vec<String>,
}

impl Template {
    /// Makes the demo city, once an engine.
    pub async fn city(engine: &Engine, bench: &Bench) -> Result<Self, Fault> {
        let home = Home::of(engine, &bench.work, bench.smoke, CITY);
        home.clear().await?;
        home.create("").await?;
        let stage = Stage::over(home, Vec::new()).await?;
        let tx = Cx::system(&stage.app).begin().await?;
        parameter::seed(&tx, &floors::parameters()).await?;
        voice::scheme::seed(&tx).await?;
        tx.commit(()).await?;
        demo::seed(&stage.app).await?;
        stage.keep().await
    }

    /// Serves a copy of it.
    pub async fn stage(&self, name: &str) -> Result<Stage, Fault> {
        Stage::over(self.copy(name).await?, self.sessions.clone()).await
    }

    /// The database of a copy, without a server.
    pub async fn database(&self, name: &str) -> Result<Db, Fault> {
        let (db, _) = self.copy(name).await?.place().open().await?;
        Ok(db)
    }

    /// Where it is, for a server of its own.
    pub fn place(&self) -> Place {
        self.home.place()
    }

    /// A copy of it, for a server of its own.
    pub async fn apart(&self, name: &str) -> Result<Place, Fault> {
        Ok(self.copy(name).await?.place())
    }

    /// Removes a copy.
    pub async fn discard(&self, name: &str) -> Result<(), Fault> {
        self.beside(name).clear().await
    }

    /// Removes it.
    pub async fn remove(self) -> Result<(), Fault> {
        self.home.clear().await
    }

    async fn copy(&self, name: &str) -> Result<Home, Fault> {
        let home = self.beside(name);
        home.clear().await?;
        copy_folder(&self.home.directory, &home.directory).map_err(failed)?;
        home.create(&format!("TEMPLATE {}", self.home.database)).await?;
        Ok(home)
    }

    fn beside(&self, name: &str) -> Home {
        Home::of(&self.home.engine, self.home.directory.parent().unwrap_or(Path::new(".")), self.home.smoke, name)
    }
}

/// Where a stage keeps its files and rows.
struct Home {
    engine: Engine,
    directory: PathBuf,
    database: String,
    smoke: bool,
}

impl Home {
    fn of(engine: &Engine, work: &Path, smoke: bool, name: &str) -> Self {
        let directory = work.join(format!("{}-{name}", engine.name()));
        // Tests share a server; a measurement has it for itself, and finds what an interrupted one left.
        let run = if smoke { format!("smoke{}_", std::process::id()) } else { String::new() };
        Self { engine: engine.clone(), directory, database: format!("zhigong_bench_{run}{name}"), smoke }
    }

    fn place(&self) -> Place {
        let database = match &self.engine {
            Engine::Sqlite => None,
            Engine::Postgres(server) => {
                Some(format!("{}/{}", server.rsplit_once('/').map_or("", |(base, _)| base), self.database))
            }
        };
        Place { data: self.directory.clone(), database, keys: None }
    }

    async fn create(&self, from: &str) -> Result<(), Fault> {
        std::fs::create_dir_all(&self.directory).map_err(failed)?;
        match &self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(server) => run(server, &format!("CREATE DATABASE {} {from}", self.database)).await,
        }
    }

    async fn clear(&self) -> Result<(), Fault> {
        if let Engine::Postgres(server) = &self.engine {
            run(server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database)).await?;
        }
        match std::fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// A POST that does nothing: what a request costs before the command.
fn no_op() -> Routes {
    Routes::new("bench").post("/api/bench/no-op", "Does nothing").signed_in().runs(nothing)
}

async fn nothing(_: Cx, _: Nothing) -> kernel::Result<Done> {
    Ok(Done {})
}

async fn run(server: &str, sql: &str) -> Result<(), Fault> {
    let db = Db::connect(server).await?;
    db.read().execute_unprepared(sql).await.map_err(kernel::Error::from)?;
    Ok(db.close().await?)
}
