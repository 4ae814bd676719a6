//! Bodies that are too large or never end: a client that sends a byte a second would hold a
//! connection, and what was read of the body, for days.

use std::future::Future;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut};
use futures::StreamExt;

use crate::settings::{Settings, Timeouts};

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It did not end in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// It has more bytes than allowed.
    #[error("the body is too large")]
    TooLarge,
    /// The connection broke off, or the framing was wrong.
    #[error("the body arrived incomplete")]
    Incomplete,
}

/// How long the body of this request may take.
#[must_use]
pub fn body_timeout(request: &HttpRequest) -> Duration {
    Settings::of(request).map_or_else(
        || Timeouts::default().body,
        |settings| settings.timeouts.body,
    )
}

/// What is read, if it is read in time.
///
/// # Errors
/// [`BodyError::TooSlow`], or what reading itself fails with.
pub async fn in_time<T, E: From<BodyError>>(
    limit: Duration,
    reading: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    timeout(limit, reading)
        .await
        .unwrap_or_else(|_elapsed| Err(BodyError::TooSlow.into()))
}

/// A whole body of at most `max` bytes.
///
/// # Errors
/// [`BodyError::TooLarge`], [`BodyError::Incomplete`].
pub async fn collect(mut payload: Payload, max: usize) -> Result<Bytes, BodyError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_broken| BodyError::Incomplete)?;
        if body.len().saturating_add(chunk.len()) > max {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
