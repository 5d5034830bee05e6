use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A folder of its own that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("zhigong-keys-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("deep/keys.json")
    }

    /// A good key file with one piece of text exchanged.
    fn tampered(&self, change: impl Fn(&mut serde_json::Value)) -> KeyError {
        let path = self.file();
        let _ = fs::remove_file(&path);
        LocalKeys::load_or_create(&path, false).unwrap();
        let mut value: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut value);
        fs::write(&path, value.to_string()).unwrap();
        LocalKeys::load_or_create(&path, false).unwrap_err()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn sm2_vector() {
    // GB/T 32918.5-2017, A.2.
    let secret = hex::decode("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8").unwrap();
    let public = hex::decode(concat!(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020",
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    ))
    .unwrap();
    let mut signature = hex::decode(concat!(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    ))
    .unwrap();
    let secret: [u8; 32] = secret.try_into().unwrap();
    assert_eq!(&*signer(&secret).unwrap().verifying_key().to_sec1_bytes(), public);
    assert!(verify_signature(&public, b"message digest", &signature));
    assert!(!verify_signature(&public, b"message digesT", &signature));
    signature[40] ^= 1;
    assert!(!verify_signature(&public, b"message digest", &signature));
    assert!(is_weak(&secret), "a published key is refused");
}

#[test]
fn signs_and_verifies() {
    let keys = LocalKeys::for_tests().unwrap();
    let signature = keys.sign(b"root").unwrap();
    assert!(verify_signature(&keys.public_key(), b"root", &signature));
    assert!(!verify_signature(&keys.public_key(), b"other", &signature));
    for (public, signature) in
        [(&[][..], &signature[..]), (&keys.public_key(), &[]), (&[4; 65], &signature), (&keys.public_key(), &[0; 64])]
    {
        assert!(!verify_signature(public, b"root", signature));
    }
}

#[test]
fn first_run_makes_random_keys_and_the_second_reads_them() {
    let folder = Folder::new();
    let first = LocalKeys::load_or_create(&folder.file(), true).unwrap();
    let second = LocalKeys::load_or_create(&folder.file(), false).unwrap();
    assert!(first.is_demo() && second.is_demo(), "the mark of the file counts");
    assert_eq!(first.public_key(), second.public_key());
    assert_eq!(*first.index_key(), *second.index_key());
    assert_eq!(*first.data_key(1).unwrap(), *second.data_key(1).unwrap());
    let mode = fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let other = Folder::new();
    let other = LocalKeys::load_or_create(&other.file(), false).unwrap();
    assert!(!other.is_demo());
    assert_ne!(*other.index_key(), *first.index_key());
    assert_ne!(other.public_key(), first.public_key());
}

#[test]
fn many_first_runs_at_once_agree() {
    let folder = Folder::new();
    let path = folder.file();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let run = || LocalKeys::load_or_create(&path, false).unwrap().public_key();
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert!(!folder.0.join("deep/keys.json.new").exists());
}

#[test]
fn rotation_keeps_every_key_of_every_process() {
    let folder = Folder::new();
    let mut one = LocalKeys::load_or_create(&folder.file(), false).unwrap();
    let mut two = LocalKeys::load_or_create(&folder.file(), false).unwrap();
    fs::write(folder.0.join("deep/keys.json.new"), "left by a writer that died").unwrap();
    assert_eq!(one.rotate().unwrap(), 2);
    assert_eq!(two.rotate().unwrap(), 3);
    let read = LocalKeys::load_or_create(&folder.file(), false).unwrap();
    assert_eq!(read.data_key_ids().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(read.current_data_key_id(), 3);
    assert_eq!(*read.data_key(2).unwrap(), *one.data_key(2).unwrap());
    assert_eq!(*read.index_key(), *one.index_key());
    assert_eq!(read.data_key(4).unwrap_err().code(), "keys.unknown_id");
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let folder = Folder::new();
    LocalKeys::load_or_create(&folder.file(), false).unwrap();
    for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false), (0o666, false)] {
        fs::set_permissions(folder.file(), fs::Permissions::from_mode(mode)).unwrap();
        let read = LocalKeys::load_or_create(&folder.file(), false);
        assert_eq!(read.is_ok(), good, "{mode:o}");
        if let Err(error) = read {
            assert_eq!(error.code(), "keys.permissions");
            assert!(error.message().contains("chmod 600"));
        }
    }
}

#[test]
fn weak_and_damaged_files_are_refused() {
    let folder = Folder::new();
    let text = |key: &[u8]| serde_json::Value::from(hex::encode(key));
    let counting: Vec<u8> = (0..32).collect();
    for key in [&[0; 32][..], &[0xff; 32], &counting, &TEST_INDEX_KEY, &b"ab".repeat(16)] {
        assert_eq!(folder.tampered(|v| v["index_key"] = text(key)).code(), "keys.weak");
        assert_eq!(folder.tampered(|v| v["signing_key"] = text(key)).code(), "keys.weak");
    }
    assert_eq!(folder.tampered(|v| v["data_keys"]["1"] = text(&TEST_DATA_KEY)).code(), "keys.weak");
    assert_eq!(folder.tampered(|v| v["data_keys"]["1"] = text(PUBLISHED[0])).code(), "keys.weak");
    assert_eq!(folder.tampered(|v| v["signing_key"] = text(PUBLISHED[1])).code(), "keys.weak");
    let repeated = |v: &mut serde_json::Value| v["data_keys"]["2"] = v["data_keys"]["1"].clone();
    assert_eq!(folder.tampered(repeated).code(), "keys.weak");
    assert_eq!(folder.tampered(|v| v["current"] = 7.into()).code(), "keys.unknown_id");
    assert_eq!(folder.tampered(|v| v["version"] = 2.into()).code(), "keys.version");
    assert_eq!(folder.tampered(|v| v["index_key"] = "00".into()).code(), "keys.damaged");
    assert_eq!(folder.tampered(|v| v["index_key"] = "zz".repeat(32).into()).code(), "keys.damaged");
    assert_eq!(folder.tampered(|v| v["surplus"] = 1.into()).code(), "keys.damaged");
    assert_eq!(folder.tampered(|v| *v = serde_json::json!({"version": 1})).code(), "keys.damaged");
    for text in [&b""[..], b"{", b"[]", b"\xff\xfe"] {
        fs::write(folder.file(), text).unwrap();
        let error = LocalKeys::load_or_create(&folder.file(), false).unwrap_err();
        assert_eq!(error.code(), "keys.damaged", "{text:?}");
        assert!(error.message().contains("备份"));
    }
    let missing = LocalKeys::load_or_create(Path::new("/proc/no/keys.json"), false).unwrap_err();
    assert_eq!(missing.code(), "keys.io");
}

#[test]
fn keys_are_never_printed() {
    let folder = Folder::new();
    for keys in [LocalKeys::for_tests().unwrap(), LocalKeys::load_or_create(&folder.file(), false).unwrap()] {
        let shown = format!("{keys:?} {keys:#?}");
        assert!(!shown.contains(&hex::encode(keys.index_key().as_slice())));
        assert!(shown.len() < 200, "{shown}");
    }
    let error = folder.tampered(|v| v["index_key"] = "00".repeat(32).into());
    assert!(!format!("{error:?} {error}").contains("0000"));
}
