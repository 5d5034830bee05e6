//! `zhigong import`: the import without a browser, alone and beside a server.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use kernel::db::Db;
use kernel::time::Day;
use registry::person::id_number;
use sea_orm::ConnectionTrait;

use crate::support::{DemoCity, House, bare};

const UNION: &str = "蓬江区示例玩具厂工会";

fn number(sequence: u16) -> String {
    id_number::synthetic("440703", Day::from_ymd_opt(1991, 2, 3).unwrap(), sequence).unwrap()
}

/// A roster of invented people; `wrong` more have a wrong check digit.
fn roster(folder: &Path, name: &str, right: u16, wrong: u16) -> PathBuf {
    let mut text = String::from("姓名,身份证号码,手机号码,工会名称,入会时间,用工形式\n");
    for one in 0..right {
        text += &format!("张示例,{},1540100{one:04},{UNION},2021年3月5日,劳动合同\n", number(one + 500));
    }
    for one in 0..wrong {
        let number = number(one + 700);
        let digit = if number.ends_with('7') { '4' } else { '7' };
        text += &format!("李示例,{}{digit},,{UNION},,\n", &number[..17]);
    }
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

async fn memberships(house: &House) -> i64 {
    let db = Db::connect(&house.database_url()).await.unwrap();
    let sql = db.statement("SELECT CAST(count(*) AS bigint) AS n FROM membership WHERE import_id IS NOT NULL", vec![]);
    let row = db.read().query_one_raw(sql).await.unwrap().unwrap();
    let count = row.try_get("", "n").unwrap();
    db.close().await.unwrap();
    count
}

/// Imports; answers the exit status and what was said.
fn import(house: &House, file: &Path, more: &[&str]) -> (i32, String) {
    let output = house.run(&["import", file.to_str().unwrap()], more);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code().unwrap(), said)
}

kernel::both_engines! {
    /// A dry run writes nothing, a run says what it took, the same file again adds nothing.
    async fn a_roster_goes_in_from_the_terminal(house: DemoCity) {
        let folder = house.data().parent().unwrap().to_path_buf();
        let file = roster(&folder, "roster.csv", 20, 3);

        let (status, said) = import(&house, &file, &["--part", "members", "--dry-run"]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("id.check") && said.contains("没有写入"), "{said}");
        assert_eq!(memberships(&house).await, 0);

        let errors = folder.join("errors.csv");
        let (status, said) = import(&house, &file, &["--part", "members", "--errors", errors.to_str().unwrap()]);
        assert_eq!(status, 1, "{said}");
        assert_eq!(memberships(&house).await, 20);
        let rejected = std::fs::read_to_string(&errors).unwrap();
        assert_eq!(rejected.lines().count(), 4, "{rejected}");
        assert!(rejected.contains("原因") && rejected.contains("末位校验不对"), "{rejected}");

        let good = roster(&folder, "good.csv", 20, 0);
        let more = ["--part", "members", "--organization", UNION, "--errors", errors.to_str().unwrap()];
        let (status, said) = import(&house, &good, &more);
        assert_eq!(status, 0, "{said}");
        assert!(!errors.exists(), "no row was rejected");
        assert_eq!(memberships(&house).await, 20);
        // People brought into a demo are marked, so it is still a demo.
        assert!(house.serve(&["--demo"]).stop().success());
    }

    /// Whoever pipes it into `head` has it carried out all the same.
    async fn nobody_reads_what_it_says(house: DemoCity) {
        let folder = house.data().parent().unwrap().to_path_buf();
        let file = roster(&folder, "roster.csv", 20, 3);
        let mut command = house.command(&["import", file.to_str().unwrap()]);
        command.args(["--part", "members"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(memberships(&house).await, 20);
    }

    /// Of what `simulate` made, everything comes into a demo city but the rows that were spoilt on purpose.
    async fn exactly_the_planted_rows_are_rejected(house: DemoCity) {
        let folder = house.data().parent().unwrap().to_path_buf();
        let (register, roster) = (folder.join("register"), folder.join("roster.csv"));
        let [register_path, roster_path] = [&register, &roster].map(|path| path.to_str().unwrap());
        let made = bare(&["simulate", "register", "--unions", "200", "--out", register_path]).output().unwrap();
        assert!(made.status.success());
        let more = ["--rows", "1000", "--faults", "3", "--register", register_path];
        let made = bare(&["simulate", "roster", "--out", roster_path]).args(more).output().unwrap();
        assert!(made.status.success());
        let also = |name: &str, part: &str| format!("{}:{part}", register.join(name).display());
        let [employers, officers] = [also("employers.csv", "employers"), also("officers.xlsx", "officers")];
        let more = ["--part", "unions", "--also", &employers, "--also", &officers];
        let (status, said) = import(&house, &register.join("unions.xlsx"), &more);
        assert_eq!(status, 0, "{said}");
        let (status, said) = import(&house, &roster, &["--part", "members"]);
        assert_eq!(status, 1, "{said}");
        assert_eq!(memberships(&house).await, 970, "{said}");
        let rejected = said.lines().rfind(|line| line.contains("没有通过 / rejected")).unwrap();
        assert_eq!(rejected.split_whitespace().next(), Some("30"), "{said}");
    }

    /// SQLite has one process at a time; PostgreSQL lets the two share the work.
    async fn beside_a_server(house: DemoCity) {
        let running = house.serve(&["--demo"]);
        let folder = house.data().parent().unwrap().to_path_buf();
        let file = roster(&folder, "roster.csv", 5, 0);
        let (status, said) = import(&house, &file, &["--part", "members"]);
        if house.database_url().starts_with("sqlite") {
            assert_eq!(status, 2, "{said}");
            assert!(said.contains("正被另一个平台进程") && said.contains(&running.process_id().to_string()), "{said}");
        } else {
            assert_eq!(status, 0, "{said}");
            assert_eq!(memberships(&house).await, 5);
        }
    }
}

#[test]
fn a_failure_is_told_and_writes_nothing() {
    let house = House::new();
    let folder = house.data().parent().unwrap().to_path_buf();
    let file = roster(&folder, "roster.csv", 1, 0);
    let (status, said) = import(&house, &file, &["--part", "members"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("keys.json"), "{said}");

    let house = DemoCity::new();
    let fails = |file: &Path, more: &[&str], what: &str| {
        let (status, said) = import(&house, file, more);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains(what), "{said}");
    };
    fails(&folder.join("absent.csv"), &["--part", "members"], "读不出来");
    fails(&file, &["--part", "members", "--organization", "没有这个工会"], "没有找到工会");
    fails(&file, &["--part", "members", "--also", "roster.csv:unions"], "文件");
    fails(&file, &["--part", "members", "--errors", "errors.txt"], ".xlsx 或 .csv");
    fails(&file, &["--part", "members", "--errors", file.to_str().unwrap()], "盖掉");
    let errors = folder.join("errors.csv");
    let unknown = ["--part", "members", "--organization", "没有这个工会", "--errors", errors.to_str().unwrap()];
    fails(&file, &unknown, "没有找到工会");
    assert!(file.exists() && !errors.exists());
    let picture = folder.join("roster.xlsx");
    std::fs::write(&picture, b"\x89PNG\r\n\x1a\n").unwrap();
    fails(&picture, &["--part", "members"], "另存为");
    let headless = folder.join("headless.csv");
    std::fs::write(&headless, "甲,乙\n1,2\n").unwrap();
    fails(&headless, &["--part", "members"], "姓名");
}
