//! Listening, and losing power: the port stays ours also while nothing listens on it.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, oneshot};

use crate::server::accept;
use crate::server::tls::Identity;
use crate::shared::Shared;

/// Connections that the kernel keeps for us.
const BACKLOG: u32 = 1024;

/// Pause after a failed accept.
const AFTER_ERROR: std::time::Duration = std::time::Duration::from_millis(10);

/// How a router without power looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unplugged {
    /// Connections end, new ones are refused.
    #[default]
    Refused,
    /// Nothing is ever answered: open connections fall silent, new ones are never served.
    Silent,
}

/// What the port is told.
pub(crate) type Order = (Option<Unplugged>, oneshot::Sender<io::Result<()>>);

/// Starts to listen; port 0 for any free one.
pub(crate) fn open(address: SocketAddr) -> io::Result<TcpListener> {
    if address.port() != 0 {
        return bind(address)?.listen(BACKLOG);
    }
    // A port that the kernel picked at bind is not kept over a shutdown, one that was asked for
    // is: so let it pick one, and ask for that while it is held.
    let picked = bind(address)?;
    let listener = bind(picked.local_addr()?)?.listen(BACKLOG)?;
    drop(picked);
    Ok(listener)
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Ends listening at once and keeps the port, until `listener` is dropped. Closing alone would
/// not do: a process that is just being started holds a copy of every descriptor.
fn quieten(listener: &TcpListener) -> io::Result<()> {
    SockRef::from(listener).shutdown(Shutdown::Both)
}

/// Accepts connections until the simulator stops; obeys orders to lose power and get it back.
pub(crate) async fn run(
    shared: Arc<Shared>,
    mut listener: TcpListener,
    address: SocketAddr,
    tls: Option<Identity>,
    mut orders: mpsc::Receiver<Order>,
) {
    loop {
        tokio::select! {
            biased;
            () = shared.root.cancelled() => {
                // It is dropped next in any case.
                let _best_effort = quieten(&listener);
                return;
            }
            order = orders.recv() => {
                let Some((Some(how), done)) = order else {
                    if let Some((None, done)) = order {
                        // Has power already. Whoever asked may be gone; that is fine.
                        let _answered = done.send(Ok(()));
                        continue;
                    }
                    return;
                };
                match without_power(&shared, listener, address, how, done, &mut orders).await {
                    Some(plugged_in) => listener = plugged_in,
                    None => return,
                }
            }
            accepted = listener.accept() => {
                let Ok((stream, peer)) = accepted else {
                    // One connection that went away, or a full file table: not to be spun on.
                    tokio::time::sleep(AFTER_ERROR).await;
                    continue;
                };
                let power = shared.power();
                let served = accept::serve(Arc::clone(&shared), power, stream, peer, tls.clone());
                tokio::spawn(served);
            }
        }
    }
}

/// Stays without power until told otherwise.
async fn without_power(
    shared: &Shared,
    listener: TcpListener,
    address: SocketAddr,
    how: Unplugged,
    done: oneshot::Sender<io::Result<()>>,
    orders: &mut mpsc::Receiver<Order>,
) -> Option<TcpListener> {
    // Bound without listening: connections are refused and nobody else gets the port.
    let mut kept = None;
    let mut silent = None;
    let mut outcome = Ok(());
    match how {
        Unplugged::Refused => {
            match quieten(&listener).and_then(|()| bind(address)) {
                Ok(socket) => kept = Some(socket),
                Err(error) => outcome = Err(error),
            }
            drop(listener);
            shared.kill_connections();
        }
        Unplugged::Silent => {
            shared.freeze_connections();
            silent = Some(listener);
        }
    }
    let _answered = done.send(outcome);
    loop {
        let order = tokio::select! {
            biased;
            () = shared.root.cancelled() => return None,
            order = orders.recv() => order?,
        };
        let (None, done) = order else {
            let _answered = order.1.send(Ok(()));
            continue;
        };
        shared.kill_connections();
        let socket = match (kept.take(), silent.take()) {
            (Some(socket), _) => Ok(socket),
            // A new listener, so that connections made meanwhile are reset as after a reboot.
            (None, Some(listener)) => quieten(&listener).and_then(|()| bind(address)),
            (None, None) => bind(address),
        };
        match socket.and_then(|socket| socket.listen(BACKLOG)) {
            Ok(listener) => {
                let _answered = done.send(Ok(()));
                return Some(listener);
            }
            Err(error) => {
                let _answered = done.send(Err(error));
            }
        }
    }
}
