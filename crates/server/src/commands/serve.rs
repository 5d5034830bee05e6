//! `zhigong serve`: opens the data, prints the addresses, serves until SIGTERM or
//! Ctrl-C, finishes what it has begun, closes the database.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use kernel::app::{App, Config};
use kernel::background::{Background, Stop};
use kernel::crypto::KeyProvider;
use kernel::event::seal;
use kernel::notice::{DemoSms, SmsError, SmsPort};
use kernel::{Cx, Id, parameter};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::demo::{self, Content};
use crate::fault::Fault;
use crate::house::{self, Place};
use crate::{first_run, floors, log, site};

/// Jobs that are carried out at once.
const WORKERS: usize = 2;
/// How long requests in flight may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What `serve` is told.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// 演示城市，一键登录 / A demo city with one-click accounts; synthetic people only.
    #[arg(long, env = "ZHIGONG_DEMO")]
    demo: bool,
    /// 监听地址 / Address to listen on.
    #[arg(long, env = "ZHIGONG_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// 对外网址 / Address that people type and QR codes carry, e.g. `https://gh.example.cn`
    #[arg(long, env = "ZHIGONG_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// 正式运行 / For real people: refuses demo keys, demo data and addresses without https.
    #[arg(long, env = "ZHIGONG_PRODUCTION")]
    production: bool,
}

/// Serves until told to stop.
///
/// # Errors
/// Everything that keeps it from starting, in plain words.
pub async fn serve(mut serve: Serve) -> Result<ExitCode, Fault> {
    serve.check()?;
    log::start(serve.demo);
    let _held = serve.place.hold()?;
    let listener = serve.bind().await?;
    // Port 0 asks the system for a free one.
    serve.listen = listener.local_addr().unwrap_or(serve.listen);
    let (db, _) = serve.place.open().await?;
    let content = demo::content(&db).await?;
    serve.check_content(content)?;
    let keys = serve.place.keys(serve.demo)?;
    if serve.production && keys.is_demo() {
        return Err(demo_keys());
    }
    let app = house::app(&serve.place, db, Arc::new(keys), serve.config()).await?;
    parameters(&app).await?;
    kernel::job::release(&app).await?;
    if content == Content::Empty {
        if serve.demo {
            demo::seed(&app).await?;
        } else {
            first_run::announce(&first_run::fill(&app).await?);
        }
    }
    if serve.demo {
        serve.announce_visitors(&demo::visitors(&app).await?);
    }
    serve.announce();
    run(app, listener).await
}

impl Serve {
    fn check(&self) -> Result<(), Fault> {
        if !self.production {
            return Ok(());
        }
        if self.demo {
            return Err(Fault::new(
                "正式运行（--production）不能带演示城市（--demo）。",
                "--production and --demo exclude each other.",
            )
            .next("zhigong serve --production --base-url https://…"));
        }
        if !self.base_url().starts_with("https://") {
            return Err(Fault::new(
                "正式运行要有 https 对外网址：登录信息不能在没有加密的线路上传。",
                "--production needs --base-url with https: sign-ins must not cross an open line.",
            )
            .next("zhigong serve --production --base-url https://gh.example.cn"));
        }
        Ok(())
    }

    /// What the database holds must suit what was asked for.
    fn check_content(&self, content: Content) -> Result<(), Fault> {
        match content {
            Content::Demo if self.production => Err(Fault::new(
                "这个数据库里是演示城市，正式运行不能使用，平台没有启动。",
                "This database holds the demo city; --production refuses it.",
            )
            .next("请换一个新的数据目录或数据库 / use a new data directory or database:")
            .next("zhigong serve --production --data /var/lib/zhigong --base-url https://…")),
            Content::Real if self.demo => Err(Fault::new(
                "这个数据库里有真实数据，不能当演示城市用，平台没有启动，数据没有改动。",
                "This database holds real data; --demo refuses to add to it.",
            )
            .next("看演示请换一个新的数据目录 / for the demo use a new data directory:")
            .next("zhigong serve --demo --data ./data-demo")),
            _ => Ok(()),
        }
    }

    fn base_url(&self) -> String {
        let local = || format!("http://{}", self.shown_address());
        self.base_url.clone().unwrap_or_else(local).trim_end_matches('/').to_owned()
    }

    fn shown_address(&self) -> String {
        if self.listen.ip().is_loopback() || self.listen.ip().is_unspecified() {
            format!("localhost:{}", self.listen.port())
        } else {
            self.listen.to_string()
        }
    }

    fn config(&self) -> Config {
        let base_url = self.base_url();
        Config {
            demo: self.demo,
            secure_cookies: base_url.starts_with("https://"),
            base_url,
            body_silence: Config::BODY_SILENCE,
        }
    }

