//! `zhigong verify events`: computes the chain of events again from the rows and
//! names the first thing that is wrong. `zhigong verify figures`: counts all
//! members again and names the numbers that differ. Both run beside a server and
//! change nothing.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::crypto::KeyProvider;
use kernel::event;
use registry::member::count;

use crate::fault::Fault;
use crate::house::Place;

/// What is checked.
#[derive(Subcommand)]
pub enum What {
    /// 核对事件链 / Check the chain of events; exit status 1 when something was changed.
    Events(Place),
    /// 核对会员数 / Count all members again; exit status 1 when a kept number differs from its rows.
    Figures(Place),
}

/// Checks and prints the result.
///
/// # Errors
/// When the database is away or the keys cannot be read.
pub async fn verify(what: What) -> Result<ExitCode, Fault> {
    match what {
        What::Events(place) => events(place).await,
        What::Figures(place) => figures(place).await,
    }
}

async fn figures(place: Place) -> Result<ExitCode, Fault> {
    let db = place.connect_existing().await?;
    let amiss = count::amiss(db.read()).await?;
    db.close().await?;
    for row in &amiss {
        let count::Amiss { organization_id, year, kept, counted } = row;
        println!("✗ {organization_id} {year} 年：记 {kept}，实 {counted} / kept {kept}, counted {counted}");
    }
    if amiss.is_empty() {
        println!("✓ 会员数与会籍逐条相符 / every number is that of its rows");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

async fn events(place: Place) -> Result<ExitCode, Fault> {
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
