//! Every step of the schema goes over data of the version before it: rows written when their table was new are the same
//! after each later step, and what the newest version forbids is forbidden for them too.

use kernel::testing::{Engine, TestDb};
use kernel::{Migration, migration};
use sea_orm::{ConnectionTrait, QueryResult};

/// The step after which a row is written, its table, its columns and its values. `#n` is an id, `BOOK` the city's own
/// book, `BYTES` are 32 bytes, `NOW` is a moment.
const ROWS: [(&str, &str, &str, &str); 35] = [
    (
        "kernel_0001_event",
        "event",
        "id, kind, aggregate_kind, aggregate_id, at, payload",
        "#f, 'membership.started', 'membership', #4, NOW, '{}'",
    ),
    ("kernel_0002_node", "node", "id, kind", "#1, 'union'"),
    (
        "registry_0001_organization",
        "organization",
        "id, name, kind, state, division_code, synthetic, created_at, version",
        "#1, '示例工会', 'grassroots', 'founding', '440703', TRUE, NOW, 1",
    ),
    ("registry_0002_person", "person", "id, real_name, synthetic, created_at", "#4, 'none', TRUE, NOW"),
    ("voice_0001_appraisal", "scheme", "code, version, title, document, added_at", "'members_home', 1, '示例', '{}', NOW"),
    (
        "voice_0001_appraisal",
        "evaluation",
        "id, organization_id, scheme_code, scheme_version, subject_kind, title, year, plan, state, created_at, version",
        "#2, #1, 'members_home', 1, 'union', '示例评议', 2026, '{}', 'draft', NOW, 1",
    ),
    (
        "voice_0002_ballot",
        "poll",
        "id, evaluation_id, purpose, round, issuer, public_key, key_hash, opens_on, closes_at, state",
        "#3, #2, 'rating', 0, 'blind_rsa', BYTES, BYTES, '2026-11-01', NOW, 'open'",
    ),
    ("voice_0002_ballot", "draw", "poll_id, person_id, channel, drawn_on", "#3, #4, 'paper', '2026-11-02'"),
    ("voice_0002_ballot", "paper_sheet", "poll_id, code_hash, state", "#3, BYTES, 'void'"),
    (
        "voice_0007_duty",
        "duty",
        "id, evaluation_id, organization_id, kind, subject_id, begun_on, due_on, derivation, extensions, told_level",
        "#5, #2, #1, 'answer', #2, '2026-11-02', '2026-11-30', '[]', 1, 1",
    ),
    (
        "voice_0007_duty",
        "duty_extension",
        "duty_id, number, cause, from_on, to_on, reason, changed_on, event_id",
        "#5, 1, 'granted', '2026-11-20', '2026-11-30', '示例：放假', '2026-11-10', #f",
    ),
    ("voice_0007_duty", "duty_told", "duty_id, extensions, level, organization_id, told_on", "#5, 0, 1, #1, '2026-11-21'"),
    ("voice_0008_rectification", "rectification", "id, evaluation_id, organization_id, opened_on", "#6, #2, #1, '2026-11-03'"),
    (
        "voice_0008_rectification",
        "rectification_problem",
        "id, rectification_id, organization_id, source, text, added_on",
        "#7, #6, #1, 'chair', '食堂太贵', '2026-11-03'",
    ),
    (
        "voice_0010_consultation",
        "department_reply",
        "id, evaluation_id, said, signed_by, replied_on, entered_on",
        "#8, #2, '示例回复', '示例部门', '2026-11-05', '2026-11-05'",
    ),
    (
        "voice_0013_department_link",
        "department_link",
        "id, evaluation_id, made_on, expires_on",
        "#6, #2, '2026-11-06', '2026-12-06'",
    ),
    (
        "rewards_0001_ledger",
        "ledger_book",
        "id, kind, name, funder, seq, at",
        "#2, 'entrusted', '示例专项', '示例局', 0, NOW",
    ),
    (
        "rewards_0001_ledger",
        "ledger_hold",
        "id, book_id, account_id, to_id, amount_cents, state, captured_cents, expires_at, reason, event_id, held_at",
        "#8, BOOK, #e, #9, 50, 'held', 0, NOW, '订单', #f, NOW",
    ),
    (
        "rewards_0001_ledger",
        "ledger_account",
        "id, book_id, kind, owner_id, purpose, fiscal_year, balance_cents, held_cents, floor_cents, seq",
        "#9, BOOK, 'budget', #1, 'festival', 2026, 1000, 0, 0, 1",
    ),
    (
        "rewards_0001_ledger",
        "transfer",
        "id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents, debit_after_cents, credit_after_cents,
         reason, bank_line_id, event_id, at, day",
        "#d, BYTES, BOOK, 1, 'top_up', #e, #9, 1000, -1000, 1000, '入账', #f, #f, NOW, '2026-11-20'",
    ),
    (
        "rewards_0001_ledger",
        "lot",
        "id, book_id, account_id, issuer_id, budget_id, transfer_id, amount_cents, left_cents, held_cents, is_open,
         expires_on, seq",
        "#d, BOOK, #e, #1, #9, #d, 1000, 900, 0, TRUE, '2027-06-30', 1",
    ),
    (
        "rewards_0002_points",
        "bank_line",
        "id, book_id, number, day, amount_cents, payer, entered_at",
        "#f, BOOK, 'ZG0001', '2026-11-20', 1000, '示例付款人', NOW",
    ),
    (
        "rewards_0002_points",
        "points_budget",
        "account_id, book_id, organization_id, fiscal_year, purpose, reserved_cents, opened_at",
        "#9, BOOK, #1, 2026, 'festival', 0, NOW",
    ),
    (
        "rewards_0002_points",
        "point_rule",
        "id, organization_id, budget_id, name, event_kind, amount_cents, from_on, to_on, valid_days, state, made_at",
        "#6, #1, #9, '新会员见面礼', 'membership.started', 2000, '2026-01-01', '2026-12-31', 365, 'on', NOW",
    ),
    (
        "rewards_0002_points",
        "point_grant",
        "rule_id, event_id, person_id, day, year, amount_cents, outcome, at",
        "#6, #f, #4, '2026-11-20', 2026, 2000, 'given', NOW",
    ),
    ("rewards_0002_points", "points_month", "book_id, month, figures, digest, closed_at", "BOOK, '2026-10', '{}', BYTES, NOW"),
    (
        "rewards_0003_merchant",
        "merchant",
        "id, organization_id, name, uscc, category, contact_name, contact_phone_sealed, terms, contract_from, contract_to,
         state, synthetic, entered_at, decided_at, version",
        "#a, #1, '示例餐饮', '914407030000000000', 'catering', '示例', BYTES, '示例条款', '2026-01-01', '2027-01-01',
         'active', TRUE, NOW, NOW, 1",
    ),
    ("rewards_0003_merchant", "merchant_step", "merchant_id, number, what, at", "#a, 1, 'entered', NOW"),
    (
        "rewards_0003_merchant",
        "shop",
        "id, merchant_id, code, name, division_code, address, opens, closes, shut, state, entered_at, version",
        "#c, #a, '1', '示例门店', '440703', '示例路 1 号', 0, 1440, '', 'open', NOW, 1",
    ),
    (
        "rewards_0004_counter",
        "payment",
        "id, fingerprint, state, channel, person_id, merchant_id, shop_id, points_cents, cash_cents, points_back_cents,
         cash_back_cents, at, day, seq",
        "#d, BYTES, 'paid', 'code', #4, #a, #c, 100, 0, 0, 0, NOW, '2026-11-20', 1",
    ),
    (
        "rewards_0004_counter",
        "payment_step",
        "seq, payment_id, kind, points_cents, cash_cents, at, day",
        "1, #d, 'paid', 100, 0, NOW, '2026-11-20'",
    ),
    (
        "rewards_0005_settlement",
        "settlement_cut",
        "book_id, day, after_seq, through_seq, made_at",
        "BOOK, '2026-11-20', 0, 1, NOW",
    ),
    (
        "rewards_0005_settlement",
        "merchant_statement",
        "id, merchant_id, book_id, day, payments, paid_cents, refunds, refunded_cents, net_cents, digest",
        "#b, #a, BOOK, '2026-11-20', 1, 100, 0, 0, 100, BYTES",
    ),
    (
        "rewards_0006_books",
        "payment_part",
        "payment_id, position, book_id, transfer_id, points_cents",
        "#d, 1, #2, #c, 100",
    ),
    (
        "rewards_0007_day_root",
        "ledger_day_block",
        "book_id, day, number, transfers, root",
        "BOOK, '2026-11-20', 0, 1, BYTES",
    ),
];

