//! Files over HTTP: what comes in, what goes out, and what is refused on the way.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use kernel::access::Policy;
use kernel::app::{App, Config, Setup};
use kernel::calendar::Calendar;
use kernel::command::retried;
use kernel::crypto::LocalKeys;
use kernel::crypto::passing::PassingKeys;
use kernel::file::{self, Files, NewFile};
use kernel::routes::{Done, Download, Upload, document, router};
use kernel::testing::{Answer, Client, Engine, Fixture, TestApp, TestFolder};
use kernel::time::Clock;
use kernel::{Cx, Error, Id, Result, Routes, both_engines};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use utoipa::ToSchema;

const MAX: u64 = 4 << 20;
static RUNS: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Deserialize, ToSchema)]
struct KeepInput {
    box_id: uuid::Uuid,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Kept {
    id: uuid::Uuid,
    box_id: uuid::Uuid,
    bytes: u64,
    told: Option<u64>,
}

#[derive(Clone, Deserialize, ToSchema)]
struct TakeInput {
    id: uuid::Uuid,
}

async fn keep(cx: Cx, input: KeepInput, upload: Upload) -> Result<Kept> {
    let id = cx.app.ids.next();
    let stored = file::receive(&cx.app, id, upload.stream, MAX).await?;
    retried(async || {
        let tx = cx.begin().await?;
        file::enter(&tx, NewFile { id, purpose: "box", name: input.name.clone(), stored }).await?;
        tx.commit(Kept { id, box_id: input.box_id, bytes: stored.bytes, told: upload.length }).await
    })
    .await
}

async fn contended(_: Cx, _: KeepInput, _: Upload) -> Result<Done> {
    RUNS.fetch_add(1, Ordering::SeqCst);
    Err(Error::Contention)
}

async fn take(cx: Cx, input: TakeInput) -> Result<Download> {
    let row = file::find(cx.read(), input.id).await?;
    file::download(&cx.app, row.id, row.name, "text/csv; charset=utf-8").await
}

async fn note(_: Cx, _: KeepInput) -> Result<Done> {
    Ok(Done {})
}

fn routes() -> Routes {
    Routes::new("box")
        .upload("/api/boxes/{box_id}/files", "Keeps a file")
        .public()
        .receives(keep)
        .upload("/api/boxes/{box_id}/contended", "Loses a race")
        .public()
        .receives(contended)
        .download("/api/files/{id}", "Takes a file")
        .public()
        .sends(take)
        .download("/api/own/{id}", "Takes a file")
        .signed_in()
        .sends(take)
        .post("/api/boxes/{box_id}/note", "Notes")
        .public()
        .runs(note)
}

/// A server whose clients may be silent for a second, and whose files are in a folder.
struct House {
    app: App,
    router: axum::Router,
    folder: TestFolder,
    _database: TestApp,
}

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        let database = TestApp::on(engine).await;
        let folder = TestFolder::new();
        let config = Config {
            demo: true,
            secure_cookies: false,
            base_url: "http://localhost".to_owned(),
            body_silence: Duration::from_secs(1),
        };
        let files = Files::local(folder.path()).unwrap();
        let setup = Setup {
            calendar: Calendar::bundled().clone(),
            policy: Policy::new(),
            config,
            files,
            passing: PassingKeys::in_memory(),
            parameters: Vec::new(),
        };
        let keys = Arc::new(LocalKeys::for_tests().unwrap());
        let app = App::new(database.app.db.clone(), Clock::system(), keys, setup);
        let router = router(&app, routes(), axum::Router::new());
        Self { app, router, folder, _database: database }
    }
}

impl House {
    async fn send(&self, request: Request<Body>) -> Answer {
        Client::new(self.router.clone()).send(request).await
    }

    async fn upload(&self, name: &str, body: Body) -> Answer {
        self.send(upload(&self.address(name)).body(body).unwrap()).await
    }

    fn address(&self, name: &str) -> String {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        format!("/api/boxes/{}/files?name={name}", self.app.ids.next())
    }

