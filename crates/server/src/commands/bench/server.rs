//! This program as a server in a process of its own.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::client::{Client, failed};
use super::machine;
use crate::fault::Fault;
use crate::house::Place;

/// Longer than a start may ever take.
const PATIENCE: Duration = Duration::from_secs(120);

/// It is killed with this value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it over a demo city and waits for its first answer.
    pub async fn start(place: &Place) -> Result<Self, Fault> {
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"]).arg(&place.data);
        if let Some(database) = &place.database {
            command.args(["--database", database]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(failed)?;
        let stdout = child.stdout.take().ok_or_else(|| failed("the server has no output"))?;
        let (mut lines, mut address) = (BufReader::new(stdout).lines(), None);
        while let Some(line) = lines.next_line().await.map_err(failed)? {
            let told = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
            address = address.or(told.map(|told| told.trim().replace("localhost", "127.0.0.1")));
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let address = address.ok_or_else(|| failed("the server did not start"))?.parse().map_err(failed)?;
        // Its pipe stays open for as long as it runs.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if let Ok(mut client) = Client::connect(address).await
                && client.get_as_nobody("/readyz").await.is_ok()
            {
                return Ok(Self { child, address });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(failed("the server does not answer"))
    }

    /// The most memory it has held so far, in MiB.
    pub fn peak_mib(&self) -> u64 {
        self.child.id().map_or(0, |id| machine::peak_mib_of(&id.to_string()))
    }

    /// Kills it as a machine would that fails.
    pub async fn kill(mut self) -> Result<(), Fault> {
        self.child.kill().await.map_err(failed)
    }
}
