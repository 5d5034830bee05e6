//! Taking the whole list out: masked, marked, by a background job, downloaded.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::client::failed;
use super::machine;
use super::report::{Figure, round};
use super::stage::Stage;
use crate::fault::Fault;

/// Exports everybody in both formats.
pub async fn measure(stage: &Stage, members: i64) -> Result<Vec<Figure>, Fault> {
    let mut figures = Vec::new();
    for format in ["xlsx", "csv"] {
        figures.push(one(stage, format, members).await?);
    }
    Ok(figures)
}

async fn one(stage: &Stage, format: &str, members: i64) -> Result<Figure, Fault> {
    let mut client = stage.client("city").await?;
    let root = client.get("/api/me").await?["roles"][0]["node_id"].clone();
    machine::forget_peak();
    let before = machine::peak_mib();
    let started = Instant::now();
    let body = json!({ "organization_id": root, "within": true, "format": format, "reason": "测速，人员均为虚构" });
    let id = client.post("/api/exports", &body).await?["id"].as_str().unwrap_or_default().to_owned();
    let rows = loop {
        let row = client.get(&format!("/api/exports/{id}")).await?;
        match row["state"].as_str() {
            Some("ready") => break row["rows"].as_i64().unwrap_or_default(),
            Some("waiting" | "running") => tokio::time::sleep(Duration::from_millis(100)).await,
            _ => return Err(failed(format!("the export ended as {}", row["state"]))),
        }
    };
    let written = started.elapsed().as_secs_f64();
    if rows < members {
        return Err(failed(format!("{rows} rows were exported, {members} were imported")));
    }
    let request = Request::get(format!("/api/exports/{id}/file")).body(Body::empty()).map_err(failed)?;
    let answer = client.send(request).await?;
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.map_err(failed)?.len();
    let peak = machine::peak_mib();
    #[expect(clippy::cast_precision_loss, reason = "rows")]
    let rate = rows as f64 / written;
    let made_of = format!(
        "{rows} rows, {} MiB file; memory {before} → {peak} MiB with the download held by the bench",
        round(bytes as f64 / f64::from(1 << 20))
    );
    Ok(Figure::plain(format!("export of everybody, {format}"), format!("{rate:.0} rows/s"), made_of))
}