/// Lots from before they said what went back of them: one was paid from and expired in two parts, the rest of one was taken
/// back, one was never touched. Tables, columns and values.
const LOTS: [(&str, &str, &str); 3] = [
    (
        "lot",
        "id, book_id, account_id, issuer_id, budget_id, transfer_id, amount_cents, left_cents, held_cents, is_open,
         expires_on, seq",
        "(#1, BOOK, #a, #c, #9, #1, 100, 65, 0, TRUE, '2026-11-19', 1),
         (#2, BOOK, #a, #c, #9, #2, 50, 20, 0, TRUE, '2027-06-30', 2),
         (#7, BOOK, #a, #c, #9, #7, 10, 10, 0, TRUE, '2027-06-30', 3)",
    ),
    (
        "transfer",
        "id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents, debit_after_cents, credit_after_cents,
         reason, reverses_id, event_id, at, day",
        "(#3, BYTES, BOOK, 4, 'pay', #a, #b, 10, 150, 10, '午餐', NULL, #f, NOW, '2026-11-20'),
         (#4, BYTES, BOOK, 5, 'expire', #a, #9, 20, 130, 20, '到期收回', NULL, #f, NOW, '2026-11-20'),
         (#5, BYTES, BOOK, 6, 'expire', #a, #9, 5, 125, 25, '到期收回', NULL, #f, NOW, '2026-11-20'),
         (#6, BYTES, BOOK, 7, 'reverse', #a, #9, 30, 95, 55, '多发了一份', #2, #f, NOW, '2026-11-20')",
    ),
    ("lot_use", "transfer_id, lot_id, amount_cents", "(#3, #1, -10), (#4, #1, -20), (#5, #1, -5), (#6, #2, -30)"),
];

/// What the newest version refuses, also of rows that are older than the rule.
const REFUSED: [&str; 27] = [
    "UPDATE paper_sheet SET label = '一'",
    "DELETE FROM paper_sheet",
    "UPDATE duty SET begun_on = '2026-11-01'",
    "UPDATE duty SET cancelled_on = '2026-11-01'",
    // Told on the day after.
    "UPDATE duty SET cancelled_on = '2026-11-20'",
    "DELETE FROM duty",
    "UPDATE duty_extension SET reason = '示例'",
    "DELETE FROM rectification_problem",
    "INSERT INTO closure_block (poll_id, number, first, root) VALUES (#3, 0, BYTES, BYTES)",
    "INSERT INTO department_link (id, evaluation_id, made_on, expires_on) VALUES (#7, #2, '2026-11-06', '2026-12-06')",
    "UPDATE transfer SET amount_cents = 1",
    // October was closed before the ledger knew of closed months.
    "INSERT INTO transfer (id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents, debit_after_cents,
     credit_after_cents, reason, event_id, at, day)
     VALUES (#c, BYTES, BOOK, 2, 'issue', #9, #e, 1, 999, 1, '示例', #f, NOW, '2026-10-31')",
    "UPDATE ledger_book SET open_from = NULL",
    "UPDATE payment_part SET points_cents = 1",
    "UPDATE ledger_day_block SET transfers = 2",
    "DELETE FROM ledger_day_block",
    "UPDATE ledger_account SET balance_cents = -1",
    "UPDATE lot SET left_cents = 1001",
    "UPDATE lot SET expired_cents = -1",
    "UPDATE lot SET reversed_cents = -1",
    "UPDATE bank_line SET amount_cents = 1",
    "UPDATE point_rule SET total_cents = 1999",
    // What a rule gave before there were totals counts.
    "UPDATE point_rule SET total_cents = 3000, given_cents = given_cents + 1001",
    "UPDATE merchant_step SET what = 'changed'",
    "UPDATE payment SET points_cents = 1",
    "DELETE FROM payment_step",
    "UPDATE merchant_statement SET paid_cents = 0",
];

/// What it must still let happen to them.
const ALLOWED: [&str; 6] = [
    "UPDATE duty SET cancelled_on = '2026-11-22'",
    "UPDATE ledger_account SET balance_cents = 900, seq = 2",
    "UPDATE point_rule SET total_cents = 3000, given_cents = given_cents + 1000",
    "UPDATE lot SET left_cents = 0, is_open = FALSE",
    "UPDATE ledger_book SET shut_through = '2026-11-20'",
    "UPDATE payment SET points_back_cents = 10",
];

/// A text as this engine reads it.
fn spelled(text: &str, engine: Engine) -> String {
    let quoted = |hex: &str| match engine {
        Engine::Sqlite => format!("x'{hex}'"),
        Engine::Postgres => format!("'\\x{hex}'"),
    };
    let id = |hex: &str| match engine {
        Engine::Sqlite => format!("x'{hex}'"),
        Engine::Postgres => format!("'{hex}'"),
    };
    let mut text = text.replace("BYTES", &quoted(&"5a".repeat(32))).replace("NOW", "'2026-11-20T02:00:00+00:00'");
    text = text.replace("BOOK", &id("0190000000007000800000000000b001"));
    for digit in "123456789abcdef".chars() {
        text = text.replace(&format!("#{digit}"), &id(&format!("0190000000007000800000000000000{digit}")));
    }
    text
}

/// Values of each row, as text.
type Rows = Vec<Vec<Option<String>>>;

/// Rows of a table in these columns.
async fn rows(db: &TestDb, table: &str, columns: &str) -> Rows {
    let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
    let shown = |column: &&str| match db.engine() {
        Engine::Sqlite => format!("hex({column}) AS {column}"),
        Engine::Postgres => format!("CAST({column} AS text) AS {column}"),
    };
    let list: Vec<String> = columns.iter().map(shown).collect();
    let sql = format!("SELECT {} FROM {table} ORDER BY 1, 2", list.join(", "));
    let found = db.read().query_all_raw(db.statement(&sql, [])).await.unwrap();
    found.iter().map(|row| columns.iter().map(|column| row.try_get("", column).unwrap()).collect()).collect()
}

/// Tables that a step changes, where rows may be in the way.
fn changed(step: &Migration) -> impl Iterator<Item = &'static str> {
    let after = step.sql.split("ALTER TABLE ").skip(1).filter(|rest| rest.contains("ADD COLUMN"));
    after.filter_map(|rest| rest.split_whitespace().next())
}

kernel::both_engines! {
    async fn each_step_goes_over_data_of_the_version_before(db: TestDb) {
        let steps = [kernel::schema::migrations(), registry::migrations(), voice::migrations(), rewards::migrations()].concat();
        let mut written: Vec<(&str, &str, Rows)> = Vec::new();
        for step in &steps {
            if step.name.starts_with("voice") || step.name.starts_with("rewards") {
                let there = |table: &str| ROWS.iter().any(|(after, of, ..)| *of == table && *after < step.name);
                changed(step).for_each(|table| assert!(there(table), "say in ROWS what {table} held before {}", step.name));
            }
            migration::migrate(&db, std::slice::from_ref(step)).await.unwrap();
            for (table, columns, before) in &written {
                assert_eq!(&rows(&db, table, columns).await, before, "{table} after {}", step.name);
            }
            for (_, table, columns, values) in ROWS.iter().filter(|(after, ..)| *after == step.name) {
                db.tamper(&spelled(&format!("INSERT INTO {table} ({columns}) VALUES ({values})"), db.engine())).await;
                written.push((*table, *columns, rows(&db, table, columns).await));
            }
        }
        assert_eq!(written.len(), ROWS.len(), "a step is called otherwise");
        for (statements, refused) in [(&REFUSED[..], true), (&ALLOWED[..], false)] {
            for statement in statements {
                let tx = db.begin().await.unwrap();
                let outcome = tx.execute_unprepared(&spelled(statement, db.engine())).await;
                assert_eq!(outcome.is_err(), refused, "{statement}: {outcome:?}");
            }
        }
    }

    async fn lots_of_before_say_what_went_back_of_them(db: TestDb) {
        let steps = [kernel::schema::migrations(), registry::migrations(), voice::migrations(), rewards::migrations()].concat();
        let (before, from) = steps.split_at(steps.iter().position(|step| step.name == "rewards_0016_lot_back").unwrap());
        migration::migrate(&db, before).await.unwrap();
        for (table, columns, values) in LOTS {
            db.tamper(&spelled(&format!("INSERT INTO {table} ({columns}) VALUES {values}"), db.engine())).await;
        }
        migration::migrate(&db, from).await.unwrap();
        let sql = "SELECT expired_cents, reversed_cents FROM lot ORDER BY seq";
        let found = db.read().query_all_raw(db.statement(sql, [])).await.unwrap();
        let cents = |row: &QueryResult, column: &str| row.try_get::<i64>("", column).unwrap();
        let found: Vec<_> = found.iter().map(|row| (cents(row, "expired_cents"), cents(row, "reversed_cents"))).collect();
        assert_eq!(found, [(25, 0), (0, 30), (0, 0)]);
    }
}
