//! `zhigong`, the whole platform in one binary. The commands:
//!
//! * `serve`: the server; `--demo` brings a demo city with one-click accounts;
//! * `migrate`: brings a database to this program's schema and ends;
//! * `verify events`: computes the chain of events again and names what was changed;
//! * `verify appraisal`: recounts a published evaluation from its file alone;
//! * `verify figures`: counts all members again and names the numbers that differ;
//! * `verify ledger`: computes every balance of points again from its transfers;
//! * `backup`: a copy of database and files as of one moment, beside a server at work;
//! * `reset-administrator`: a new one-time password, for whoever sits at the server;
//! * `import`: unions, employers, officers and members from files, without a browser;
//! * `simulate register`, `simulate roster`, `simulate shops`: invented files to try an import on;
//! * `bench`: how fast it is beside the bare engine, as ratios of one run;
//! * `openapi`, `codes`, `matrix`: print what `openapi.json`, `docs/codes.md` and
//!   `docs/access-matrix.md` must equal.
//!
//! ```text
//! zhigong serve --demo                       # http://localhost:8080, data in ./data
//! zhigong serve --production --database postgres://… --base-url https://gh.example.cn
//! ```
//!
//! Every refusal to start is two plain lines, Chinese and English, and what to do.
#![forbid(unsafe_code)]

mod commands;
mod demo;
mod fault;
mod first_run;
mod floors;
mod house;
mod log;
mod say;
mod site;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use fault::Fault;

/// Hundreds of small things are made and dropped for each payment: it has no locks for them, and gives memory back.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 智工 Zhigong: the smart trade-union platform of a city federation.
#[derive(Parser)]
#[command(name = "zhigong", version, about, max_term_width = 110, after_help = fault::STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动平台 / Start the platform.
    Serve(commands::serve::Serve),
    /// 只更新数据库结构 / Bring the database to this program's schema and end.
    Migrate(house::Place),
    /// 打印接口文档 / Print the OpenAPI document; needs no database.
    Openapi,
    /// 打印全部业务代码 / Print every code of a refusal; needs no database.
    Codes,
    /// 打印权限矩阵 / Print every route against every role; needs no database.
    Matrix,
    /// 核对 / Check that nothing was changed.
    #[command(subcommand)]
    Verify(commands::verify::What),
    /// 备份数据库和文件，平台不用停 / Back up database and files beside the running platform.
    Backup(commands::backup::Backup),
    /// 导入工会名录或会员花名册 / Import a register or a roster.
    Import(commands::import::Import),
    /// 生成试用的模拟文件（全部虚构）/ Make files of invented unions and people to try an import on.
    #[command(subcommand)]
    Simulate(commands::simulate::What),
    /// 测速 / Measure the platform beside the bare engine, in one run.
    Bench(commands::bench::Bench),
    /// 重发管理员的一次性密码 / A new one-time password for one of the three administrators.
    ResetAdministrator(commands::reset_administrator::Reset),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Serve(serve) => wait(commands::serve::serve(serve)),
        Command::Migrate(place) => wait(commands::migrate::migrate(place)),
        Command::Openapi => commands::openapi::openapi(),
        Command::Codes => commands::codes::codes(),
        Command::Matrix => commands::matrix::matrix(),
        Command::Verify(what) => wait(commands::verify::verify(what)),
        Command::Backup(backup) => wait(commands::backup::backup(backup)),
        Command::Import(import) => wait(commands::import::import(import)),
        Command::Simulate(what) => commands::simulate::simulate(what),
        Command::Bench(bench) => wait(commands::bench::bench(bench)),
        Command::ResetAdministrator(reset) => wait(commands::reset_administrator::reset_administrator(reset)),
    };
    outcome.unwrap_or_else(|fault| {
        say::aside(fault);
        ExitCode::from(fault::EXIT)
    })
}

/// Runs a command that needs the asynchronous runtime.
fn wait(command: impl Future<Output = Result<ExitCode, Fault>>) -> Result<ExitCode, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime
        .map_err(|error| Fault::new("系统资源不足，程序没有启动。", format!("The runtime did not start: {error}.")))?
        .block_on(command)
}
