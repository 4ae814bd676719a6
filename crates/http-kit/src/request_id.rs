//! `X-Request-Id`: in, out, and in every log line of the request.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::rt::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

use crate::client_address::client_address;
use crate::settings::Settings;

const NAME: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids of callers are replaced by ours.
const MAX_LENGTH: usize = 64;

/// Gives every request an id: the one that it came with, or a new one.
///
/// # Errors
/// What the inner service fails with.
pub async fn assign(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let sent = request
        .headers()
        .get(&NAME)
        .and_then(|value| value.to_str().ok());
    let id = match sent {
        Some(id) if (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_harmless) => {
            id.to_owned()
        }
        _ => Settings::of(request.request())
            .map(|settings| (settings.new_request_id)())
            .unwrap_or_default(),
    };
    let method = request.method().clone();
    // The path without its query: tokens of purchases are the only secrets in paths, so those
    // routes are named by their pattern.
    let route = request.match_pattern().unwrap_or_else(|| "-".to_owned());
    let client = client_address(request.request()).map(tracing::field::display);
    // Who calls, and what it is about, is known later: whoever learns it records it.
    let span = tracing::info_span!(
        "request",
        id,
        %method,
        route,
        client,
        caller = Empty,
        tenant = Empty,
        purchase = Empty,
    );
    let began = Instant::now();
    let mut response = next.call(request).instrument(span.clone()).await?;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, duration_ms, "request finished"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(NAME, value);
    }
    Ok(response)
}

const fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}
