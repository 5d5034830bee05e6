//! One request, from the wire to the answer: caller, guard, input, verb, cookie.

use std::future::Future;
use std::time::Instant;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Download, Guard, Messages, Upload, follow, input};
use crate::app::App;
use crate::caller::Caller;
use crate::command::{Claim, Cx, retried};
use crate::crypto::digest::sm3;
use crate::error::{ACCESS_DENIED, AUTH_REQUIRED, Error, REQUEST_NAMED, Result};
use crate::session::COOKIE;

/// How often a session's "last seen" is written at the most.
const SEEN_EVERY: chrono::Duration = chrono::Duration::seconds(60);

#[derive(Clone)]
pub(super) struct Endpoint {
    pub path: &'static str,
    pub guard: Guard,
    pub write: bool,
}

/// A request that has passed the guard.
pub(super) struct Asked {
    app: App,
    endpoint: Endpoint,
    caller: Caller,
    request_id: Option<String>,
    request: Request,
}

/// Lets a request through the guard, has it answered and logs it.
pub(super) async fn serve<F, Fut>(app: App, endpoint: Endpoint, request: Request, answer: F) -> Response
where
    F: FnOnce(Asked) -> Fut,
    Fut: Future<Output = Result<Response>>,
{
    let started = Instant::now();
    let anonymous = endpoint.guard == Guard::Anonymous;
    let request_id = header_text(request.headers(), "x-request-id", 60).filter(|_| !anonymous);
    let (path, write) = (endpoint.path, endpoint.write);
    let outcome = match admit(app, endpoint, request, request_id.clone()).await {
        Ok(asked) => answer(asked).await,
        Err(error) => Err(error),
    };
    let (mut response, code) = match outcome {
        Ok(response) => (response, String::new()),
        Err(error) => {
            let code = error.refusal().map(|refusal| refusal.code.to_string()).unwrap_or_default();
            (error.into_response(), code)
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if anonymous {
        // A line of the log has a moment: beside those of signed-in requests it would tell who this is.
        return response;
    }
    // The template of the path, never the address itself: queries may hold names.
    tracing::info!(
        request = request_id,
        route = path,
        write,
        status = response.status().as_u16(),
        code,
        micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

async fn admit(app: App, endpoint: Endpoint, request: Request, request_id: Option<String>) -> Result<Asked> {
    if endpoint.guard == Guard::Anonymous {
        let caller = nobody(&app, request.headers())?;
        return Ok(Asked { app, endpoint, caller, request_id, request });
    }
    let caller = caller(&app, request.headers()).await?;
    check(&caller, endpoint.guard)?;
    Ok(Asked { app, endpoint, caller, request_id, request })
}

/// Runs a command, or a query.
pub(super) async fn run<I, O, F, Fut>(asked: Asked, verb: F) -> Result<Response>
where
    I: DeserializeOwned + Clone + Send + Sync + 'static,
    O: Serialize + Send + 'static,
    F: Fn(Cx, I) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let Asked { app, endpoint, caller, request_id, request } = asked;
    let key = header_text(request.headers(), "idempotency-key", 100);
    let device = if endpoint.guard == Guard::Anonymous { String::new() } else { device(&request) };
    let raw = input::read(request, app.config.body_silence).await?;
    let claim = claim(&endpoint, &caller, key, raw.fingerprint);
    let typed: I = raw.into_typed()?;
    let cx = Cx::of_request(app.clone(), caller, request_id, device, claim);
    let output = if endpoint.write {
        let context = cx.clone();
        let attempts = async move { retried(|| verb(context.clone(), typed.clone())).await };
        tokio::spawn(attempts).await.map_err(|_| Error::internal("the verb panicked"))?
    } else {
        verb(cx.clone(), typed).await
    };
    // An attempt that was rolled back leaves no session behind, so it hands out no token either.
    let token = cx.take_cookie().filter(|_| output.is_ok());
    // A refused verb is answered like any other error, and its code is logged.
    let mut response = Json(output?).into_response();
    if let Some(token) = token {
        response.headers_mut().append(header::SET_COOKIE, cookie(&token, app.config.secure_cookies)?);
    }
    Ok(response)
}

/// Hands a body to a verb, once: it cannot be read again. Like every write it goes on when the client is gone, but a
/// body that breaks off is an error to the verb.
pub(super) async fn receive<I, O, F, Fut>(asked: Asked, verb: F) -> Result<Response>
where
    I: DeserializeOwned + Send + 'static,
    O: Serialize + Send + 'static,
    F: FnOnce(Cx, I, Upload) -> Fut + Send + 'static,
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let Asked { app, endpoint: _, caller, request_id, request } = asked;
    let device = device(&request);
    let (raw, upload) = input::read_upload(request, app.config.body_silence).await?;
    let typed: I = raw.into_typed()?;
    let cx = Cx::of_request(app, caller, request_id, device, None);
    let work = tokio::spawn(async move { verb(cx, typed, upload).await });
    let output = work.await.map_err(|_| Error::internal("the verb panicked"))??;
    Ok(Json(output).into_response())
}

/// Sends a file, or the part that was asked for. The verb may record that it was taken, so it is run again when it loses
/// a race.
pub(super) async fn send<I, F, Fut>(asked: Asked, verb: F) -> Result<Response>
where
    I: DeserializeOwned + Clone + Send + Sync + 'static,
    F: Fn(Cx, I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Download>> + Send + 'static,
{
    let Asked { app, endpoint: _, caller, request_id, request } = asked;
    let (device, headers) = (device(&request), request.headers().clone());
    let typed: I = input::read(request, app.config.body_silence).await?.into_typed()?;
    let cx = Cx::of_request(app, caller, request_id, device, None);
    let download = retried(|| verb(cx.clone(), typed.clone())).await?;
    download.answer(&headers)
}

/// Begins an answer that goes on; the line of the log says when it began.
pub(super) async fn follow<I, T, F, Fut>(asked: Asked, verb: F) -> Result<Response>
where
    I: DeserializeOwned + Send + 'static,
    T: Serialize + Send + 'static,
    F: Fn(Cx, I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Messages<T>>> + Send + 'static,
{
    let Asked { app, endpoint: _, caller, request_id, request } = asked;
    let device = device(&request);
    let typed: I = input::read(request, app.config.body_silence).await?.into_typed()?;
    let cx = Cx::of_request(app, caller, request_id, device, None);
    Ok(follow::answer(verb(cx, typed).await?))
}

fn device(request: &Request) -> String {
    header_text(request.headers(), "user-agent", 120).unwrap_or_default()
}

/// The caller of an anonymous route, for whom no session is looked up.
fn nobody(app: &App, headers: &HeaderMap) -> Result<Caller> {
    if headers.contains_key(header::COOKIE) || headers.contains_key(header::AUTHORIZATION) {
        return Err(REQUEST_NAMED.refusal().into());
    }
    Ok(Caller::stranger(app.clock.today()))
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Caller> {
    let Some(token) = session_token(headers) else {
        return Ok(Caller::stranger(app.clock.today()));
    };
    let caller = Caller::of_token(app, token).await?;
    let now = app.clock.now();
    if let Some(session) = caller.session()
        && now - session.last_seen_at > SEEN_EVERY
    {
        let (app, id) = (app.clone(), session.id);
        tokio::spawn(async move {
            if let Err(error) = touch(&app, id, now).await {
                tracing::warn!(%error, "session not touched");
            }
        });
    }
    Ok(caller)
}

async fn touch(app: &App, session: crate::Id, now: crate::time::Time) -> Result<()> {
    use sea_orm::ConnectionTrait;
    let tx = app.db.begin_relaxed().await?;
    let update = "UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";
    tx.execute_raw(app.db.statement(update, [session.into(), now.into()])).await?;
    crate::db::commit(tx).await
}

fn check(caller: &Caller, guard: Guard) -> Result<()> {
    match guard {
        Guard::Public | Guard::Anonymous => Ok(()),
        _ if caller.account_id().is_none() => Err(AUTH_REQUIRED.refusal().into()),
        Guard::SignedIn => Ok(()),
        Guard::Requires(permission) if caller.holds(permission) => Ok(()),
        Guard::Requires(_) => Err(ACCESS_DENIED.refusal().into()),
    }
}

fn claim(endpoint: &Endpoint, caller: &Caller, key: Option<String>, fingerprint: [u8; 32]) -> Option<Claim> {
    // A stranger has no account to keep an answer for.
    let account = caller.account_id().filter(|_| endpoint.write && endpoint.guard != Guard::Public)?;
    let key = key?;
    let key_hash = sm3(format!("{account}|{}|{key}", endpoint.path).as_bytes());
    Some(Claim { key_hash, fingerprint })
}

fn header_text(headers: &HeaderMap, name: &str, max_chars: usize) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    Some(text.chars().take(max_chars).collect())
}

fn session_token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn cookie(token: &str, secure: bool) -> Result<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    HeaderValue::from_str(&format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"))
        .map_err(Error::internal)
}
