//! Connections that their client keeps open without using them.
//!
//! The server library times the first head of a connection and its idle time, but neither a head
//! that dribbles in later, nor an answer that nobody reads, nor the rest of a body that nobody
//! wanted. So every connection is looked at from outside, too.

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

/// How often a connection is looked at within the time that it may be unused.
const LOOKS: u32 = 4;

/// How long a client that took too long may still read that it did.
const FAREWELL: Duration = Duration::from_secs(5);

/// One connection of a client.
pub(crate) struct Connection {
    /// A second handle, to hang up with.
    socket: TcpStream,
    /// Since when the client's next request is waited for; none while one is worked on.
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

/// Being worked for, however that ends.
struct AtWork(Arc<Connection>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.set(Some(Instant::now()));
    }
}

/// Called for every new connection: hangs up when for this long no request was worked on.
pub(crate) fn watch(limit: Duration) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync {
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
        rt::spawn(hang_up_when_unused(Arc::downgrade(&connection), limit));
        data.insert(connection);
    }
}

async fn hang_up_when_unused(connection: Weak<Connection>, limit: Duration) {
    loop {
        sleep(limit / LOOKS).await;
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

/// Notes that a request is worked on.
pub(crate) async fn apply(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    let at_work = connection.map(|connection| {
        connection.set(None);
        AtWork(connection)
    });
    let response = next.call(request).await?;
    if let Some(AtWork(connection)) = &at_work
        && response.status() == StatusCode::REQUEST_TIMEOUT
    {
        rt::spawn(hang_up_soon(Arc::downgrade(connection)));
    }
    Ok(response)
}

/// Nothing is to be expected from this client but more of the same.
async fn hang_up_soon(connection: Weak<Connection>) {
    sleep(FAREWELL).await;
    if let Some(connection) = connection.upgrade() {
        let _closed = connection.socket.shutdown(Shutdown::Both);
    }
}
