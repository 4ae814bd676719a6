//! Connections that their client keeps open without using them.
//!
//! The server library times the first head of a connection and its idle time, but neither a
//! later head that arrives slowly, nor a response that nobody reads, nor the rest of a body that nobody
//! wanted. So every connection is watched from outside, too.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::rt;
use actix_web::rt::time::{Instant, sleep};

/// How often a connection is checked within the time that it may be unused.
const CHECKS: u32 = 4;

/// How long a client that timed out may still read the response that says so.
const CLOSE_GRACE_PERIOD: Duration = Duration::from_secs(5);

/// One connection of a client.
struct Connection {
    /// A second handle, to close it with.
    socket: TcpStream,
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
}

/// A request in flight, however it ends.
struct InFlight(Arc<Connection>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.set(Some(Instant::now()));
    }
}

/// To be called for every new connection: closes it when no request was in flight for this long.
pub fn watch(limit: Duration) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync {
    move |stream, data| {
        let Some(stream) = stream.downcast_ref::<rt::net::TcpStream>() else {
            return;
        };
        // Without a handle to spare there are still the server's own time limits.
        let Ok(handle) = stream.as_fd().try_clone_to_owned() else {
            return;
        };
        let connection = Arc::new(Connection {
            socket: TcpStream::from(handle),
            waiting_since: Mutex::new(Some(Instant::now())),
        });
        rt::spawn(close_when_unused(Arc::downgrade(&connection), limit));
        data.insert(connection);
    }
}

async fn close_when_unused(connection: Weak<Connection>, limit: Duration) {
    loop {
        sleep(limit / CHECKS).await;
        let Some(connection) = connection.upgrade() else {
            return;
        };
        if connection.is_unused_for(limit) {
            // It may be gone already.
            let _closed = connection.socket.shutdown(Shutdown::Both);
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
        let _closed = connection.socket.shutdown(Shutdown::Both);
    }
}
