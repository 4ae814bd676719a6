//! A new connection, from TCP to its first command.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, split};
use tokio::net::TcpStream;

use crate::replies::Replies;
use crate::server::tls::Identity;
use crate::session::conn::{Conn, Io};
use crate::session::reader;
use crate::settings::Denial;
use crate::shared::{Power, Shared};
use crate::sync::lock;

/// A fatal handshake failure, as a router without a certificate answers.
const ALERT_40: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];

/// Serves a connection to its end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    power: Power,
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Identity>,
) {
    let id = shared.next_connection();
    let open = Open::count(&shared);
    let denial = denial(&shared);
    if denial.is_some() {
        shared
            .tally
            .note(|counters| counters.denied_connections += 1);
    }
    shared.transcript.event(
        id,
        &match denial {
            Some(denial) => format!("connection from {peer}, turned away: {denial:?}"),
            None => format!("connection from {peer}"),
        },
    );
    // Small sentences must not wait for each other.
    let _best_effort = stream.set_nodelay(true);
    match denial {
        Some(Denial::Eof) => return,
        Some(Denial::Reset) => {
            let _best_effort = stream.set_zero_linger();
            return;
        }
        Some(Denial::Fatal | Denial::Silence) | None => {}
    }
    let io = tokio::select! {
        biased;
        () = power.kill.cancelled() => None,
        io = secure(stream, tls) => io,
    };
    let Some(io) = io else {
        shared.transcript.event(id, "TLS handshake failed");
        return;
    };
    let (mut input, output) = split(io);
    let conn = Arc::new(Conn::new(id, shared, power, peer.ip().to_string(), output));
    match denial {
        Some(Denial::Fatal) => {
            let last_words = Replies::fatal("too many sessions");
            // Whether it arrives is the client's concern.
            let _gone = conn.send(last_words.bytes()).await;
            conn.close().await;
        }
        Some(_) => {
            let _gone = reader::swallow(&conn, &mut input).await;
            conn.close().await;
        }
        None => reader::serve(&conn, input).await,
    }
    drop(open);
}

/// Whether a connection is turned away: by a fault, or because there are too many.
fn denial(shared: &Shared) -> Option<Denial> {
    shared.faults.deny().or_else(|| {
        let open = shared.tally.read().open_connections;
        let router = lock(&shared.router);
        let most = u64::try_from(router.settings.max_sessions?).unwrap_or(u64::MAX);
        (open > most).then_some(router.settings.over_max_sessions)
    })
}

/// Shakes hands; `None` when that fails.
async fn secure(mut stream: TcpStream, tls: Option<Identity>) -> Option<Box<dyn Io>> {
    let Some(identity) = tls else {
        return Some(Box::new(stream));
    };
    if let Some(acceptor) = identity.acceptor {
        let stream = acceptor.accept(stream).await.ok()?;
        return Some(Box::new(stream));
    }
    // Whatever the client says first, it is told that no cipher suits.
    let mut hello = [0; 4096];
    if stream.read(&mut hello).await.ok()? > 0 {
        stream.write_all(&ALERT_40).await.ok()?;
        stream.shutdown().await.ok()?;
    }
    None
}

/// Counts a connection as open as long as it lives.
struct Open(Arc<Shared>);

impl Open {
    fn count(shared: &Arc<Shared>) -> Self {
        shared.tally.note(|counters| {
            counters.connections += 1;
            counters.open_connections += 1;
            counters.peak_connections = counters.peak_connections.max(counters.open_connections);
        });
        Self(Arc::clone(shared))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.tally.note(|counters| {
            counters.open_connections = counters.open_connections.saturating_sub(1);
        });
    }
}
