//! A client that shows everything and hides nothing: no tags of its own, no retries.

use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::decoder::Decoder;
use routeros_proto::limits::Limits;
use routeros_proto::login::challenge_response;
use routeros_proto::reply::{ReplyKind, ReplyRef};
use routeros_sim::Simulator;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// A bound on every wait, so that a fault in the simulator fails a test and does not hang it.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// One reply, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) kind: String,
    pub(crate) tag: String,
    pub(crate) words: Vec<(String, Vec<u8>)>,
    pub(crate) reason: String,
}

impl Reply {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.bytes(name)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.words
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_slice())
    }

    pub(crate) fn message(&self) -> &str {
        self.get("message").unwrap_or_default()
    }
}

/// All replies to one command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer(pub(crate) Vec<Reply>);

impl Answer {
    pub(crate) fn rows(&self) -> Vec<&Reply> {
        self.0.iter().filter(|reply| reply.kind == "!re").collect()
    }

    pub(crate) fn row(&self) -> &Reply {
        let rows = self.rows();
        assert_eq!(rows.len(), 1, "one row in {self:?}");
        rows[0]
    }

    pub(crate) fn kinds(&self) -> Vec<&str> {
        self.0.iter().map(|reply| reply.kind.as_str()).collect()
    }

    pub(crate) fn trap(&self) -> &str {
        self.0
            .iter()
            .find(|reply| reply.kind == "!trap")
            .unwrap_or_else(|| panic!("a trap in {self:?}"))
            .message()
    }

    /// `ret` of a command that must have succeeded.
    pub(crate) fn ret(&self) -> &str {
        assert_eq!(self.kinds(), ["!done"], "{self:?}");
        self.0[0].get("ret").expect("a ret")
    }

    pub(crate) fn ok(&self) {
        assert_eq!(self.kinds(), ["!done"], "{self:?}");
    }
}

pub(crate) struct Client {
    io: Box<dyn Io>,
    decoder: Decoder,
}

impl Client {
    /// Connects and logs in as `admin`.
    pub(crate) async fn admin(router: &Simulator) -> Self {
        let mut client = Self::connect(router).await;
        let answer = client.run(&login("admin", "")).await;
        if let Some(challenge) = answer.0[0].get("ret") {
            let response = challenge_response(b"", challenge.as_bytes()).expect("a challenge");
            let respond = command("/login", &[("name", "admin")]).attribute("response", response);
            client.run(&respond).await.ok();
        } else {
            answer.ok();
        }
        client
    }

    pub(crate) async fn connect(router: &Simulator) -> Self {
        let stream = TcpStream::connect(router.addr()).await.expect("connect");
        stream.set_nodelay(true).expect("nodelay");
        Self::over(stream)
    }

    pub(crate) fn over(io: impl Io + 'static) -> Self {
        Self {
            io: Box::new(io),
            decoder: Decoder::new(Limits::client()),
        }
    }

    pub(crate) async fn send(&mut self, command: &Command, tag: &str) {
        let mut bytes = Vec::new();
        let tag = (!tag.is_empty()).then_some(tag.as_bytes());
        command.encode(tag, &mut bytes).expect("a good command");
        self.send_bytes(&bytes).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.expect("write");
        self.io.flush().await.expect("flush");
    }

    /// Some bytes as they come; empty at the end of the stream, also when that is a reset.
    pub(crate) async fn read_bytes(&mut self) -> Vec<u8> {
        let mut buffer = vec![0; 65_536];
        let read = tokio::time::timeout(PATIENCE, self.io.read(&mut buffer));
        let count = read.await.expect("bytes in time").unwrap_or(0);
        buffer.truncate(count);
        buffer
    }

    /// All bytes up to the end of the stream.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let bytes = self.read_bytes().await;
            if bytes.is_empty() {
                return all;
            }
            all.extend(bytes);
        }
    }

    /// The next reply; `None` at the end of the stream.
    pub(crate) async fn try_next(&mut self) -> Option<Reply> {
        loop {
            if let Some(sentence) = self.decoder.next_sentence().expect("a good stream") {
                let reply = ReplyRef::parse(sentence).expect("a reply");
                let fatal = reply.kind() == ReplyKind::Fatal;
                return Some(Reply {
                    kind: String::from_utf8_lossy(reply.kind().as_bytes()).into_owned(),
                    tag: String::from_utf8_lossy(reply.tag().unwrap_or_default()).into_owned(),
                    words: reply
                        .row()
                        .attributes()
                        .map(|(name, value)| {
                            let name = String::from_utf8_lossy(name).into_owned();
                            (name, value.as_bytes().to_vec())
                        })
                        .collect(),
                    reason: if fatal {
                        reply.reason().lossy().into_owned()
                    } else {
                        String::new()
                    },
                });
            }
            let bytes = self.read_bytes().await;
            if bytes.is_empty() {
                return None;
            }
            self.decoder.feed(&bytes);
        }
    }

    pub(crate) async fn next(&mut self) -> Reply {
        self.try_next().await.expect("another reply")
    }

    /// Replies up to the end of a command with this tag.
    pub(crate) async fn answer(&mut self, tag: &str) -> Answer {
        let mut replies = Vec::new();
        loop {
            let reply = self.next().await;
            let over = reply.kind == "!done" && reply.tag == tag;
            replies.push(reply);
            if over {
                return Answer(replies);
            }
        }
    }

    /// Sends an untagged command and takes its whole answer.
    pub(crate) async fn run(&mut self, command: &Command) -> Answer {
        self.send(command, "").await;
        self.answer("").await
    }

    /// The same for a command without attributes.
    pub(crate) async fn call(&mut self, path: &str) -> Answer {
        self.run(&Command::new(path)).await
    }

    /// The same with attributes.
    pub(crate) async fn with(&mut self, path: &str, attributes: &[(&str, &str)]) -> Answer {
        self.run(&command(path, attributes)).await
    }
}

pub(crate) fn command(path: &str, attributes: &[(&str, &str)]) -> Command {
    attributes
        .iter()
        .fold(Command::new(path), |command, (name, value)| {
            command.attribute(name, value)
        })
}

pub(crate) fn login(user: &str, password: &str) -> Command {
    command("/login", &[("name", user), ("password", password)])
}
