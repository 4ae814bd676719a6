//! Connections: how many there may be, and those that their client keeps open without using them.
//!
//! The server library times the first head of a connection and its idle time, but neither a
//! later head that arrives slowly, nor a response that nobody reads, nor the rest of a body that nobody
//! wanted. So every connection is watched from outside, too.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_codec::{AsyncRead, AsyncWrite, ReadBuf};
use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::rt;
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Instant, sleep};
use futures::task::AtomicWaker;

use crate::client_address::counted;

/// How often a connection is checked within the time that it may be unused.
const CHECKS: u32 = 4;

/// How long a client that timed out may still read the response that says so.
const CLOSE_GRACE_PERIOD: Duration = Duration::from_secs(5);

/// One connection of a client.
struct Connection {
    /// Set once: whoever reads or writes it next ends it.
    is_closed: AtomicBool,
    /// The task that reads and writes it.
    task: AtomicWaker,
    /// Since when the client's next request is awaited; none while one is in flight.
    waiting_since: Mutex<Option<Instant>>,
}

impl Connection {
    fn set(&self, waiting_since: Option<Instant>) {
        *self
            .waiting_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = waiting_since;
    }

    fn is_unused_for(&self, limit: Duration) -> bool {
        self.waiting_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some_and(|since| since.elapsed() > limit)
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.task.wake();
    }

    /// # Errors
    /// When it is to end.
    fn check(&self, context: &Context<'_>) -> io::Result<()> {
        self.task.register(context.waker());
        if self.is_closed.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

/// How many connections each address has.
#[derive(Debug)]
pub struct Admission {
    /// At most so many for one address; 0: no limit.
    per_address: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One of an address's connections, until it is dropped.
struct Place {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Admission {
    /// Nobody is connected yet.
    #[must_use]
    pub fn new(per_address: usize) -> Arc<Self> {
        Arc::new(Self {
            per_address,
            open: Mutex::default(),
        })
    }

    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        if self.per_address > 0 && *count >= self.per_address {
            return None;
        }
        *count += 1;
        Some(Place {
            admission: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let open = &self.admission.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// A client's connection, which ends from outside as well.
pub struct Watched {
    stream: TcpStream,
    connection: Arc<Connection>,
    _place: Option<Place>,
}

impl Watched {
    /// Watches a new connection, and closes it when no request was in flight for `limit`. None if
    /// its address has as many as it may; proxies are trusted to count for themselves.
    pub(crate) fn new(
        stream: TcpStream,
        limit: Duration,
        admission: &Arc<Admission>,
        is_proxy: bool,
    ) -> Option<Self> {
        let address = stream
            .peer_addr()
            .ok()
            .map(|peer| counted(peer.ip().to_canonical()));
        let place = match address.filter(|_| !is_proxy) {
            Some(address) => Some(admission.enter(address)?),
            None => None,
        };
        let connection = Arc::new(Connection {
            is_closed: AtomicBool::new(false),
            task: AtomicWaker::new(),
            waiting_since: Mutex::new(Some(Instant::now())),
        });
        rt::spawn(close_when_unused(Arc::downgrade(&connection), limit));
        Some(Self {
            stream,
            connection,
            _place: place,
        })
    }

    /// Makes the connection known to its requests.
    pub(crate) fn introduce(&self, data: &mut Extensions) {
        data.insert(Arc::clone(&self.connection));
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.connection.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.connection.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.connection.check(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.check(context)?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A request in flight, however it ends.
struct InFlight(Arc<Connection>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.set(Some(Instant::now()));
    }
}

async fn close_when_unused(connection: Weak<Connection>, limit: Duration) {
    loop {
        sleep(limit / CHECKS).await;
        let Some(connection) = connection.upgrade() else {
            return;
        };
        if connection.is_unused_for(limit) {
            connection.close();
            return;
        }
    }
}

/// Notes that a request is in flight.
///
/// # Errors
/// What the inner service fails with.
pub async fn track(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    let in_flight = connection.map(|connection| {
        connection.set(None);
        InFlight(connection)
    });
    let response = next.call(request).await?;
    if let Some(InFlight(connection)) = &in_flight
        && response.status() == StatusCode::REQUEST_TIMEOUT
    {
        rt::spawn(close_soon(Arc::downgrade(connection)));
    }
    Ok(response)
}

/// The client sends too slowly; it gets to read why, and the connection is closed.
async fn close_soon(connection: Weak<Connection>) {
    sleep(CLOSE_GRACE_PERIOD).await;
    if let Some(connection) = connection.upgrade() {
        connection.close();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_gets_them_back() {
        let admission = Admission::new(2);
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = admission.enter(one).unwrap();
        let _second = admission.enter(one).unwrap();
        assert!(admission.enter(one).is_none());
        assert!(admission.enter(other).is_some());
        drop(first);
        assert!(admission.enter(one).is_some());
        let free = Admission::new(0);
        let all: Vec<_> = (0..100)
            .map(|_| free.enter(Ipv4Addr::LOCALHOST.into()))
            .collect();
        assert!(all.iter().all(Option::is_some));
        drop(all);
        assert!(free.open.lock().unwrap().is_empty());
    }
}
