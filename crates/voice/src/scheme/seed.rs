//! The schemes that come with the program.

use kernel::{Error, Result, Tx};

use super::{SchemeDocument, rules};

const BUNDLED: [(&str, &str); 6] = [
    ("chair_report", include_str!("../../data/schemes/chair_report.json")),
    ("members_home", include_str!("../../data/schemes/members_home.json")),
    ("enforcement", include_str!("../../data/schemes/enforcement.json")),
    ("budget_needs", include_str!("../../data/schemes/budget_needs.json")),
    ("fund_use", include_str!("../../data/schemes/fund_use.json")),
    ("legislation", include_str!("../../data/schemes/legislation.json")),
];

/// The schemes that come with the program, by code.
///
/// # Errors
/// When a file is not a scheme.
pub fn bundled() -> Result<Vec<(&'static str, SchemeDocument)>> {
    BUNDLED.iter().map(|(code, text)| Ok((*code, serde_json::from_str(text)?))).collect()
}

/// Writes the first version of each scheme that has none; answers how many. What is there stays as it is.
///
/// # Errors
/// A file that breaks the rules of schemes; the database.
pub async fn seed(tx: &Tx) -> Result<u64> {
    let sql = "INSERT INTO scheme (code, version, title, document, added_at) VALUES ($1, 1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    let mut written = 0;
    for (code, document) in bundled()? {
        rules::check(&document).map_err(|refusal| Error::internal(format!("scheme {code}: {}", refusal.message)))?;
        let text = serde_json::to_string(&document)?;
        let values = [code.into(), document.title.into(), text.into(), tx.now().into()];
        written += tx.execute_sql(sql, values).await?;
    }
    Ok(written)
}
