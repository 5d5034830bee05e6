//! A browser over a plain socket: one request a connection, the cookie kept.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use serde_json::Value;

const JSON: &str = "application/json";

/// One browser.
pub struct Browser {
    address: String,
    cookie: Mutex<Option<String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub text: String,
    /// The text as JSON; `Null` when it is none.
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Browser {
    pub fn new(address: String) -> Self {
        Self { address, cookie: Mutex::default() }
    }

    /// One with the cookie of a session.
    pub fn signed_in(address: String, token: &str) -> Self {
        let cookie = format!("{}={token}", kernel::session::COOKIE);
        Self { address, cookie: Mutex::new(Some(cookie)) }
    }

    /// The same browser, after the server moved to another port.
    pub fn moved_to(&mut self, address: &str) {
        address.clone_into(&mut self.address);
    }

    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    /// `None` when the server is away.
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        self.send("GET", path, JSON, b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).unwrap()
    }

    /// `None` when the server went away before it answered.
    pub fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.send("POST", path, JSON, body.to_string().as_bytes())
    }

    /// Sends the bytes of a file.
    pub fn upload(&self, path: &str, bytes: &[u8]) -> Answer {
        self.send("POST", path, "application/octet-stream", bytes).unwrap()
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Answer> {
        let mut socket = TcpStream::connect(&self.address).ok()?;
        let cookie = self.cookie.lock().unwrap().as_ref().map(|cookie| format!("cookie: {cookie}\r\n"));
        let length = body.len();
        let own = format!("connection: close\r\nx-zhigong: 1\r\ncontent-type: {kind}\r\n");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{own}content-length: {length}\r\n{}\r\n",
            self.address,
            cookie.unwrap_or_default(),
        );
        socket.write_all(head.as_bytes()).ok()?;
        socket.write_all(body).ok()?;
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).ok()?;
        self.read(&bytes)
    }

    fn read(&self, bytes: &[u8]) -> Option<Answer> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let split = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: Vec<_> = lines.filter_map(split).collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let text = if chunked { dechunk(body)? } else { body.to_owned() };
        for (_, value) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = value.split(';').next().unwrap_or_default();
            *self.cookie.lock().unwrap() = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        // An answer that was cut off is no answer.
        let whole = headers.iter().find(|(name, _)| name == "content-length");
        if whole.is_some_and(|(_, length)| length.parse::<usize>().is_ok_and(|length| text.len() < length)) {
            return None;
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Some(Answer { status, headers, text, body })
    }
}

fn dechunk(body: &str) -> Option<String> {
    let (mut rest, mut text) = (body, String::new());
    loop {
        let (size, after) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(text);
        }
        text.push_str(after.get(..size)?);
        rest = after.get(size..)?.strip_prefix("\r\n")?;
    }
}
