//! Files in pieces: cut at any place and gone on with, twice at once, over a restart; and parts of files that go out.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, header};
use chrono::TimeDelta;
use futures::stream;
use kernel::access::Policy;
use kernel::app::{App, Config, Setup};
use kernel::calendar::Calendar;
use kernel::crypto::LocalKeys;
use kernel::crypto::passing::PassingKeys;
use kernel::file::upload::{self, Arriving, NewUpload, PIECE_LEAST, PIECE_MOST};
use kernel::file::{self, Files, NewFile};
use kernel::job::{self, Jobs};
use kernel::routes::{Download, router};
use kernel::testing::{Engine, Fixture, NarrowDisk, TestApp, TestFolder, seeds};
use kernel::time::Clock;
use kernel::{Cx, Error, Id, Result, Routes, both_engines};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;

const SUBJECT: Id = Id::from_u128(7);

#[derive(Clone, Deserialize, ToSchema)]
struct TakeInput {
    id: uuid::Uuid,
}

async fn take(cx: Cx, input: TakeInput) -> Result<Download> {
    file::download(&cx.app, input.id, "述职.mp4".into(), "video/mp4").await
}

/// A process whose files are in a folder, over a database of its own.
struct House {
    app: App,
    keys: Arc<LocalKeys>,
    clock: Clock,
    folder: TestFolder,
    database: TestApp,
}

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        let database = TestApp::on(engine).await;
        let (folder, keys) = (TestFolder::new(), Arc::new(LocalKeys::for_tests().unwrap()));
        let clock = Clock::fixed(Clock::system().now());
        let files = Files::local(&folder.path().join("files")).unwrap();
        let app = app(&database, &clock, files, keys.clone());
        Self { app, keys, clock, folder, database }
    }
}

fn app(database: &TestApp, clock: &Clock, files: Files, keys: Arc<LocalKeys>) -> App {
    let config = Config {
        demo: true,
        secure_cookies: false,
        base_url: "http://localhost".to_owned(),
        body_silence: Config::BODY_SILENCE,
    };
    let setup = Setup {
        calendar: Calendar::bundled().clone(),
        policy: Policy::new(),
        config,
        files,
        passing: PassingKeys::in_memory(),
        parameters: Vec::new(),
    };
    App::new(database.app.db.clone(), clock.clone(), keys, setup)
}

impl House {
    fn cx(&self) -> Cx {
        Cx::system(&self.app)
    }

    /// The process is killed and another one started over what is on the disk.
    fn restart(&mut self) {
        self.go_on_with(Files::local(&self.files()).unwrap());
    }

    fn go_on_with(&mut self, files: Files) {
        self.app = app(&self.database, &self.clock, files, self.keys.clone());
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    async fn begin(&self, bytes: usize) -> Arriving {
        let tx = self.cx().begin().await.unwrap();
        let new = NewUpload { purpose: "video", subject_id: SUBJECT, name: "述职.mp4".into(), bytes: bytes as u64 };
        let arriving = upload::begin(&tx, new).await.unwrap();
        tx.commit(()).await.unwrap();
        arriving
    }

    async fn find(&self, id: Id) -> Result<Arriving> {
        upload::find(&self.cx(), self.app.db.read(), id, "video", SUBJECT).await
    }

    async fn send(&self, id: Id, offset: usize, piece: &[u8]) -> Result<Arriving> {
        let found = self.find(id).await?;
        upload::append(&self.cx(), found, offset as u64, body(&[piece])).await
    }

    async fn content(&self, id: Id) -> Vec<u8> {
        let pieces: Vec<Bytes> = futures::TryStreamExt::try_collect(file::stream(&self.app, id)).await.unwrap();
        pieces.concat()
    }

    fn objects(&self) -> usize {
        self.files().read_dir().unwrap().count()
    }

    async fn get(&self, id: Id, headers: &[(header::HeaderName, &str)]) -> (u16, HeaderMap, Vec<u8>) {
        let routes = Routes::new("box").download("/api/files/{id}", "Takes a file").public().sends(take);
        let router = router(&self.app, routes, axum::Router::new());
        let request = headers
            .iter()
            .fold(Request::get(format!("/api/files/{id}")), |request, (name, value)| request.header(name, *value));
        let response = tower::ServiceExt::oneshot(router, request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), parts.headers, body.to_vec())
    }

