//! Files: sealed, seekable, nothing half is left; rows that are staged, kept and swept.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt, stream};
use kernel::access::Policy;
use kernel::app::{App, Config, Setup};
use kernel::calendar::Calendar;
use kernel::crypto::LocalKeys;
use kernel::crypto::passing::PassingKeys;
use kernel::file::{self, Files, NewFile, Stored};
use kernel::job::{self, Jobs};
use kernel::testing::{Engine, Fixture, TestApp, TestFolder, Who};
use kernel::time::Clock;
use kernel::{Cx, Error, Id, Result, both_engines};

/// Enough that a file has many segments, and parts.
const MANY: usize = 3 << 20;
const SIZES: [usize; 6] = [0, 1, 65_535, 65_536, 65_537, MANY];
/// Header, and a whole segment with its tag.
const HEADER: usize = 21;
const SEALED: usize = 65_536 + 16;

/// A process whose files are in a folder, over a database of its own.
struct House {
    app: App,
    clock: Clock,
    folder: TestFolder,
    _database: TestApp,
}

impl Fixture for House {
    async fn on(engine: Engine) -> Self {
        let database = TestApp::on(engine).await;
        let folder = TestFolder::new();
        let clock = Clock::fixed(Clock::system().now());
        let config = Config {
            demo: true,
            secure_cookies: false,
            base_url: "http://localhost".to_owned(),
            body_silence: Config::BODY_SILENCE,
        };
        let files = Files::local(&folder.path().join("files")).unwrap();
        let setup = Setup {
            calendar: Calendar::bundled().clone(),
            policy: Policy::new(),
            config,
            files,
            passing: PassingKeys::in_memory(),
            parameters: Vec::new(),
        };
        let keys = Arc::new(LocalKeys::for_tests().unwrap());
        let app = App::new(database.app.db.clone(), clock.clone(), keys, setup);
        Self { app, clock, folder, _database: database }
    }
}

impl House {
    fn path(&self, id: Id) -> PathBuf {
        self.folder.path().join("files").join(id.simple().to_string())
    }

