//! A router that does what the test says, over any stream.

use routeros_client::ConnectOptions;
use routeros_client::Row;
use routeros_client::connect_over;
use routeros_client::proto::decoder::Decoder;
use routeros_client::proto::limits::Limits;
use routeros_client::proto::reply::{ReplyKind, write};
use routeros_client::proto::request::CommandRef;
use routeros_client::{CallError, CallErrorKind, Client};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};

pub(crate) use ReplyKind::{Done, Empty, Re, Trap};

/// A command as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) path: String,
    pub(crate) tag: Vec<u8>,
    pub(crate) attributes: Row,
}

impl Ask {
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let value = self.attributes.get(name)?;
        Some(value.lossy().into_owned())
    }
}

pub(crate) struct Router<S = DuplexStream> {
    stream: S,
    decoder: Decoder,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Router<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            decoder: Decoder::new(Limits::client()),
        }
    }

    /// The next command; `None` when the client is gone.
    pub(crate) async fn ask(&mut self) -> Option<Ask> {
        loop {
            if let Some(sentence) = self.decoder.next_sentence().unwrap() {
                let command = CommandRef::parse(sentence).unwrap();
                return Some(Ask {
                    path: String::from_utf8_lossy(command.path()).into_owned(),
                    tag: command.tag().unwrap_or_default().to_vec(),
                    attributes: command.attributes().to_owned(),
                });
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.decoder.feed(&chunk[..count]),
            }
        }
    }

    /// The next command, which must have this path.
    pub(crate) async fn expect(&mut self, path: &str) -> Ask {
        let ask = self.ask().await.expect("the client is still there");
        assert_eq!(ask.path, path);
        ask
    }

    pub(crate) async fn answer(
        &mut self,
        to: &Ask,
        kind: ReplyKind<'_>,
        attributes: &[(&str, &str)],
    ) {
        let mut bytes = Vec::new();
        let mut writer = write(&mut bytes, kind, &to.tag);
        for (name, value) in attributes {
            writer = writer.attribute(name, value);
        }
        writer.finish().unwrap();
        self.send(&bytes).await;
    }

    /// Sends bytes; the client may be gone.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        drop(self.stream.write_all(bytes).await);
    }

    /// Lets one client in.
    pub(crate) async fn let_in(&mut self) {
        let login = self.expect("/login").await;
        self.answer(&login, Done, &[]).await;
    }

    /// The bare stream, to do with as one likes.
    pub(crate) fn into_stream(self) -> S {
        self.stream
    }

    /// Answers everything with `!done` until the client goes.
    pub(crate) async fn serve(&mut self) {
        while let Some(ask) = self.ask().await {
            self.answer(&ask, Done, &[]).await;
        }
    }
}

/// The outcome with only what happened of its error.
pub(crate) fn kind<T>(outcome: Result<T, CallError>) -> Result<T, CallErrorKind> {
    outcome.map_err(|error| error.kind().clone())
}

pub(crate) fn options() -> ConnectOptions {
    ConnectOptions::new("127.0.0.1", 8728, "api", "secret")
}

/// A client that is logged in, and its router.
pub(crate) async fn pair() -> (Client, Router) {
    pair_with(options()).await
}

pub(crate) async fn pair_with(options: ConnectOptions) -> (Client, Router) {
    let (near, far) = duplex(1 << 20);
    let mut router = Router::new(far);
    let (client, ()) = tokio::join!(connect_over(near, &options), router.let_in());
    (client.unwrap(), router)
}
