//! The protocol's state machine on a byte stream.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::{CallId, CallOptions, Config, Connection, SubmitError};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout};

use crate::error::End;
use crate::login_failure::Head;

/// Bytes read at once. On the stack: an idle connection holds no read buffer.
const CHUNK: usize = 16 << 10;
/// How long closing the stream may take.
const CLOSE_GRACE_PERIOD: Duration = Duration::from_secs(1);

/// A connection and the stream that carries it.
pub(crate) struct Link<S> {
    stream: S,
    connection: Connection,
    started: Instant,
    /// Bytes that the stream took, ever.
    written: u64,
    /// Bytes that the stream gave, ever.
    received: u64,
    /// The stream may hold bytes back that it took.
    unflushed: bool,
    error: Option<io::ErrorKind>,
    head: Head,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    pub(crate) fn new(stream: S, config: Config) -> Self {
        Self {
            stream,
            connection: Connection::new(config),
            started: Instant::now(),
            written: 0,
            received: 0,
            unflushed: false,
            error: None,
            head: Head::default(),
        }
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The time in the connection's terms.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// When the connection wants to be told the time.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let after = self.connection.poll_timeout()?;
        self.started.checked_add(after)
    }

    pub(crate) fn tell_time(&mut self) {
        let now = self.now();
        self.connection.handle_timeout(now);
    }

    /// Submits a command. Also returns the stream offset of its end: before this many bytes are
    /// written, the router cannot execute it.
    pub(crate) fn submit(
        &mut self,
        command: &Command,
        options: CallOptions,
    ) -> Result<(CallId, u64), SubmitError> {
        let now = self.now();
        let id = self.connection.submit(command, options, now)?;
        let queued = u64::try_from(self.connection.poll_transmit().len()).unwrap_or(u64::MAX);
        Ok((id, self.written.saturating_add(queued)))
    }

    pub(crate) fn cancel(&mut self, id: CallId) {
        let now = self.now();
        self.connection.cancel(id, now);
    }

    pub(crate) fn abandon(&mut self, id: CallId) {
        let now = self.now();
        self.connection.abandon(id, now);
    }

    /// Bytes that the stream took, ever.
    pub(crate) const fn written(&self) -> u64 {
        self.written
    }

    /// Bytes that the stream gave, ever.
    pub(crate) const fn received(&self) -> u64 {
        self.received
    }

    pub(crate) const fn head(&self) -> Head {
        self.head
    }

    /// Whether everything queued has gone.
    pub(crate) fn is_flushed(&self) -> bool {
        !self.unflushed && self.connection.poll_transmit().is_empty()
    }

    pub(crate) const fn error(&self) -> Option<io::ErrorKind> {
        self.error
    }

    /// How the connection ended; for use once it has.
    pub(crate) fn end(&self) -> End {
        End::new(self.connection.close_reason(), self.error)
    }

    /// Writes what is queued and, if `reading`, takes what has arrived. Ready when there may be
    /// events.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, reading: bool) -> Poll<()> {
        if self.error.is_none()
            && let Poll::Ready(Err(error)) = self.poll_write(cx)
        {
            self.error = Some(error.kind());
        }
        if reading {
            match self.poll_read(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(()),
                Poll::Ready(Err(error)) => {
                    self.error.get_or_insert(error.kind());
                }
                Poll::Pending => {}
            }
        }
        if self.error.is_some() && self.connection.close_reason().is_none() {
            // What the router said before it went was read above.
            self.connection.abort();
            return Poll::Ready(());
        }
        Poll::Pending
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let pending = self.connection.poll_transmit();
            if pending.is_empty() {
                break;
            }
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, pending))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.connection.transmitted(count);
            self.unflushed = true;
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            self.written = self.written.saturating_add(count);
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut storage = [MaybeUninit::<u8>::uninit(); CHUNK];
        let mut buffer = ReadBuf::uninit(&mut storage);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        let bytes = buffer.filled();
        if bytes.is_empty() {
            self.connection.handle_eof();
        } else {
            self.head.note(bytes);
            let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.received = self.received.saturating_add(count);
            let now = self.now();
            if self.connection.handle_input(bytes, now).is_err() {
                // Cannot be: nothing is read before all events were polled. Losing bytes
                // silently is the one thing that must not happen.
                self.connection.abort();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Closes the stream politely, within bounds.
    pub(crate) async fn close(&mut self) {
        // The peer may be gone already; there is nothing left to lose.
        drop(timeout(CLOSE_GRACE_PERIOD, self.stream.shutdown()).await);
    }
}