    fn stored(&self) -> Vec<String> {
        let entries = self.folder.path().join("files").read_dir().unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    async fn write(&self, content: &[u8]) -> (Id, Stored) {
        let (app, id, content) = (self.app.clone(), self.app.ids.next(), content.to_vec());
        let stored = blocking(move || {
            let mut sink = file::sink(&app, id)?;
            for piece in content.chunks(10_007) {
                sink.write_all(piece).map_err(file::cause)?;
            }
            sink.finish()
        });
        (id, stored.await.unwrap())
    }

    async fn read(&self, id: Id) -> Result<Vec<u8>> {
        let app = self.app.clone();
        blocking(move || {
            let mut content = Vec::new();
            file::source(&app, id)?.read_to_end(&mut content).map_err(file::cause)?;
            Ok(content)
        })
        .await
    }

    async fn staged(&self, cx: &Cx) -> Id {
        let (id, stored) = self.write(b"synthetic").await;
        let tx = cx.begin().await.unwrap();
        file::enter(&tx, NewFile { id, purpose: "test", name: "花名册.xlsx".into(), stored }).await.unwrap();
        tx.commit(id).await.unwrap()
    }

    async fn attach(&self, cx: &Cx, id: Id, purpose: &str, days: Option<i64>) -> Result<()> {
        let tx = cx.begin().await?;
        file::attach(&tx, id, purpose, days.map(|days| tx.today() + TimeDelta::days(days))).await?;
        tx.commit(()).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Bytes that repeat nowhere near a segment's length.
fn content(bytes: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

fn body(pieces: &[&[u8]]) -> impl futures::Stream<Item = Result<Bytes>> + Send + 'static {
    let pieces: Vec<Result<Bytes>> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

fn code<T>(outcome: Result<T>) -> String {
    let error = outcome.err().expect("not refused");
    error.refusal().map(|refusal| refusal.code.to_string()).unwrap_or_else(|| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_in_comes_out() {
    let house = House::on(Engine::Sqlite).await;
    for bytes in SIZES {
        let plain = content(bytes);
        let (id, stored) = house.write(&plain).await;
        let expected = Stored { bytes: bytes as u64, digest: kernel::crypto::digest::sm3(&plain) };
        assert_eq!(stored, expected);
        assert!(house.read(id).await.unwrap() == plain, "{bytes}");
        let pieces: Vec<Bytes> = file::stream(&house.app, id).try_collect().await.unwrap();
        assert!(pieces.concat() == plain, "{bytes}");
        let download = file::download(&house.app, id, "a".into(), "text/csv").await.unwrap();
        assert_eq!(download.bytes, Some(bytes as u64));
        if bytes > 0 {
            let id = house.app.ids.next();
            let pieces: Vec<&[u8]> = plain.chunks(100_003).collect();
            assert_eq!(file::receive(&house.app, id, body(&pieces), bytes as u64).await.unwrap(), expected);
            assert!(house.read(id).await.unwrap() == plain, "{bytes}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_lies_in_the_open() {
    let house = House::on(Engine::Sqlite).await;
    let plain = "示例职工一，示例职工二。".repeat(10_000).into_bytes();
    let (id, _) = house.write(&plain).await;
    let sealed = std::fs::read(house.path(id)).unwrap();
    let seen = |needle: &[u8]| sealed.windows(needle.len()).any(|window| window == needle);
    assert!(!seen("示例".as_bytes()));
    assert_eq!(sealed.len(), HEADER + plain.len() + plain.len().div_ceil(65_536) * 16);
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&house.folder.path().join("files").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);
    let (other, _) = house.write(&plain).await;
    assert_ne!(sealed[HEADER..], std::fs::read(house.path(other)).unwrap()[HEADER..]);
}

/// Jumps and reads as a spreadsheet reader does, held against a plain vector.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_reads_anywhere_like_a_vector() {
    let house = House::on(Engine::Sqlite).await;
    let plain = content(20 * 65_536 + 12_345);
    let (id, _) = house.write(&plain).await;
    let app = house.app.clone();
    blocking(move || {
        let mut model = io::Cursor::new(plain.clone());
        let mut source = file::source(&app, id)?;
        let mut dice = content(4_000).into_iter().map(u64::from);
        let mut throw = |bound: u64| (dice.next().unwrap() << 16 | dice.next().unwrap() << 8 | 7) * 10_007 % bound;
        for _ in 0..250 {
            let place = throw(plain.len() as u64 + 70_000);
            let to = match throw(5) {
                0 => SeekFrom::Start(place),
                1 => SeekFrom::End(-i64::try_from(place).unwrap()),
                2 => SeekFrom::Current(i64::try_from(place / 64).unwrap() - 20_000),
                _ => SeekFrom::Current(0),
            };
            assert_eq!(source.seek(to).ok(), model.seek(to).ok(), "{to:?}");
            let length = usize::try_from(throw(3).pow(3) * throw(20_000)).unwrap();
            let (mut expected, mut read) = (vec![0; length], vec![0; length]);
            let expected_bytes = read_fully(&mut model, &mut expected);
            assert_eq!(read_fully(&mut source, &mut read), expected_bytes);
            assert!(read == expected);
        }
        Ok(())
    })
    .await
    .unwrap();
}

fn read_fully(from: &mut impl Read, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    loop {
        match from.read(&mut buffer[filled..]).unwrap() {
            0 => return filled,
            read => filled += read,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_removed_or_exchanged_segment_is_found() {
    let house = House::on(Engine::Sqlite).await;
    let plain = content(5 * 65_536 + 100);
    let (id, _) = house.write(&plain).await;
    let (other, _) = house.write(&plain).await;
    let whole = std::fs::read(house.path(id)).unwrap();
    let foreign = std::fs::read(house.path(other)).unwrap();
    let (header, body) = whole.split_at(HEADER);
    let segments: Vec<&[u8]> = body.chunks(SEALED).collect();
    let foreign_segments: Vec<&[u8]> = foreign[HEADER..].chunks(SEALED).collect();
    let mut damaged: Vec<(String, Vec<u8>)> = vec![
        ("another file".into(), foreign.clone()),
        ("nothing".into(), Vec::new()),
        ("a header".into(), header.to_vec()),
        ("a byte more".into(), [&whole[..], &[0]].concat()),
        ("a byte less".into(), whole[..whole.len() - 1].to_vec()),
        ("the header of another file".into(), [&foreign[..HEADER], body].concat()),
    ];
    for n in 0..HEADER {
        let mut bytes = whole.clone();
        bytes[n] ^= 4;
        damaged.push((format!("byte {n} of the header"), bytes));
    }
    let join = |segments: &[&[u8]]| [header, &segments.concat()].concat();
    for n in 0..segments.len() {
        for at in [0, 99, segments[n].len() - 1] {
            let mut bytes = whole.clone();
            bytes[HEADER + n * SEALED + at] ^= 1;
            damaged.push((format!("byte {at} of segment {n}"), bytes));
        }
        let mut without = segments.clone();
        without.remove(n);
        damaged.push((format!("without segment {n}"), join(&without)));
        damaged.push((format!("cut before segment {n}"), join(&segments[..n])));
        let mut twice = segments.clone();
        twice.insert(n, segments[n]);
        damaged.push((format!("segment {n} twice"), join(&twice)));
        let mut mixed = segments.clone();
        mixed[n] = foreign_segments[n];
        damaged.push((format!("segment {n} of another file"), join(&mixed)));
        let mut swapped = segments.clone();
        swapped.swap(n, (n + 1) % segments.len());
        damaged.push((format!("segment {n} swapped"), join(&swapped)));
    }
    for (what, bytes) in damaged {
        std::fs::write(house.path(id), bytes).unwrap();
        let read = code(house.read(id).await);
        // A header that names another key cannot be told from a missing key.
        assert!(read == "file.damaged" || read.contains("keys.unknown_id"), "{what}: {read}");
        assert!(file::stream(&house.app, id).try_collect::<Vec<_>>().await.is_err(), "{what}");
    }
    std::fs::write(house.path(id), whole).unwrap();
    assert!(house.read(id).await.unwrap() == plain);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_half_is_left() {
    let house = House::on(Engine::Sqlite).await;
    let big = content(MANY);
    let refused = async |pieces: Vec<Result<Bytes>>, max: u64| {
        let id = house.app.ids.next();
        let refused = code(file::receive(&house.app, id, stream::iter(pieces), max).await);
        assert_eq!(code(house.read(id).await), "file.unknown");
        refused
    };
    let pieces = || big.chunks(50_000).map(|piece| Ok(Bytes::copy_from_slice(piece)));
    assert_eq!(refused(pieces().collect(), big.len() as u64 - 1).await, "file.too_large");
    assert_eq!(refused(Vec::new(), 10).await, "file.empty");
    assert_eq!(refused(vec![Ok(Bytes::new())], 10).await, "file.empty");
    let hung_up = pieces().take(40).chain([Err(Error::not_found())]);
    assert_eq!(refused(hung_up.collect(), u64::MAX).await, "not_found");

    // A body that is never read to its end, because its reader is gone.
    let app = house.app.clone();
    let endless = body(&[&big]).chain(stream::pending());
    let receiving = tokio::spawn(async move { file::receive(&app, app.ids.next(), endless, u64::MAX).await });
    let sink_app = house.app.clone();
    blocking(move || {
        let mut sink = file::sink(&sink_app, sink_app.ids.next())?;
        sink.write_all(&content(MANY)).map_err(file::cause)
    })
    .await
    .unwrap();
    while !house.stored().iter().any(|name| name.ends_with("#1")) {
        tokio::task::yield_now().await;
    }
    receiving.abort();
    for _ in 0..200 {
        if house.stored().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("left behind: {:?}", house.stored());
}

both_engines! {
    async fn a_staged_file_is_kept_once_by_whose_it_is(house: House) {
        let cx = Cx::new(house.app.clone(), house._database.caller(&Who::new()).await);
        let stranger = Cx::new(house.app.clone(), house._database.caller(&Who::new()).await);
        let id = house.staged(&cx).await;
        assert_eq!(code(house.attach(&stranger, id, "test", None).await), "file.unknown");
        assert_eq!(code(house.attach(&cx, id, "other", None).await), "file.unknown");
        assert_eq!(code(house.attach(&cx, house.app.ids.next(), "test", None).await), "file.unknown");
        house.attach(&cx, id, "test", Some(3)).await.unwrap();
        assert_eq!(code(house.attach(&cx, id, "test", None).await), "file.unknown");
        let row = file::find(house.app.db.read(), id).await.unwrap();
        assert_eq!((row.name.as_str(), row.bytes, row.digest.len()), ("花名册.xlsx", 9, 32));
        assert_eq!(row.account_id, cx.caller.account_id());
        assert_eq!(row.delete_on, Some(house.clock.today() + TimeDelta::days(3)));
        // Work in the background has no account.
        let system = Cx::system(&house.app);
        let own = house.staged(&system).await;
        assert_eq!(code(house.attach(&cx, own, "test", None).await), "file.unknown");
        house.attach(&system, own, "test", None).await.unwrap();
    }

    async fn what_is_over_is_swept(house: House) {
        let cx = Cx::system(&house.app);
        let (kept, dated, staged) = (house.staged(&cx).await, house.staged(&cx).await, house.staged(&cx).await);
        house.attach(&cx, kept, "test", None).await.unwrap();
        house.attach(&cx, dated, "test", Some(3)).await.unwrap();
        let (stray, _) = house.write(b"no row").await;
        std::fs::write(house.folder.path().join("files").join(format!("{}#1", stray.simple())), b"part").unwrap();
        let there = async |ids: [Id; 4]| {
            let mut there = Vec::new();
            for id in ids {
                there.push(house.read(id).await.is_ok());
            }
            there
        };
        let all = [kept, dated, staged, stray];
        assert_eq!(file::sweep(&house.app).await.unwrap(), file::Swept::default());
        assert_eq!(there(all).await, [true; 4]);
        house.clock.advance(TimeDelta::hours(25));
        assert_eq!(file::sweep(&house.app).await.unwrap(), file::Swept { files: 1, strays: 2 });
        assert_eq!(there(all).await, [true, true, false, false]);
        assert_eq!(code(file::find(house.app.db.read(), staged).await), "file.unknown");
        // Whole days beyond the date whatever the hour now: 25 hours are two midnights late in the evening.
        house.clock.advance(TimeDelta::hours(48));
        assert_eq!(file::sweep(&house.app).await.unwrap(), file::Swept { files: 1, strays: 0 });
        assert_eq!(house.stored(), [kept.simple().to_string()]);
        assert_eq!(file::sweep(&house.app).await.unwrap(), file::Swept::default());
    }

    async fn a_dropped_file_goes_after_the_commit(house: House) {
        let cx = Cx::system(&house.app);
        let id = house.staged(&cx).await;
        for _ in 0..2 {
            let tx = cx.begin().await.unwrap();
            file::drop_file(&tx, id).await.unwrap();
            tx.commit(()).await.unwrap();
        }
        assert_eq!(code(file::find(house.app.db.read(), id).await), "file.unknown");
        assert!(house.read(id).await.is_ok());
        assert_eq!(job::work_off(&house.app, &job::housekeeping(Jobs::new())).await.unwrap(), 1);
        assert!(house.stored().is_empty());
        // Done twice, as a worker that died would.
        file::erase(&house.app, id).await.unwrap();
    }
}