    async fn range(&self, id: Id, range: &str) -> (u16, HeaderMap, Vec<u8>) {
        self.get(id, &[(header::RANGE, range)]).await
    }
}

fn content(random: &mut StdRng, bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    random.fill_bytes(&mut content);
    content
}

fn body(pieces: &[&[u8]]) -> impl futures::Stream<Item = Result<Bytes>> + Send + 'static {
    let pieces: Vec<Result<Bytes>> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

fn code<T>(outcome: Result<T>) -> String {
    let error = outcome.err().expect("not refused");
    error.refusal().map(|refusal| refusal.code.to_string()).unwrap_or_else(|| error.to_string())
}

both_engines! {
    /// Pieces of any size; some break off, some come twice, some for a wrong place, and the process dies in between.
    async fn what_comes_in_pieces_is_whole(house: House) {
        let mut house = house;
        for seed in seeds() {
            let mut random = StdRng::seed_from_u64(seed);
            let length = random.random_range(1..900_000);
            let whole = content(&mut random, length);
            let id = house.begin(length).await.id;
            loop {
                let at = usize::try_from(house.find(id).await.unwrap().received).unwrap();
                if at == length {
                    break;
                }
                let end = (at + random.random_range(PIECE_LEAST as usize..200_000)).min(length);
                let piece = &whole[at..end];
                match random.random_range(0..6) {
                    0 => {
                        let cut: [Result<Bytes>; 2] =
                            [Ok(Bytes::copy_from_slice(&piece[..piece.len() / 2])), Err(Error::internal("cut"))];
                        let found = house.find(id).await.unwrap();
                        upload::append(&house.cx(), found, at as u64, stream::iter(cut)).await.unwrap_err();
                    }
                    1 => {
                        let wrong = if at == 0 { 1 } else { at - 1 };
                        assert_eq!(house.send(id, wrong, piece).await.unwrap().received, at as u64);
                    }
                    2 => house.restart(),
                    3 => {
                        // The answer is lost: the same once more.
                        house.send(id, at, piece).await.unwrap();
                        assert_eq!(house.send(id, at, piece).await.unwrap().received, end as u64);
                    }
                    _ => assert_eq!(house.send(id, at, piece).await.unwrap().received, end as u64),
                }
            }
            let arriving = house.find(id).await.unwrap();
            let (file, stored) = upload::join(&house.app, &arriving).await.unwrap();
            assert_eq!((stored.bytes, stored.digest), (length as u64, kernel::crypto::digest::sm3(&whole)));
            assert!(house.content(file).await == whole, "seed {seed}");
            // Joined twice, as after a lost answer, it is the same.
            let again = upload::join(&house.app, &arriving).await.unwrap();
            assert_eq!(again.1, stored);
        }
    }

    async fn of_two_at_once_one_is_taken(house: House) {
        let whole = content(&mut StdRng::seed_from_u64(1), 400_000);
        let id = house.begin(whole.len()).await.id;
        let mut at = 0;
        while at < whole.len() {
            let end = (at + 100_000).min(whole.len());
            let piece = &whole[at..end];
            let (one, two, three) = futures::join!(house.send(id, at, piece), house.send(id, at, piece), house.send(id, at, piece));
            for answer in [one, two, three] {
                assert!(answer.unwrap().received >= end as u64);
            }
            at = end;
        }
        assert_eq!(house.objects(), 4, "what lost left nothing");
        let (file, _) = upload::join(&house.app, &house.find(id).await.unwrap()).await.unwrap();
        assert!(house.content(file).await == whole);
    }

    async fn a_wrong_piece_leaves_nothing(house: House) {
        let whole = content(&mut StdRng::seed_from_u64(2), 5 << 20);
        let id = house.begin(whole.len()).await.id;
        let over = usize::try_from(PIECE_MOST).unwrap() + 1;
        assert_eq!(code(house.send(id, 0, &whole[..over]).await), "file.upload_piece");
        assert_eq!(code(house.send(id, 0, &whole[..65_535]).await), "file.upload_piece");
        assert_eq!(code(house.send(id, 0, &[]).await), "file.empty");
        assert_eq!(house.objects(), 0);
        assert_eq!(code(upload::join(&house.app, &house.find(id).await.unwrap()).await), "file.upload_unfinished");
        house.send(id, 0, &whole[..4 << 20]).await.unwrap();
        let beyond = [&whole[4 << 20..], &[0]].concat();
        assert_eq!(code(house.send(id, 4 << 20, &beyond).await), "file.upload_piece");
        assert!(house.send(id, 4 << 20, &whole[4 << 20..]).await.unwrap().is_whole());
        assert!(house.send(id, whole.len(), &[1]).await.unwrap().is_whole(), "nothing is taken after the end");
        assert_eq!(house.objects(), 2);
        let conn = house.app.db.read();
        assert_eq!(code(upload::find(&house.cx(), conn, id, "other", SUBJECT).await), "file.upload_unknown");
        assert_eq!(code(upload::find(&house.cx(), conn, id, "video", id).await), "file.upload_unknown");
    }

    /// What does not fit is refused and leaves nothing; what came before stays, and goes on when there is room.
    async fn a_full_disk_loses_no_piece(house: House) {
        let mut house = house;
        let disk = NarrowDisk::new(&house.files(), 260_000);
        house.go_on_with(disk.files(&house.files()));
        let whole = content(&mut StdRng::seed_from_u64(6), 400_000);
        let id = house.begin(whole.len()).await.id;
        for at in [0, 100_000] {
            house.send(id, at, &whole[at..at + 100_000]).await.unwrap();
        }
        for _ in 0..3 {
            assert_eq!(code(house.send(id, 200_000, &whole[200_000..300_000]).await), "file.disk_full");
            assert_eq!((house.find(id).await.unwrap().received, house.objects()), (200_000, 2));
        }
        assert_eq!(code(upload::join(&house.app, &house.find(id).await.unwrap()).await), "file.upload_unfinished");
        // Two at once into the room of one.
        disk.give(100_000);
        let piece = &whole[200_000..300_000];
        let (one, two) = futures::join!(house.send(id, 200_000, piece), house.send(id, 200_000, piece));
        assert!(one.is_ok() || two.is_ok());
        assert_eq!((house.find(id).await.unwrap().received, house.objects()), (300_000, 3));
        disk.give(150_000);
        let arriving = house.send(id, 300_000, &whole[300_000..]).await.unwrap();
        assert!(arriving.is_whole());
        // There is room for the pieces and not for the whole beside them: the pieces wait.
        assert_eq!(code(upload::join(&house.app, &arriving).await), "file.disk_full");
        assert_eq!(house.objects(), 4, "of the whole nothing is left");
        disk.give(1 << 20);
        let (file, stored) = upload::join(&house.app, &house.find(id).await.unwrap()).await.unwrap();
        assert_eq!((stored.bytes, stored.digest), (400_000, kernel::crypto::digest::sm3(&whole)));
        assert!(house.content(file).await == whole);
    }

    async fn what_nobody_goes_on_with_is_swept(house: House) {
        let whole = content(&mut StdRng::seed_from_u64(3), 200_000);
        let given_up = house.begin(whole.len()).await.id;
        house.send(given_up, 0, &whole[..100_000]).await.unwrap();
        house.clock.advance(TimeDelta::hours(20));
        let slow = house.begin(whole.len()).await.id;
        house.send(slow, 0, &whole[..100_000]).await.unwrap();
        assert_eq!(file::sweep(&house.app).await.unwrap(), file::Swept::default());
        house.clock.advance(TimeDelta::hours(20));
        assert_eq!(file::sweep(&house.app).await.unwrap(), file::Swept { files: 1, strays: 1 });
        job::work_off(&house.app, &job::housekeeping(Jobs::new())).await.unwrap();
        assert_eq!(code(house.find(given_up).await), "file.upload_unknown");
        assert_eq!((house.find(slow).await.unwrap().received, house.objects()), (100_000, 1));
        // A third one lets go of the first.
        let newer = [house.begin(9).await.id, house.begin(9).await.id];
        assert_eq!(code(house.find(slow).await), "file.upload_unknown");
        assert!(house.find(newer[0]).await.is_ok() && house.find(newer[1]).await.is_ok());
        job::work_off(&house.app, &job::housekeeping(Jobs::new())).await.unwrap();
        assert_eq!(house.objects(), 0);
    }

    async fn an_ended_upload_goes_with_its_command(house: House) {
        let whole = content(&mut StdRng::seed_from_u64(4), 100_000);
        let id = house.begin(whole.len()).await.id;
        let arriving = house.send(id, 0, &whole).await.unwrap();
        let (file, stored) = upload::join(&house.app, &arriving).await.unwrap();
        let tx = house.cx().begin().await.unwrap();
        file::enter(&tx, NewFile { id: file, purpose: "video", name: arriving.name, stored }).await.unwrap();
        file::attach(&tx, file, "video", None).await.unwrap();
        upload::end(&tx, id).await.unwrap();
        tx.commit(()).await.unwrap();
        assert_eq!(code(house.send(id, 0, &whole).await), "file.upload_unknown");
        job::work_off(&house.app, &job::housekeeping(Jobs::new())).await.unwrap();
        assert_eq!(house.objects(), 1);
        assert!(house.content(file).await == whole);
        let left = house.app.db.statement("SELECT CAST(count(*) AS bigint) AS n FROM file_piece", []);
        let left: i64 = house.app.db.read().query_one_raw(left).await.unwrap().unwrap().try_get("", "n").unwrap();
        assert_eq!(left, 0);
    }
}

