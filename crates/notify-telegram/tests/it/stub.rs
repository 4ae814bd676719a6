//! A server that says what it is told to, once for each connection.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// What the server does after it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes again and again until the caller has had enough.
    Endless(Vec<u8>),
    /// Keeps the connection open and says nothing.
    Silence,
}

/// A running stub.
pub(crate) struct Stub {
    pub(crate) url: String,
    /// The requests read so far.
    pub(crate) requests: mpsc::UnboundedReceiver<String>,
}

/// Starts a stub on a free port.
pub(crate) async fn start(reply: Reply) -> Stub {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            // The body is JSON and ends with the outermost brace.
            while !request.ends_with(b"}") {
                match stream.read(&mut chunk).await {
                    Ok(length) if length > 0 => request.extend(chunk.iter().take(length)),
                    _ => break,
                }
            }
            let _unheard = seen.send(String::from_utf8_lossy(&request).into_owned());
            match &reply {
                Reply::Bytes(bytes) => {
                    let _gone = stream.write_all(bytes).await;
                }
                Reply::Endless(bytes) => while stream.write_all(bytes).await.is_ok() {},
                Reply::Silence => {
                    let _gone = stream.read(&mut chunk).await;
                }
            }
        }
    });
    Stub { url, requests }
}

/// An answer with a status and a body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    Reply::Bytes(text.into_bytes())
}
