//! Sending notices, one after the other, over plain HTTP.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::hub::Hub;
use crate::webhooks::build::{self, Outgoing};
use crate::webhooks::order::{Delivery, SendOrder};

/// The services wait 22 seconds at most.
const PATIENCE: Duration = Duration::from_secs(22);
const MAX_ANSWER: usize = 65_536;

/// Sends what the order asks for, in order, each after the answer to the one before.
///
/// # Errors
/// A notice has no address to go to; nothing was sent then.
pub(crate) async fn send(hub: &Hub, order: &SendOrder) -> Result<Vec<Delivery>, String> {
    let requests = build::outgoing(&mut hub.state(), order)?;
    let mut deliveries = Vec::new();
    for request in requests {
        let result = tokio::time::timeout(PATIENCE, post(&request)).await;
        let (status, error) = match result {
            Ok(Ok(status)) => (Some(status), None),
            Ok(Err(error)) => (None, Some(error)),
            Err(_) => (None, Some("no answer in time".to_owned())),
        };
        if let Some(seq) = request.seq {
            hub.state().notices.note_sent(seq);
        }
        deliveries.push(Delivery {
            event_id: request.event_id,
            event: request.event,
            url: request.url,
            status,
            error,
        });
        hub.changed();
    }
    Ok(deliveries)
}

async fn post(request: &Outgoing) -> Result<u16, String> {
    let url = url::Url::parse(&request.url).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Err("only http addresses are served".to_owned());
    }
    let host = url.host_str().ok_or("the address has no host")?;
    let port = url
        .port_or_known_default()
        .ok_or("the address has no port")?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let socket = TcpStream::connect((bare, port))
        .await
        .map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(socket))
        .await
        .map_err(|error| error.to_string())?;
    let path = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    let mut head = hyper::Request::post(path)
        .header(HOST, format!("{host}:{port}"))
        .header(USER_AGENT, "gateway-sim");
    for (name, value) in &request.headers {
        head = head.header(*name, value);
    }
    let full = head
        .body(Full::new(Bytes::from(request.body.clone())))
        .map_err(|error| error.to_string())?;
    let exchange = async {
        let answer = sender
            .send_request(full)
            .await
            .map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        // Read to the end, so that the other side can finish; what it says does not matter.
        let _: Result<_, _> = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        Ok(status)
    };
    tokio::pin!(connection, exchange);
    tokio::select! {
        result = &mut exchange => result,
        ended = &mut connection => match ended {
            // The connection may end right after the answer arrived.
            Ok(()) => exchange.await,
            Err(error) => Err(error.to_string()),
        },
    }
}
