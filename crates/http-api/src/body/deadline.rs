//! Bodies that never end: a client that sends a byte a second would hold a connection, and what
//! was read of the body, for days.

use std::future::Future;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};

use crate::error::ApiError;
use crate::state::{State, Timeouts};

/// How long the body of this request may take.
pub(crate) fn body_timeout(request: &HttpRequest) -> Duration {
    let state = request.app_data::<web::Data<State>>();
    state.map_or_else(
        || Timeouts::default().body,
        |state| state.config.timeouts.body,
    )
}

/// What is read, if it is read in time.
///
/// # Errors
/// `408`, or what reading itself fails with.
pub(crate) async fn in_time<T>(
    limit: Duration,
    reading: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    timeout(limit, reading).await.unwrap_or_else(|_elapsed| {
        Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "La solicitud tardó demasiado en llegar. Revise su conexión e intente de nuevo.",
        ))
    })
}
