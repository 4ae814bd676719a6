//! The control port: HTTP with JSON, for demos and for tests in other languages.

mod answer;
mod calls;
mod guide;
mod state;

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::{delete, get, post};
use tokio::net::TcpListener;

use crate::simulator::Simulator;

/// A control port that is bound but not served yet.
#[derive(Debug)]
pub struct Control {
    listener: TcpListener,
    address: SocketAddr,
}

/// Binds a control port; port 0 for any free one.
///
/// # Errors
/// When the address cannot be bound.
pub async fn bind(address: SocketAddr) -> io::Result<Control> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok(Control { listener, address })
}

impl Control {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` ends.
    ///
    /// # Errors
    /// When the port cannot be served any longer.
    pub async fn serve(
        self,
        router: Simulator,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        axum::serve(self.listener, routes(router))
            .with_graceful_shutdown(stop)
            .await
    }
}

fn routes(router: Simulator) -> Router {
    Router::new()
        .route("/", get(guide::guide))
        .route("/health", get(guide::health))
        .route("/state", get(state::state))
        .route("/menu/{*path}", get(state::menu).post(calls::add_item))
        .route(
            "/counters",
            get(state::counters).delete(calls::reset_counters),
        )
        .route("/transcript", get(state::transcript))
        .route(
            "/faults",
            get(state::faults)
                .post(calls::inject)
                .delete(calls::clear_faults),
        )
        .route("/faults/{id}", delete(calls::clear_fault))
        .route("/faults/{id}/release", post(calls::release))
        .route("/clock", get(state::clock).post(calls::advance))
        .route("/settings", get(state::settings).put(calls::settings))
        .route("/power", post(calls::power))
        .route("/restore", post(calls::restore))
        .route("/connections", delete(calls::drop_connections))
        .route("/hosts", post(calls::add_host))
        .route("/hosts/{address}", delete(calls::remove_host))
        .route("/users", post(calls::add_user))
        .route("/users/fill", post(calls::fill_users))
        .route("/users/{name}", delete(calls::remove_user))
        .route("/profiles", post(calls::add_profile))
        .route("/profiles/{name}", delete(calls::remove_profile))
        .route("/devices/{address}/login", post(calls::portal_login))
        .route("/devices/{address}/return", post(calls::device_returns))
        .route("/devices/{address}/traffic", post(calls::traffic))
        .with_state(router)
}
