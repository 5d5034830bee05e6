//! `zhigong simulate`: files as a federation starts with them, full of mistakes, to
//! try an import on. Everybody in them is invented; the numbers have right check
//! digits and belong to nobody that we know of.
//!
//! ```text
//! zhigong simulate register --out ./register                # unions, employers, officers
//! zhigong simulate roster --out ./roster.xlsx --rows 652000 --faults 2 --register ./register
//! zhigong simulate shops --out ./shops                      # fourteen merchants, 557 shops
//! ```
//!
//! Invariants: the same options give the same files, byte for byte in `.csv`; rows
//! are made one by one from their number, so memory does not grow with them; exactly
//! `round(rows × faults / 100)` rows are at fault, and `FILE.faults.csv` names each
//! with the code it must be rejected with.

mod allot;
mod faults;
mod file;
mod person;
mod plan;
mod register;
mod roster;
mod shops;
mod targets;
mod words;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kernel::sheet::Format;
use kernel::time::Day;

use crate::fault::Fault;
use crate::say;

/// Said on every file.
const SYNTHETIC: &str =
    "模拟数据：人员、单位、工会全部虚构，不对应任何真实的人，只用于试用和测试。Synthetic data: nobody in it is real.";

/// What is made.
#[derive(Subcommand)]
pub enum What {
    /// 生成工会名录（全部虚构）/ Make the files of a register: unions, employers, officers. Everything is invented.
    Register(Register),
    /// 生成会员花名册（全部虚构）/ Make a roster of members with planted mistakes. Everybody in it is invented.
    Roster(Roster),
    /// 生成商户和门店（全部虚构）/ Make merchants and their shops all over the province. Everything is invented.
    Shops(Shops),
}

/// A register.
#[derive(Args)]
pub struct Register {
    /// 输出目录 / Folder for unions.xlsx, employers.csv and officers.xlsx.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// 工会数 / Unions, the city federation not among them.
    #[arg(long, default_value_t = 5908, value_parser = clap::value_parser!(u32).range(200..=50_000))]
    pub unions: u32,
    /// 随机种子 / The same number gives the same files.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A roster.
#[derive(Args)]
pub struct Roster {
    /// 输出文件，.xlsx 或 .csv / The file; its ending decides the format.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// 行数 / Rows below the heading.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_048_000))]
    pub rows: u64,
    /// 出错的行占百分之几 / Rows with a planted mistake, in percent.
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    pub faults: f64,
    /// 工会名录目录 / Folder of a register made before; without it, the standard one.
    #[arg(long, value_name = "DIR")]
    pub register: Option<PathBuf>,
    /// 随机种子 / The same number gives the same file.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Merchants and shops.
#[derive(Args)]
pub struct Shops {
    /// 输出目录 / Folder for merchants.csv and a file of shops for each merchant.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// 门店数 / Shops of all fourteen merchants together.
    #[arg(long, default_value_t = shops::SHOPS, value_parser = clap::value_parser!(u32).range(100..=6_000))]
    pub shops: u32,
    /// 随机种子 / The same number gives the same files.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Makes the files.
///
/// # Errors
/// When the register cannot be read or the files cannot be written.
pub fn simulate(what: What) -> Result<ExitCode, Fault> {
    say::line(SYNTHETIC);
    match what {
        What::Register(register) => {
            let plan = plan::plan(register.unions, register.seed)?;
            let written = register::write(&register.out, &plan).map_err(|error| unwritten(&register.out, &error))?;
            say::line(format_args!("✓ {} 个工会 / unions", written.unions));
            say::line(format_args!("✓ {} 个单位 / employers", written.employers));
            say::line(format_args!("✓ {} 名干部 / officers", written.officers));
            say::line(format_args!("  {}", register.out.display()));
        }
        What::Shops(asked) => {
            let merchants = shops::plan(asked.shops, asked.seed);
            shops::write(&asked.out, &merchants).map_err(|error| unwritten(&asked.out, &error))?;
            say::line(format_args!("✓ {} 家商户 / merchants", merchants.len()));
            say::line(format_args!("✓ {} 家门店 / shops\n  {}", asked.shops, asked.out.display()));
        }
        What::Roster(roster) => {
            let format = format(&roster)?;
            let targets = match &roster.register {
                Some(folder) => targets::read(folder, roster.seed)?,
                None => targets::of_plan(&plan::plan(5908, 1)?),
            };
            let written = roster::write(&roster, format, targets).map_err(|error| unwritten(&roster.out, &error))?;
            say::line(format_args!("✓ {} 行，其中 {} 行有错 / rows, of which at fault", roster.rows, written.faults));
            say::line(format_args!("  {}\n  {}", roster.out.display(), written.sidecar.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn format(roster: &Roster) -> Result<Format, Fault> {
    if !(0.0..=50.0).contains(&roster.faults) {
        let english = "--faults is a percentage from 0 to 50.";
        return Err(Fault::new("出错的比例应在 0 到 50 之间，没有生成文件。", english));
    }
    match roster.out.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => Ok(Format::Xlsx),
        Some("csv") => Ok(Format::Csv),
        _ => Err(Fault::new("输出文件应以 .xlsx 或 .csv 结尾，没有生成文件。", "--out must end in .xlsx or .csv.")
            .next("zhigong simulate roster --out ./roster.xlsx --rows 1000")),
    }
}

fn unwritten(path: &std::path::Path, error: &kernel::sheet::SheetError) -> Fault {
    let shown = path.display();
    Fault::new(format!("{shown} 写不进去，文件不完整。"), format!("{shown} could not be written: {error}."))
        .next("请检查磁盘空间和目录权限 / check space and permissions.")
}

/// The last day on which anything in the files happened: files do not change with the day they are made on.
fn last_day() -> Day {
    day(2026, 6, 30)
}

/// A day that exists.
fn day(year: i32, month: u32, day: u32) -> Day {
    Day::from_ymd_opt(year, month, day).unwrap_or_default()
}
