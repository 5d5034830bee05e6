//! What authors say to answers: it waits until the night, and is then written anew, under new random numbers and in
//! their order, so that who reads the table learns the day at the most.

use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::id::Ids;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Value};

use super::{echo_entity as echo, waiting_entity as waiting};

/// Rows of one transaction: on `SQLite` nobody may hold the writer for longer than 20 ms.
const MANY: usize = 200;

/// Shows what is due; carried out again it changes nothing.
///
/// # Errors
/// Contention; the database; what was shown stays.
pub async fn shuffle(app: &App) -> Result<()> {
    while retried(async || step(app).await).await? == MANY {}
    Ok(())
}

async fn step(app: &App) -> Result<usize> {
    let tx = Cx::system(app).begin_bulk().await?;
    let skip = if app.db.is_sqlite() { "" } else { " FOR UPDATE SKIP LOCKED" };
    // In the order of their random numbers, of which no time can be told.
    let sql = format!(
        "DELETE FROM opinion_echo_waiting WHERE id IN
            (SELECT id FROM opinion_echo_waiting WHERE visible_on <= $1 ORDER BY id LIMIT $2{skip})
        RETURNING opinion_id, place, text, answer_id, grade"
    );
    let many = i64::try_from(MANY).map_err(Error::internal)?;
    let taken = tx.query_all_raw(app.db.statement(&sql, [tx.today().into(), many.into()])).await?;
    let mut rows = Vec::with_capacity(taken.len());
    for row in &taken {
        rows.push((
            Ids::random(),
            row.try_get::<Id>("", "opinion_id")?,
            row.try_get::<Option<i64>>("", "place")?,
            row.try_get::<Option<String>>("", "text")?,
            row.try_get::<Option<Id>>("", "answer_id")?,
            row.try_get::<Option<i64>>("", "grade")?,
        ));
    }
    if rows.is_empty() {
        return Ok(0);
    }
    rows.sort_by_key(|row| row.0);
    let values = rows.into_iter().map(|(id, opinion, place, text, answer, grade)| -> Vec<Value> {
        vec![id.into(), opinion.into(), place.into(), text.into(), answer.into(), grade.into()]
    });
    let columns = ["id", "opinion_id", "place", "text", "answer_id", "grade"];
    insert_rows(&tx, "opinion_echo", &columns, values.collect(), "ON CONFLICT DO NOTHING").await?;
    let event = Event::of("opinion.echoes_shown", "opinion_echo", Id::nil()).with("echoes", taken.len());
    tx.record(event).await?;
    tx.commit(taken.len()).await
}

/// What an author said about an opinion, shown or not.
pub(super) struct Said {
    /// Its place among the author's words.
    pub place: i64,
    pub text: String,
    /// Nobody else sees it yet.
    pub waits: bool,
}

/// Everything that the author of an opinion said, in order.
///
/// # Errors
/// The database.
pub(super) async fn words(conn: &impl ConnectionTrait, opinion: Id) -> Result<Vec<Said>> {
    // First what waits: what is moved between the two looks is seen twice, not never.
    let waits = waiting::Entity::find().filter(of(waiting::Column::OpinionId, opinion)).all(conn).await?;
    let shown = echo::Entity::find().filter(of(echo::Column::OpinionId, opinion)).all(conn).await?;
    let shown = shown.into_iter().filter_map(|row| Some(Said { place: row.place?, text: row.text?, waits: false }));
    let waits = waits.into_iter().filter_map(|row| Some(Said { place: row.place?, text: row.text?, waits: true }));
    let mut said: Vec<Said> = shown.chain(waits).collect();
    said.sort_by_key(|one| one.place);
    said.dedup_by_key(|one| one.place);
    Ok(said)
}

/// The grades that the author of an opinion gave, by answer.
///
/// # Errors
/// The database.
pub(super) async fn grades(conn: &impl ConnectionTrait, opinion: Id) -> Result<Vec<(Id, i64)>> {
    let waits = waiting::Entity::find().filter(of(waiting::Column::OpinionId, opinion)).all(conn).await?;
    let shown = echo::Entity::find().filter(of(echo::Column::OpinionId, opinion)).all(conn).await?;
    let shown = shown.into_iter().filter_map(|row| Some((row.answer_id?, row.grade?)));
    let waits = waits.into_iter().filter_map(|row| Some((row.answer_id?, row.grade?)));
    Ok(shown.chain(waits).collect())
}

fn of(column: impl ColumnTrait, opinion: Id) -> Condition {
    Condition::all().add(column.eq(opinion))
}

/// Enters words or a grade of an author, for the next night; `false` when another one has this place.
///
/// # Errors
/// The database.
pub(super) async fn enter(tx: &Tx, opinion: Id, what: New) -> Result<bool> {
    let (place, text, answer, grade) = match what {
        New::Words(place, text) => (Some(place), Some(text), None, None),
        New::Grade(answer, grade) => (None, None, Some(answer), Some(grade)),
    };
    let insert = "INSERT INTO opinion_echo_waiting (id, opinion_id, place, text, answer_id, grade, visible_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let tomorrow = tx.today().succ_opt().ok_or_else(|| Error::internal("no day after today"))?;
    let values =
        [Ids::random().into(), opinion.into(), place.into(), text.into(), answer.into(), grade.into(), tomorrow.into()];
    Ok(tx.execute_sql(insert, values).await? == 1)
}

/// What an author says.
pub(super) enum New {
    /// Words, with their place among the author's.
    Words(i64, String),
    /// An answer, and the grade for it.
    Grade(Id, i64),
}
