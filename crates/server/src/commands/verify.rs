//! `zhigong verify events`: computes the chain of events again from the rows and
//! names the first thing that is wrong. `zhigong verify figures`: counts all
//! members again and names the numbers that differ. `zhigong verify ledger`: computes
//! every balance again from its transfers. All three run beside a server and change
//! nothing. `zhigong verify appraisal FILE`: recounts a published evaluation from its
//! file alone, without database and keys, and without holding it in memory.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kernel::crypto::KeyProvider;
use kernel::event;
use registry::member::count;
use serde::Deserialize;
use verifier::form::Breakdown;
use verifier::spread::Spread;
use verifier::{Report, Unverified};

use crate::fault::Fault;
use crate::house::Place;

/// What is checked.
#[derive(Subcommand)]
pub enum What {
    /// 核对事件链 / Check the chain of events; exit status 1 when something was changed.
    Events(Place),
    /// 核对会员数 / Count all members again; exit status 1 when a kept number differs from its rows.
    Figures(Place),
    /// 核对积分账 / Compute every balance of the ledger again; exit status 1 when something does not fit, or there is nothing to look at.
    Ledger(Place),
    /// 重新计算公布的评议结果 / Recount a published evaluation from its file; exit status 1 when a number is wrong.
    Appraisal(Appraisal),
}

/// A published file.
#[derive(Args)]
pub struct Appraisal {
    /// 从结果页面下载的文件 / The file as it was downloaded from the result page.
    file: PathBuf,
    /// 平台公钥（十六进制），用来确认是谁签发的 / The platform's public key in hexadecimal, from another source.
    #[arg(long)]
    signer: Option<String>,
    /// 结果页面上的数字分布：保存下来的 /api/evaluations/…/after / How numbers are spread as the page shows it: a saved answer of /api/evaluations/…/after.
    #[arg(long)]
    after: Option<PathBuf>,
}

/// What of that answer is compared.
#[derive(Deserialize)]
struct After {
    spreads: Vec<Spread>,
}

/// Checks and prints the result.
///
/// # Errors
/// When the database is away or the keys cannot be read.
pub async fn verify(what: What) -> Result<ExitCode, Fault> {
    match what {
        What::Events(place) => events(place).await,
        What::Appraisal(appraisal) => recount(&appraisal),
        What::Figures(place) => figures(place).await,
        What::Ledger(place) => ledger(place).await,
    }
}

/// Recounts and prints every total, so that they can be held against the result page.
fn recount(of: &Appraisal) -> Result<ExitCode, Fault> {
    let unread = |error: std::io::Error| {
        Fault::new("文件读不出来，请检查路径后再核对。", format!("{} cannot be read: {error}.", of.file.display()))
    };
    let file = std::fs::File::open(&of.file).map_err(unread)?;
    let key = of.signer.as_deref().map(hex::decode).transpose().map_err(|_| {
        Fault::new("公钥不是十六进制，请从结果页面重新复制。", "The public key is not hexadecimal.".to_owned())
    })?;
    let shown = of.after.as_deref().map(saved).transpose()?.unwrap_or_default();
    let verified = verifier::verify_reader(file, key.as_deref());
    let compared = verified.and_then(|report| report.shows(&shown).map(|()| report).map_err(Unverified::Fault));
    match compared {
        Ok(report) => {
            print(&report);
            println!("✓ 全部一致 / everything fits");
            Ok(ExitCode::SUCCESS)
        }
        Err(Unverified::Read(error)) => Err(unread(error)),
        Err(Unverified::Fault(fault)) => {
            println!("✗ {fault}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What a saved answer shows of how numbers are spread.
fn saved(path: &Path) -> Result<Vec<Spread>, Fault> {
    let unread = |error: String| {
        Fault::new(
            "保存的数字分布读不出来，请重新保存后再核对。",
            format!("{} cannot be read: {error}.", path.display()),
        )
    };
    let text = std::fs::read(path).map_err(|error| unread(error.to_string()))?;
    let after: After = serde_json::from_slice(&text).map_err(|error| unread(error.to_string()))?;
    Ok(after.spreads)
}

fn print(report: &Report) {
    println!("{}", report.title);
    println!("计票 / ballots: {} / {}", report.ballots, report.electorate);
    println!("凭证 / tokens: {}，其中纸质 / of them paper: {}", report.tokens, report.paper);
    println!("重新计算的数字 / numbers recounted: {}", report.numbers);
    for Spread { question, bins } in &report.spreads {
        let bins: Vec<String> = bins.iter().map(|bin| format!("{}–{}: {}", bin.from, bin.to, bin.count)).collect();
        println!("数字分布 / spread {question}: {}", bins.join("，"));
    }
    if let Some(Breakdown { question, groups, withheld }) = &report.breakdown {
        let (shown, withheld) = (groups.len(), withheld.len());
        println!("分组 / groups by {question}: 公布 / shown {shown}，合并不显示 / held back together {withheld}");
    }
    if let Some(hash) = &report.document_hash {
        println!("征求意见稿指纹 / document: {hash}");
    }
    println!("文件指纹 / hash: {}", report.hash);
    println!("封条总指纹 / root: {}", report.merkle_root);
    println!("签发公钥 / signer: {}", report.signer);
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

async fn ledger(place: Place) -> Result<ExitCode, Fault> {
    let db = place.connect_existing().await?;
    let snapshot = db.begin_snapshot().await?;
    let report = rewards::ledger::verify::verify(&snapshot).await?;
    kernel::db::commit(snapshot).await?;
    db.close().await?;
    println!("账套 / books: {}，账户 / accounts: {}", report.books, report.accounts);
    println!("流水 / transfers: {}，预留 / holds: {}", report.transfers, report.holds);
    println!(
        "积分批次 / lots: {}，使用 / uses: {}，不记账的答复 / other answers: {}",
        report.lots, report.uses, report.answers
    );
    println!("已封存的天 / sealed days: {}", report.days);
    for book in &report.sums {
        let (bank, budgets, members) = (yuan(book.custody_cents), yuan(book.budget_cents), yuan(book.wallet_cents));
        let (merchants, other) = (yuan(book.merchant_cents), yuan(book.other_cents));
        println!(
            "账套 / book {}：银行专户 / bank {bank}，工会预算 / budgets {budgets}，会员积分 / members {members}，应付商户 / merchants {merchants}，待结和调整 / other {other}",
            book.book_id
        );
    }
    for fault in &report.faults {
        println!("✗ {} {}", fault.rule, fault.what);
    }
    if report.is_sound() {
        println!("✓ 每个余额都与流水相符 / every balance is that of its transfers");
        return Ok(ExitCode::SUCCESS);
    }
    println!("✗ 共 {} 处不符 / faults: {}", report.faulty, report.faulty);
    Ok(ExitCode::FAILURE)
}

/// Cents as people read them.
fn yuan(cents: i128) -> String {
    let (sign, fen) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
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
