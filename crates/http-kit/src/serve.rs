//! The server around an application: like the library's own, but every connection is watched.

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use ipnet::IpNet;

use crate::connection::{Admission, Watched};

/// How long an idle connection is kept: longer than load balancers usually do, so that none sends
/// a request down a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Seconds that requests under way have at the end.
const SHUTDOWN: u64 = 120;

/// What connections may do.
#[derive(Debug, Clone)]
pub struct Connections {
    /// At most so many at once; further ones wait to be accepted.
    pub at_once: usize,
    /// Of one address.
    pub admission: Arc<Admission>,
    /// Addresses that connect for others.
    pub proxies: Vec<IpNet>,
    /// How long a request's head may take.
    pub head: Duration,
    /// How long a connection may be without a request in flight.
    pub unused: Duration,
}

/// Serves an application on a bound listener. The caller handles signals.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve<F, I, S, B>(
    listener: TcpListener,
    connections: &Connections,
    application: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let builder = ServerBuilder::default();
    let stopping = builder.graceful_shutdown_signal();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let connections = connections.clone();
    let per_worker = (connections.at_once / workers).max(1);
    let address = listener.local_addr()?;
    let builder = builder
        .workers(workers)
        .max_concurrent_connections(per_worker)
        .shutdown_timeout(SHUTDOWN)
        .disable_signals();
    let builder = builder.listen(format!("http-{address}"), listener, move || {
        let stopping = stopping.clone();
        let application = application()
            .into_factory()
            .map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(connections.head)
            .local_addr(address)
            .on_connect_ext(|stream: &Watched, data: &mut _| stream.introduce(data))
            .finish(map_config(application, |()| AppConfig::default()));
        let connections = connections.clone();
        fn_service(move |stream: TcpStream| {
            let watched = watch(stream, &connections);
            async move { watched }
        })
        .and_then(http.map_err(|error| tracing::debug!(%error, "a connection ended badly")))
    })?;
    Ok(builder.run())
}

type Accepted = (Watched, Protocol, Option<std::net::SocketAddr>);

fn watch(stream: TcpStream, connections: &Connections) -> Result<Accepted, ()> {
    // Small responses leave at once; without this they still leave.
    let _kept = stream.set_nodelay(true);
    let peer = stream.peer_addr().ok();
    let is_proxy = peer.is_some_and(|peer| {
        let address = peer.ip().to_canonical();
        connections
            .proxies
            .iter()
            .any(|network| network.contains(&address))
    });
    let admission = &connections.admission;
    let Some(watched) = Watched::new(stream, connections.unused, admission, is_proxy) else {
        tracing::debug!(?peer, "the address has too many connections");
        return Err(());
    };
    Ok((watched, Protocol::Http1, peer))
}
