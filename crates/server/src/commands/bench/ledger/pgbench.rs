//! What the engine's own benchmark says on the same server: TPC-B-like, prepared, over the same kind of connection.

use std::path::PathBuf;
use std::time::Duration;

use kernel::db::Db;
use sea_orm::ConnectionTrait;
use tokio::process::Command;

use super::super::client::failed;
use crate::fault::Fault;

/// Clients of which the better figure counts.
const CLIENTS: [u32; 2] = [8, 32];

/// A filled database of pgbench.
pub struct Pgbench {
    program: PathBuf,
    server: String,
    database: String,
}

impl Pgbench {
    /// Fills a database beside the others; `None` where the program is not there.
    pub async fn open(server: &str, scale: u32) -> Result<Option<Self>, Fault> {
        let Some(program) = program() else { return Ok(None) };
        let database = format!("zhigong_bench_tpcb{}", std::process::id());
        let pgbench = Self { program, server: server.to_owned(), database };
        pgbench.sql(&format!("DROP DATABASE IF EXISTS {}", pgbench.database)).await?;
        pgbench.sql(&format!("CREATE DATABASE {}", pgbench.database)).await?;
        let scale = scale.to_string();
        pgbench.run(&["-i", "-q", "-s", scale.as_str()]).await?;
        Ok(Some(pgbench))
    }

    /// Transactions a second: the better of both numbers of clients.
    pub async fn best(&self, time: Duration) -> Result<f64, Fault> {
        let (seconds, mut best) = (time.as_secs().max(1).to_string(), 0.0_f64);
        for clients in CLIENTS {
            let clients = clients.to_string();
            let said = self.run(&["-n", "-M", "prepared", "-j", "2", "-c", &clients, "-T", &seconds]).await?;
            let rate =
                said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
            // So many clients may still be connecting when a short time is over.
            best = best.max(rate.unwrap_or_default());
        }
        if best == 0.0 {
            return Err(failed("pgbench told no rate"));
        }
        Ok(best)
    }

    /// Removes its database.
    pub async fn close(self) -> Result<(), Fault> {
        self.sql(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database)).await
    }

    async fn run(&self, arguments: &[&str]) -> Result<String, Fault> {
        let base = self.server.rsplit_once('/').map_or("", |(base, _)| base);
        let address = format!("{base}/{}", self.database);
        let output = Command::new(&self.program).args(arguments).arg(address).output().await.map_err(failed)?;
        if !output.status.success() {
            return Err(failed(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr))));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    async fn sql(&self, sql: &str) -> Result<(), Fault> {
        let db = Db::connect(&self.server).await?;
        db.read().execute_unprepared(sql).await.map_err(kernel::Error::from)?;
        Ok(db.close().await?)
    }
}

/// On the path, beside the server's own programs, or where Debian puts them.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    places.extend(std::env::var_os("ZHIGONG_PG_BIN").map(PathBuf::from));
    let beside =
        places.iter().filter_map(|place| place.join("pg_ctl").canonicalize().ok()?.parent().map(PathBuf::from));
    let beside: Vec<PathBuf> = beside.collect();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    places.into_iter().chain(beside).chain(debian).map(|place| place.join("pgbench")).find(|program| program.is_file())
}
