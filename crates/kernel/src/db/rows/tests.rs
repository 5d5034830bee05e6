use super::*;

#[test]
fn places_come_after_others() {
    assert_eq!(
        places_after("UPDATE a SET b = $2, c = $10 WHERE d = $1", 7),
        "UPDATE a SET b = $9, c = $17 WHERE d = $8"
    );
    assert_eq!(places_after("SELECT 1", 7), "SELECT 1");
}

#[test]
fn a_column_is_one_array_and_its_empty_places_another() {
    let mut text = Text::default();
    let rows = vec![vec![1_i64.into(), None::<String>.into()], vec![2_i64.into(), "red".into()]];
    text.insert(DbBackend::Postgres, "box", &["n", "colour"], rows, "ON CONFLICT DO NOTHING").unwrap();
    assert_eq!(
        text.sql,
        "INSERT INTO box (n, colour) SELECT c0, CASE WHEN e1 THEN NULL ELSE c1 END \
         FROM unnest($1, $2, $3) AS given (c0, e1, c1) ON CONFLICT DO NOTHING"
    );
    assert_eq!(text.values.len(), 3);
    let mut text = Text::default();
    let rows = vec![vec![1_i64.into(), None::<String>.into()], vec![2_i64.into(), None::<String>.into()]];
    text.insert(DbBackend::Postgres, "box", &["n", "colour"], rows, "").unwrap();
    assert_eq!(text.sql, "INSERT INTO box (n, colour) SELECT c0, NULL FROM unnest($1) AS given (c0) ");
    let odd = vec![vec![1_i64.into(), "red".into()], vec![2_i64.into(), 7_i64.into()]];
    assert!(text.insert(DbBackend::Postgres, "box", &["n", "colour"], odd, "").is_err());
}

#[test]
fn a_change_names_the_row_by_its_first_column() {
    let rows = || vec![vec![1_i64.into(), "red".into()], vec![2_i64.into(), "blue".into()]];
    let text = |backend| {
        let mut text = Text::default();
        text.change(backend, "box", &["n", "colour"], rows()).unwrap();
        text.sql
    };
    let postgres = "UPDATE box SET colour = c1 FROM unnest($1, $2) AS given (c0, c1) WHERE box.n = c0";
    assert_eq!(text(DbBackend::Postgres), postgres);
    let sqlite = "UPDATE box SET colour = given.column2 FROM (VALUES (?, ?), (?, ?)) AS given
        WHERE box.n = given.column1";
    assert_eq!(text(DbBackend::Sqlite), sqlite.split_whitespace().collect::<Vec<_>>().join(" "));
}

#[test]
fn places_of_the_embedded_engine_have_no_names() {
    let mut text = Text::default();
    let rows = vec![vec![1_i64.into(), "red".into()], vec![2_i64.into(), "blue".into()]];
    text.insert(DbBackend::Sqlite, "box", &["n", "colour"], rows, "").unwrap();
    assert_eq!(text.sql.trim_end(), "INSERT INTO box (n, colour) VALUES (?, ?), (?, ?)");
}
