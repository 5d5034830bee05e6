//! Rows in bulk: many rows a statement, few statements.

use kernel::time::Day;
use kernel::{Id, Result, Tx};
use sea_orm::{ActiveModelTrait, EntityTrait, Value};

/// Rows of one statement; with 17 columns far below what either engine takes.
const CHUNK: usize = 250;

/// Inserts rows of an entity.
pub async fn insert<A>(tx: &Tx, mut rows: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait + Send,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        <A::Entity as EntityTrait>::insert_many(rows).exec_without_returning(tx).await?;
        rows = rest;
    }
    Ok(())
}

/// A node under its parent, from a day on, until another.
pub struct Placement {
    pub child: Id,
    pub parent: Id,
    pub from: Day,
    pub to: Option<Day>,
}

/// Inserts nodes: id and kind.
pub async fn nodes(tx: &Tx, nodes: &[(Id, &'static str)]) -> Result<()> {
    for chunk in nodes.chunks(CHUNK) {
        let values = chunk.iter().flat_map(|(id, kind)| [Value::from(*id), (*kind).into()]);
        tx.execute_sql(&many("INSERT INTO node (id, kind) VALUES", chunk.len(), 2), values).await?;
    }
    Ok(())
}

/// Inserts placements.
pub async fn placements(tx: &Tx, placements: &[Placement]) -> Result<()> {
    let head = "INSERT INTO placement (id, child, parent, valid_from, valid_to) VALUES";
    for chunk in placements.chunks(CHUNK) {
        let values =
            chunk.iter().flat_map(|p| [tx.id().into(), p.child.into(), p.parent.into(), p.from.into(), p.to.into()]);
        let values: Vec<Value> = values.collect();
        tx.execute_sql(&many(head, chunk.len(), 5), values).await?;
    }
    Ok(())
}

/// `head ($1, $2), ($3, $4)` for rows of a width.
fn many(head: &str, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let marks: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
        format!("({})", marks.join(", "))
    };
    format!("{head} {}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_count_on() {
        assert_eq!(super::many("X", 2, 2), "X ($1, $2), ($3, $4)");
    }
}
