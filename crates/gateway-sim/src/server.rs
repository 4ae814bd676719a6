//! The running sandbox: connections, control port, webhook deliveries.

pub(crate) mod control;
pub(crate) mod hub;
pub(crate) mod process;
pub(crate) mod sandbox;
pub(crate) mod webhooks;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request as HttpRequest, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::gateway::Gateway;
use crate::core::http::{Reply, Request};
use crate::server::hub::Hub;
use crate::server::process::ConnectionOutcome;

const MAX_BODY: usize = 1_048_576;

/// Binds a listener.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Accepts connections for one service until the sandbox stops.
pub(crate) async fn listen(
    listener: TcpListener,
    gateway: Gateway,
    hub: Arc<Hub>,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = hub.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        // A failed accept concerns one connection only.
        if let Ok((socket, _)) = accepted {
            tasks.spawn(connection(socket, gateway, Arc::clone(&hub), tasks.clone()));
        }
    }
}

async fn connection(socket: TcpStream, gateway: Gateway, hub: Arc<Hub>, tasks: TaskTracker) {
    // Small answers must not wait for the other side's acknowledgement; without it they are
    // slower, not wrong.
    let _: io::Result<()> = socket.set_nodelay(true);
    let broken = CancellationToken::new();
    let service = service_fn(|request| {
        answer(
            request,
            gateway,
            Arc::clone(&hub),
            broken.clone(),
            tasks.clone(),
        )
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    let served = builder.serve_connection(TokioIo::new(socket), service);
    // Leaving this function drops the socket: that is how a connection breaks off.
    tokio::select! {
        () = hub.stop.cancelled() => {}
        () = broken.cancelled() => {}
        _ = served => {}
    }
}

async fn answer(
    request: HttpRequest<Incoming>,
    gateway: Gateway,
    hub: Arc<Hub>,
    broken: CancellationToken,
    tasks: TaskTracker,
) -> Result<Response, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), MAX_BODY).await else {
        return Ok(written(
            &Reply::json(413, serde_json::json!({})),
            Body::empty(),
        ));
    };
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect(),
        headers: head.headers,
        body,
    };
    // A task of its own: a caller who hangs up does not undo what was begun.
    let stop = hub.stop.clone();
    let work = tasks.spawn(async move {
        tokio::select! {
            () = stop.cancelled() => ConnectionOutcome::Close,
            outcome = process::process(hub, gateway, request) => outcome,
        }
    });
    match work.await {
        Ok(ConnectionOutcome::Answer(reply)) => {
            let text = reply.body.to_string();
            Ok(written(&reply, Body::from(text)))
        }
        Ok(ConnectionOutcome::Raw(reply, bytes)) => Ok(written(&reply, Body::from(bytes))),
        Ok(ConnectionOutcome::Cut(reply)) => {
            let mut text = reply.body.to_string().into_bytes();
            text.truncate(text.len() / 2);
            let broken_off = io::Error::from(io::ErrorKind::ConnectionReset);
            let parts = stream::iter([Ok(Bytes::from(text)), Err(broken_off)]);
            Ok(written(&reply, Body::from_stream(parts)))
        }
        Ok(ConnectionOutcome::Silence) => std::future::pending().await,
        Ok(ConnectionOutcome::Close) | Err(_) => {
            broken.cancel();
            std::future::pending().await
        }
    }
}

fn written(reply: &Reply, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}
