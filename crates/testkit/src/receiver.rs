//! Somebody who is told: an HTTP server that remembers what it got and answers as it was told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Request line and headers, in small letters.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Received {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map_or("", str::trim)
    }
}

/// The server; dropping it ends it.
pub struct Receiver {
    /// `http://127.0.0.1:…/hook`.
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    /// Starts it; it answers 200.
    pub async fn start() -> Self {
        Self::start_slow(Duration::ZERO).await
    }

    /// As [`start`](Self::start), with so much time before each answer.
    pub async fn start_slow(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let answers: Arc<Mutex<VecDeque<String>>> = Arc::default();
        let (seen, next) = (Arc::clone(&received), Arc::clone(&answers));
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, pause, Arc::clone(&seen), Arc::clone(&next)));
            }
        });
        Self { url, received, answers, serving }
    }

    /// Answers the next request like this: status, and what else stands in the head, such as
    /// `302 Found\r\nlocation: http://…`.
    pub fn answer(&self, status: &str) {
        self.answers.lock().unwrap().push_back(status.to_owned());
    }

    /// What came so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many have come.
    pub async fn wait(&self, count: usize) -> Vec<Received> {
        let began = Instant::now();
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{} of {count} came", received.len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    pause: Duration,
    seen: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
) {
    let Some(received) = read(&mut stream).await else { return };
    seen.lock().unwrap().push(received);
    tokio::time::sleep(pause).await;
    let status = answers.lock().unwrap().pop_front().unwrap_or_else(|| "200 OK".to_owned());
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 6\r\nconnection: close\r\n\r\nthanks");
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// Reads one request; `None` when it breaks off.
pub(crate) async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if body.len() >= length {
                return Some(Received { head, body: body.to_owned() });
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
