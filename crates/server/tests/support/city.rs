//! A house in which the demo city stands already: made by the binary once an engine, then copied.

use std::path::Path;
use std::sync::OnceLock;

use kernel::db::Db;
use kernel::testing::{Engine, Fixture, TestDb, TestFolder};
use tokio::sync::OnceCell;

use super::House;

/// Where the demo city was made before. Derefs to [`House`]; `serve --demo` finds it there.
pub struct DemoCity(House);

impl DemoCity {
    /// One on SQLite.
    pub fn new() -> Self {
        static MADE: OnceLock<House> = OnceLock::new();
        Self(House { folder: copy_of(MADE.get_or_init(|| furnished(House::new()))), database: None })
    }
}

impl Fixture for DemoCity {
    async fn on(engine: Engine) -> Self {
        if engine == Engine::Sqlite {
            return Self::new();
        }
        // It stays for as long as the process does, and its database for as long as the server.
        static MADE: OnceCell<House> = OnceCell::const_new();
        let make = async move || {
            let house = House::on(engine).await;
            if let Some(database) = &house.database {
                Db::clone(database).close().await.unwrap();
            }
            furnished(house)
        };
        let made = MADE.get_or_init(make).await;
        Self(House { folder: copy_of(made), database: Some(TestDb::copy_of(&made.database_url()).await) })
    }
}

impl std::ops::Deref for DemoCity {
    type Target = House;

    fn deref(&self) -> &House {
        &self.0
    }
}

/// Has the binary make the city and stop; nobody is connected afterwards.
fn furnished(house: House) -> House {
    assert!(house.serve(&["--demo"]).stop().success());
    house
}

fn copy_of(made: &House) -> TestFolder {
    let folder = TestFolder::new();
    copy(&made.data(), &folder.path().join("data"));
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}
