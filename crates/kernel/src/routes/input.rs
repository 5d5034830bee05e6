//! One input per verb, gathered from path, query string and JSON body.

use std::time::Duration;

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{Query, RawPathParams, Request};
use axum::http::{HeaderMap, Method, Uri, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body::{Upload, gather, incoming};
use crate::crypto::digest::sm3;
use crate::error::{INPUT_CHARACTERS, INPUT_INVALID, REQUEST_FORGED, Result};

/// JSON a command may carry: 1 MiB.
const MAX_BODY: usize = 1 << 20;

/// What came in, before it is given a type.
pub(super) struct Raw {
    parameters: Vec<(String, String)>,
    query: String,
    body: Option<Map<String, Value>>,
    /// SM3 over path parameters and body, to tell a repeated submit from another one.
    pub fingerprint: [u8; 32],
}

/// Reads the request; writes must carry the application's header and JSON, and no body may fall silent.
pub(super) async fn read(mut request: Request, silence: Duration) -> Result<Raw> {
    let parameters = path_parameters(&mut request).await?;
    let query = request.uri().query().unwrap_or_default().to_owned();
    if reads(request.method()) {
        return Ok(Raw { parameters, query, body: None, fingerprint: [0; 32] });
    }
    guard_write(request.headers(), true)?;
    let bytes = gather(incoming(take_body(&mut request), silence), MAX_BODY).await?;
    let value: Value = if bytes.is_empty() { Value::Object(Map::new()) } else { parse(&bytes)? };
    let Value::Object(body) = value else {
        return Err(INPUT_INVALID.refusal().into());
    };
    if body.values().any(holds_nul) {
        return Err(INPUT_CHARACTERS.refusal().into());
    }
    let mut signed = format!("{parameters:?}").into_bytes();
    signed.extend_from_slice(&bytes);
    Ok(Raw { parameters, query, body: Some(body), fingerprint: sm3(&signed) })
}

/// Reads path and query, and leaves the body to the verb.
pub(super) async fn read_upload(mut request: Request, silence: Duration) -> Result<(Raw, Upload)> {
    let parameters = path_parameters(&mut request).await?;
    let query = request.uri().query().unwrap_or_default().to_owned();
    guard_write(request.headers(), false)?;
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let stream = incoming(take_body(&mut request), silence);
    Ok((Raw { parameters, query, body: None, fingerprint: [0; 32] }, Upload { stream, length }))
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn take_body(request: &mut Request) -> Body {
    std::mem::replace(request.body_mut(), Body::empty())
}

fn parse(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|_| INPUT_INVALID.refusal().into())
}

async fn path_parameters(request: &mut Request) -> Result<Vec<(String, String)>> {
    let parameters: RawPathParams = request.extract_parts().await.map_err(|_| INPUT_INVALID.refusal())?;
    Ok(parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// A page of another site can make a browser send a form, but not this header.
fn guard_write(headers: &HeaderMap, only_json: bool) -> Result<()> {
    let ours = headers.get("x-zhigong").is_some();
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    if ours && (json || !only_json) { Ok(()) } else { Err(REQUEST_FORGED.refusal().into()) }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

impl Raw {
    /// Gives the input its type; path parameters win over the body.
    pub(super) fn into_typed<I: DeserializeOwned>(self) -> Result<I> {
        let Some(mut body) = self.body else {
            return self.typed_query();
        };
        for (name, value) in self.parameters {
            body.insert(name, Value::String(value));
        }
        serde_json::from_value(Value::Object(body)).map_err(|error| {
            // serde names the field and the type, never the value of another field.
            let what = error.to_string();
            let field = what.split('`').nth(1).unwrap_or_default().to_owned();
            let hint = if field.is_empty() { String::new() } else { format!("（{field}）") };
            INPUT_INVALID.with(format!("提交的内容格式不对{hint}，请检查后重新填写。")).into()
        })
    }

    fn typed_query<I: DeserializeOwned>(self) -> Result<I> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(form_urlencoded::parse(self.query.as_bytes()).filter(|(name, value)| {
            !value.is_empty() && self.parameters.iter().all(|(path_name, _)| path_name != name)
        }));
        form.extend_pairs(&self.parameters);
        let text = form.finish();
        if text.contains("%00") {
            return Err(INPUT_CHARACTERS.refusal().into());
        }
        let uri = Uri::builder().path_and_query(format!("/?{text}")).build().map_err(|_| INPUT_INVALID.refusal())?;
        let Query(input) = Query::try_from_uri(&uri).map_err(|_| INPUT_INVALID.refusal())?;
        Ok(input)
    }
}
