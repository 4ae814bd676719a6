//! A server that answers as told, request by request, and writes down what it got.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A whole answer with this body.
    Full(u16, Vec<u8>),
    /// A whole answer with one more header line.
    WithHeader(u16, &'static str, Vec<u8>),
    /// Says that the body is longer than it is, then closes.
    Cut(u16, Vec<u8>),
    /// These bytes, then closes.
    Raw(Vec<u8>),
    /// Never answers; the connection stays open.
    Hang,
    /// Starts an answer and never ends it.
    HangInBody,
    /// Closes without an answer.
    Close,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Full(status, body.into().into_bytes())
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The running server.
pub(crate) struct Stub {
    pub(crate) url: String,
    recorded: Arc<Mutex<Vec<Recorded>>>,
}

impl Stub {
    /// Answers in this order; the last answer is given for ever.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
        let book = Arc::clone(&recorded);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&script), Arc::clone(&book)));
            }
        });
        Self { url, recorded }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.recorded.lock().unwrap().clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    script: Arc<Mutex<VecDeque<Reply>>>,
    book: Arc<Mutex<Vec<Recorded>>>,
) {
    let Some(request) = read(&mut socket).await else {
        return;
    };
    book.lock().unwrap().push(request);
    let reply = {
        let mut script = script.lock().unwrap();
        if script.len() > 1 {
            script.pop_front()
        } else {
            script.front().cloned()
        }
    };
    match reply.unwrap_or(Reply::Close) {
        Reply::Full(status, body) => answer(&mut socket, status, "", body.len(), &body).await,
        Reply::WithHeader(status, header, body) => {
            answer(&mut socket, status, header, body.len(), &body).await;
        }
        Reply::Cut(status, body) => answer(&mut socket, status, "", body.len() + 7, &body).await,
        Reply::Raw(bytes) => socket.write_all(&bytes).await.unwrap_or_default(),
        Reply::Hang => std::future::pending().await,
        Reply::HangInBody => {
            answer(&mut socket, 200, "", 1000, b"{").await;
            std::future::pending::<()>().await;
        }
        Reply::Close => {}
    }
}

async fn answer(socket: &mut TcpStream, status: u16, header: &str, length: usize, body: &[u8]) {
    let extra = if header.is_empty() {
        String::new()
    } else {
        format!("{header}\r\n")
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n{extra}\r\n"
    );
    // The caller may hang up on an answer that it finds too long.
    let _written = socket.write_all(&[head.as_bytes(), body].concat()).await;
}

async fn read(socket: &mut TcpStream) -> Option<Recorded> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        more(socket, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < head_end + 4 + length {
        more(socket, &mut bytes).await?;
    }
    let address = url::Url::parse(&format!("http://stub{target}")).ok()?;
    Some(Recorded {
        method,
        path: address.path().to_owned(),
        query: address.query_pairs().into_owned().collect(),
        headers,
        body: bytes[head_end + 4..].to_vec(),
    })
}

async fn more(socket: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4096];
    let count = socket
        .read(&mut chunk)
        .await
        .ok()
        .filter(|count| *count > 0)?;
    bytes.extend_from_slice(&chunk[..count]);
    Some(())
}
