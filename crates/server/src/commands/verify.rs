//! `zhigong verify events`: computes the chain of events again from the rows and
//! names the first thing that is wrong. Runs beside a server, changes nothing.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::crypto::KeyProvider;
use kernel::event;

use crate::fault::Fault;
use crate::house::Place;

/// What is checked.
#[derive(Subcommand)]
pub enum What {
    /// 核对事件链 / Check the chain of events; exit status 1 when something was changed.
    Events(Place),
}

/// Checks and prints the result.
///
/// # Errors
/// When the database is away or the keys cannot be read.
pub async fn verify(what: What) -> Result<ExitCode, Fault> {
    let What::Events(place) = what;
    let keys = place.existing_keys()?;
    let db = place.connect_existing().await?;
    let report = event::verify(db.read(), &keys.public_key()).await?;
    db.close().await?;
    println!("已核对 / checked: {}", report.checked);
    println!("待封存 / unsealed: {}", report.unsealed);
    if let Some(head) = &report.root {
        println!("链尾 / head: {} {}", head.seq, head.hash);
    }
    match report.first_bad {
        None => {
            println!("✓ 没有发现改动 / nothing was changed");
            Ok(ExitCode::SUCCESS)
        }
        Some(bad) => {
            println!("✗ 第 {} 条：{} / changed at {}", bad.seq, bad.what, bad.seq);
            Ok(ExitCode::FAILURE)
        }
    }
}