    /// Nothing is stored, no row is there.
    async fn holds_nothing(&self) -> bool {
        let count = self.app.db.statement("SELECT CAST(count(*) AS bigint) AS n FROM file", []);
        let row = self.app.db.read().query_one_raw(count).await.unwrap().unwrap();
        let rows: i64 = row.try_get("", "n").unwrap();
        rows == 0 && self.folder.path().read_dir().unwrap().count() == 0
    }

    /// Serves on a socket; answers its port.
    async fn listen(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(axum::serve(listener, self.router.clone()).into_future());
        port
    }
}

fn upload(address: &str) -> axum::http::request::Builder {
    Request::post(address).header("x-zhigong", "1").header(header::CONTENT_TYPE, "application/octet-stream")
}

/// A piece, and then silence.
fn silent() -> Body {
    Body::from_stream(piece().chain(stream::pending()))
}

fn piece() -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::iter([Ok(Bytes::from_static(b"{\"name\": \"a"))])
}

both_engines! {
    async fn a_file_goes_in_and_out(house: House) {
        // More than axum lets a body have unless told otherwise.
        let content: Vec<u8> = (0..3_u32 << 18).flat_map(u32::to_be_bytes).collect();
        let kept = house.upload("花名册 1.csv", Body::from(content.clone())).await.ok();
        assert_eq!((kept["bytes"].as_u64(), kept["told"].as_u64()), (Some(3 << 20), None));
        let request = Request::get(format!("/api/files/{}", kept["id"].as_str().unwrap()));
        let request = request.header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(house.router.clone(), request).await.unwrap();
        let text = |name: &str| response.headers()[name].to_str().unwrap();
        assert_eq!(
            text("content-disposition"),
            "attachment; filename=\"____1.csv\"; filename*=UTF-8''%E8%8A%B1%E5%90%8D%E5%86%8C%201.csv"
        );
        assert_eq!((text("content-type"), text("content-length")), ("text/csv; charset=utf-8", "3145728"));
        assert_eq!((text("cache-control"), text("x-content-type-options")), ("no-store", "nosniff"));
        assert!(response.headers().get(header::CONTENT_ENCODING).is_none());
        assert!(axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap() == content);
    }

    async fn what_breaks_off_leaves_nothing(house: House) {
        let broken = piece().map(Ok).chain(stream::iter([Err(std::io::Error::other("reset"))]));
        house.upload("a", Body::from_stream(broken.map(|piece| piece.map(Result::unwrap)))).await.refused(400, "input.broken");
        house.upload("a", silent()).await.refused(408, "input.slow");
        house.upload("a", Body::empty()).await.refused(422, "file.empty");
        let over = house.upload("a", Body::from(vec![0; (4 << 20) + 1])).await;
        over.refused(413, "file.too_large");
        assert!(over.body["detail"].as_str().unwrap().contains("4 MB"));
        assert!(house.holds_nothing().await);
    }

    async fn a_client_that_hangs_up_leaves_nothing(house: House) {
        let port = house.listen().await;
        let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let head = format!("POST {} HTTP/1.1\r\nhost: x\r\nx-zhigong: 1\r\ncontent-length: 3000000\r\n\r\n", house.address("a"));
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&vec![7; 2_000_000]).await.unwrap();
        while house.holds_nothing().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(socket);
        for _ in 0..200 {
            if house.holds_nothing().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("something is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_too_much_still_hears_the_refusal() {
    let house = House::on(Engine::Sqlite).await;
    let port = house.listen().await;
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let address = house.address("a");
    let head = format!("POST {address} HTTP/1.1\r\nhost: x\r\nx-zhigong: 1\r\ncontent-length: 40000000\r\n\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    // As a browser does: first all of it out, then the answer in.
    socket.write_all(&vec![7; 40_000_000]).await.unwrap();
    let mut answer = [0; 400];
    let read = socket.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 413"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_command_is_refused() {
    let house = House::on(Engine::Sqlite).await;
    let note = Request::post(format!("/api/boxes/{}/note", house.app.ids.next()))
        .header("x-zhigong", "1")
        .header(header::CONTENT_TYPE, "application/json");
    house.send(note.body(silent()).unwrap()).await.refused(408, "input.slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn guards_and_inputs_hold_for_files_too() {
    let house = House::on(Engine::Sqlite).await;
    let bare = Request::post(house.address("a")).body(Body::from("x")).unwrap();
    house.send(bare).await.refused(403, "request.forged");
    let nameless = upload(&format!("/api/boxes/{}/files", house.app.ids.next())).body(Body::from("x")).unwrap();
    house.send(nameless).await.refused(400, "input.invalid");
    house.upload("a\0b", Body::from("x")).await.refused(422, "input.characters");
    assert!(house.holds_nothing().await);
    // Any media type will do, and the length is told where it is known.
    let typed = Request::post(house.address("a")).header("x-zhigong", "1").header(header::CONTENT_TYPE, "text/csv");
    let kept = house.send(typed.header(header::CONTENT_LENGTH, "1").body(Body::from("x")).unwrap()).await.ok();
    assert_eq!(kept["told"], 1);
    let client = Client::new(house.router.clone());
    client.get(&format!("/api/own/{}", kept["id"].as_str().unwrap())).await.refused(401, "auth.required");
    client.get(&format!("/api/files/{}", house.app.ids.next())).await.refused(404, "file.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_read_once() {
    let house = House::on(Engine::Sqlite).await;
    let address = format!("/api/boxes/{}/contended?name=a", house.app.ids.next());
    house.send(upload(&address).body(Body::from("x")).unwrap()).await.refused(503, "system.busy");
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_refused_or_breaks_off() {
    let house = House::on(Engine::Sqlite).await;
    let kept = house.upload("a.csv", Body::from(vec![7; 3 << 20])).await.ok();
    let id: Id = kept["id"].as_str().unwrap().parse().unwrap();
    let path = house.folder.path().join(id.simple().to_string());
    let mut sealed = std::fs::read(&path).unwrap();
    let get = || Request::get(format!("/api/files/{id}")).body(Body::empty()).unwrap();
    // In the middle: the head is out when it is found, so the body must not look whole.
    sealed[1_500_000] ^= 1;
    std::fs::write(&path, &sealed).unwrap();
    let response = tower::ServiceExt::oneshot(house.router.clone(), get()).await.unwrap();
    assert!(axum::body::to_bytes(response.into_body(), usize::MAX).await.is_err());
    // At the end: found before anything is sent.
    std::fs::write(&path, &sealed[..sealed.len() - 1]).unwrap();
    house.send(get()).await.refused(500, "file.damaged");
    std::fs::remove_file(&path).unwrap();
    house.send(get()).await.refused(404, "file.unknown");
}

#[test]
fn both_kinds_are_declared() {
    let routes = routes();
    let table: Vec<(&str, &str)> = routes.table().iter().map(|route| (route.method, route.path)).take(3).collect();
    assert_eq!(table[0], ("POST", "/api/boxes/{box_id}/files"));
    assert_eq!(table[2], ("GET", "/api/files/{id}"));
    let document = serde_json::to_value(document("t", "1", &routes)).unwrap();
    let binary = json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
    let keep = &document["paths"]["/api/boxes/{box_id}/files"]["post"];
    assert_eq!(keep["requestBody"]["content"], binary);
    let places: Vec<&str> = keep["parameters"].as_array().unwrap().iter().map(|p| p["in"].as_str().unwrap()).collect();
    assert_eq!(places, ["path", "query"]);
    assert_eq!(keep["responses"]["200"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Kept");
    let take = &document["paths"]["/api/files/{id}"]["get"];
    assert_eq!(take["responses"]["200"]["content"], binary);
    assert_eq!(take["responses"]["default"]["description"], "Refused or failed");
}