/// Parts of a file over HTTP, held against the bytes of the whole.
#[tokio::test(flavor = "multi_thread")]
async fn any_part_of_a_file_can_be_asked_for() {
    let house = House::on(Engine::Sqlite).await;
    let mut random = StdRng::seed_from_u64(5);
    let length: usize = 9 * 65_536 + 1_234;
    let whole = content(&mut random, length);
    let id = house.app.ids.next();
    file::receive(&house.app, id, body(&[&whole]), length as u64).await.unwrap();

    let (status, headers, sent) = house.get(id, &[]).await;
    assert_eq!((status, headers["accept-ranges"].to_str().unwrap()), (200, "bytes"));
    assert!(sent == whole && headers.get("content-range").is_none());
    let tag = headers["etag"].to_str().unwrap().to_owned();

    let borders = [0, 1, 65_535, 65_536, 65_537, 4 * 65_536, 4 * 65_536 - 1, 8 * 65_536, length - 1];
    let mut parts: Vec<(usize, usize)> = borders.iter().flat_map(|a| borders.iter().map(|b| (*a, *b))).collect();
    // The borders make long parts; these are short ones anywhere.
    parts.extend((0..200).map(|_| {
        let from = random.random_range(0..length);
        (from, random.random_range(from..length.min(from + 70_000)))
    }));
    for (a, b) in parts {
        let (from, to) = (a.min(b), a.max(b));
        let (status, headers, sent) = house.range(id, &format!("bytes={from}-{to}")).await;
        assert_eq!(status, 206, "{from}-{to}");
        assert_eq!(headers["content-range"].to_str().unwrap(), format!("bytes {from}-{to}/{length}"));
        assert_eq!(headers["content-length"].to_str().unwrap(), (to - from + 1).to_string());
        assert!(sent == whole[from..=to], "{from}-{to}");
    }
    let (status, headers, sent) = house.range(id, "bytes=-1").await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (206, "video/mp4"));
    assert!(sent == whole[length - 1..]);
    assert!(house.range(id, "bytes=500000-").await.2 == whole[500_000..]);
    for beyond in [format!("bytes={length}-"), "bytes=-0".to_owned()] {
        let (status, headers, sent) = house.range(id, &beyond).await;
        assert_eq!((status, headers["content-range"].to_str().unwrap()), (416, format!("bytes */{length}").as_str()));
        assert!(String::from_utf8(sent).unwrap().contains("input.range"));
    }
    for odd in ["bytes=5-1", "bytes=0-1,4-5", "seconds=1-2", "bytes=x"] {
        let (status, _, sent) = house.range(id, odd).await;
        assert!(status == 200 && sent == whole, "{odd}");
    }
    // A part of what was there before another content took its place is of no use.
    let same = house.get(id, &[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, &tag)]).await;
    let other = house.get(id, &[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, "\"other\"")]).await;
    assert_eq!((same.0, same.2.len(), other.0, other.2.len()), (206, 10, 200, length));
}
