//! A browser without pages: one kept connection over HTTP/1.1, a cookie, JSON.

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use kernel::session::COOKIE;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::fault::Fault;

/// One connection; requests go one after the other.
pub struct Client {
    sender: SendRequest<Body>,
    address: SocketAddr,
    cookie: String,
}

impl Client {
    /// Connects without signing in.
    pub async fn connect(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(failed)?;
        tokio::spawn(connection);
        Ok(Self { sender, address, cookie: String::new() })
    }

    /// Signs in as a demo account.
    pub async fn sign_in(&mut self, demo: &str) -> Result<(), Fault> {
        self.post("/api/sign-in/demo", &json!({ "key": demo })).await.map(drop)
    }

    /// Signs in with a phone, as a member does; the demo shows the code.
    pub async fn sign_in_by_phone(&mut self, phone: &str) -> Result<(), Fault> {
        let sent = self.post("/api/sign-in/code", &json!({ "phone": phone })).await?;
        self.post("/api/sign-in/phone", &json!({ "phone": phone, "code": sent["demo_code"] })).await.map(drop)
    }

    /// The cookie of its session, for another connection of the same person.
    pub fn cookie(&self) -> String {
        self.cookie.clone()
    }

    /// Takes up a session.
    pub fn set_cookie(&mut self, cookie: String) {
        self.cookie = cookie;
    }

    /// Asks; anything but 200 stops the bench.
    pub async fn get(&mut self, path: &str) -> Result<Value, Fault> {
        let request = Request::get(path).body(Body::empty());
        self.json(request.map_err(failed)?).await
    }

    /// Submits.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Value, Fault> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.json(request.body(Body::from(body.to_string())).map_err(failed)?).await
    }

    /// Sends a file as it is.
    pub async fn upload(&mut self, path: &str, bytes: Vec<u8>) -> Result<Value, Fault> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/octet-stream");
        self.json(request.body(Body::from(bytes)).map_err(failed)?).await
    }

    async fn json(&mut self, request: Request<Body>) -> Result<Value, Fault> {
        let answer = self.send(request).await?;
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.map_err(failed)?;
        serde_json::from_slice(&bytes).map_err(failed)
    }

    /// Submits and tells the status, whatever it is.
    pub async fn try_post(&mut self, path: &str, body: &Value) -> Result<(StatusCode, Bytes), Fault> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let mut request = request.body(Body::from(body.to_string())).map_err(failed)?;
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().map_err(failed)?);
        self.told(request).await
    }

    /// The same without saying who it is.
    pub async fn try_post_as_nobody(&mut self, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), Fault> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(body)).map_err(failed)?;
        self.told(request).await
    }

    /// Submits without saying who it is; anything but 200 stops the bench.
    pub async fn post_as_nobody(&mut self, path: &str, body: Bytes) -> Result<(), Fault> {
        good(path, self.try_post_as_nobody(path, body).await?).map(drop)
    }

    /// Asks without saying who it is; anything but 200 stops the bench.
    pub async fn get_as_nobody(&mut self, path: &str) -> Result<Bytes, Fault> {
        let request = Request::get(path).body(Body::empty()).map_err(failed)?;
        good(path, self.told(request).await?)
    }

    async fn told(&mut self, request: Request<Body>) -> Result<(StatusCode, Bytes), Fault> {
        let answer = self.exchange(request).await?;
        let status = answer.status();
        Ok((status, axum::body::to_bytes(answer.into_body(), usize::MAX).await.map_err(failed)?))
    }

    /// Sends any request with the cookie and the platform's header.
    pub async fn send(&mut self, mut request: Request<Body>) -> Result<Response<Body>, Fault> {
        let path = request.uri().path().to_owned();
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().map_err(failed)?);
        let answer = self.exchange(request).await?;
        self.keep_cookie(answer.headers());
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let text = axum::body::to_bytes(answer.into_body(), 4096).await.unwrap_or_default();
        Err(refused(&path, status, &text))
    }

    async fn exchange(&mut self, mut request: Request<Body>) -> Result<Response<Body>, Fault> {
        let headers = request.headers_mut();
        headers.insert("x-zhigong", "1".parse().map_err(failed)?);
        headers.insert(header::HOST, self.address.to_string().parse().map_err(failed)?);
        self.sender.ready().await.map_err(failed)?;
        Ok(self.sender.send_request(request).await.map_err(failed)?.map(Body::new))
    }

    fn keep_cookie(&mut self, headers: &HeaderMap) {
        let pairs = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        if let Some(pair) = pairs.filter_map(|text| text.split(';').next()).find(|pair| pair.starts_with(COOKIE)) {
            pair.clone_into(&mut self.cookie);
        }
    }
}

fn good(path: &str, (status, bytes): (StatusCode, Bytes)) -> Result<Bytes, Fault> {
    if status.is_success() { Ok(bytes) } else { Err(refused(path, status, &bytes)) }
}

fn refused(path: &str, status: StatusCode, text: &[u8]) -> Fault {
    failed(format!("{path} answered {status}: {}", String::from_utf8_lossy(text)))
}

/// What stops a bench.
pub fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::new("测量没有完成。", format!("The bench did not finish: {error}."))
}