    async fn bind(&self) -> Result<TcpListener, Fault> {
        TcpListener::bind(self.listen).await.map_err(|error| {
            let (listen, port) = (self.listen, self.listen.port());
            let other = SocketAddr::new(listen.ip(), port.checked_add(1).unwrap_or(8081));
            let chinese = match error.kind() {
                std::io::ErrorKind::AddrInUse => format!("端口 {port} 已被占用，平台没有启动。"),
                std::io::ErrorKind::PermissionDenied => format!("没有权限监听端口 {port}，平台没有启动。"),
                _ => format!("不能监听 {listen}，平台没有启动。"),
            };
            Fault::new(chinese, format!("Cannot listen on {listen}: {error}."))
                .next("请关掉占用端口的程序，或换一个端口 / stop what holds the port, or choose another:")
                .next(format!("zhigong serve --listen {other}"))
        })
    }

    /// Who one can be; the pages have a button for each.
    fn announce_visitors(&self, visitors: &[demo::Visitor]) {
        println!("演示账号（首页一键登录）/ demo accounts, one click each:");
        for one in visitors {
            let place = if one.desk { "工作台 desk  " } else { "手机端 member" };
            println!("    {:<15} {place}  {}", one.key, one.label);
        }
        println!("人员、工会、单位均为虚构示例 / all people, unions and employers are invented.\n");
    }

    fn announce(&self) {
        let base = self.base_url();
        println!("智工 {} · {base}/（手机端 member） · {base}/desk/（工作台 desk）", env!("CARGO_PKG_VERSION"));
        println!("按 Ctrl-C 停止 / Ctrl-C stops it");
    }
}

fn demo_keys() -> Fault {
    Fault::new(
        "密钥文件是演示用的，正式运行不能使用，平台没有启动。",
        "The key file was made for the demo; --production refuses it.",
    )
    .next("请换一个新的数据目录，第一次启动会生成新的密钥 / use a new data directory:")
    .next("zhigong serve --production --data /var/lib/zhigong --base-url https://…")
}

/// Writes the first values of parameters and the first schemes that this version brings.
async fn parameters(app: &App) -> Result<(), Fault> {
    let tx = Cx::system(app).begin().await?;
    parameter::seed(&tx, &floors::parameters()).await?;
    voice::scheme::seed(&tx).await?;
    Ok(tx.commit(()).await?)
}

/// Who delivers text messages: in a demo nobody, the page shows the code.
fn sms(demo: bool) -> Arc<dyn SmsPort> {
    if demo { Arc::new(DemoSms) } else { Arc::new(NoOperator) }
}

/// A server without an operator for text messages: they wait, and the log says why.
struct NoOperator;

#[async_trait::async_trait]
impl SmsPort for NoOperator {
    async fn deliver(&self, _id: Id, _phone: &str, _text: &str) -> kernel::Result<(), SmsError> {
        Err(SmsError::Away("no operator for text messages is connected".to_owned()))
    }
}

async fn run(app: App, listener: TcpListener) -> Result<ExitCode, Fault> {
    // Before anything can be asked: a signal that comes early must not end it half-way.
    let mut signals = Signals::catch()?;
    let mut background = Background::new();
    background.spawn(|stop| seal::run(app.clone(), stop));
    background.spawn(|stop| rewards::watch(app.clone(), stop));
    floors::jobs(sms(app.config.demo)).start(&mut background, &app, WORKERS);
    let router = kernel::routes::router(&app, floors::routes(), site::router());
    let server = axum::serve(listener, router).with_graceful_shutdown(stopping(background.signal(), app.clone()));
    let mut server = tokio::spawn(server.into_future());
    first_of(&mut signals, &mut server).await;
    wind_up(background, server).await;
    if !app.combiners.stop(GRACE).await {
        tracing::warn!("callers of hot actions were sent away after ten seconds");
    }
    app.db.clone().close().await?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// When no more connections are taken. Answers that go on end then, or they would be waited for.
async fn stopping(stop: Stop, app: App) {
    stop.wait().await;
    app.live.close();
}

/// Waits for a signal, or for a server that ends by itself.
async fn first_of(signals: &mut Signals, server: &mut JoinHandle<std::io::Result<()>>) {
    tokio::select! {
        () = signals.wait() => tracing::info!("stopping"),
        ended = server => tracing::error!(?ended, "the server ended by itself"),
    }
}

/// Lets the workers and then the requests finish, each for a while.
async fn wind_up(background: Background, mut server: JoinHandle<std::io::Result<()>>) {
    if !background.stop(GRACE).await {
        tracing::warn!("background work was cut off after ten seconds");
    }
    if !server.is_finished() && tokio::time::timeout(GRACE, &mut server).await.is_err() {
        tracing::warn!("requests were still running after ten seconds");
        server.abort();
    }
}

/// SIGTERM and Ctrl-C, caught from the moment this is made.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn catch() -> Result<Self, Fault> {
        let catch = |kind| {
            signal(kind).map_err(|error| {
                Fault::new("系统不允许接收停止信号，平台没有启动。", format!("Signals cannot be caught: {error}."))
            })
        };
        Ok(Self { interrupt: catch(SignalKind::interrupt())?, terminate: catch(SignalKind::terminate())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
