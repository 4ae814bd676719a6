//! The body as it was sent. It is read beside authentication and checked after it: a bad body with a
//! bad credential gets `401`.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use http_kit::body::{BodyError, body_timeout, collect, in_time};
use serde_json::Value;

use crate::body::fields::Fields;
use crate::error::{ApiError, Problem};

/// Largest JSON body.
const MAX_JSON: usize = 1024 * 1024;
/// Largest event from a gateway.
pub(crate) const MAX_EVENT: usize = 64 * 1024;

/// The body of a request, at most [`MAX_JSON`] bytes; the extractor itself never fails.
pub(crate) struct RawBody(Result<Bytes, ApiError>);

impl RawBody {
    /// The bytes.
    ///
    /// # Errors
    /// `413` when there are more than `limit`, `408` when they took too long, `400` when the
    /// connection broke off.
    pub(crate) fn bytes(self, limit: usize) -> Result<Bytes, ApiError> {
        let bytes = self.0?;
        if bytes.len() > limit {
            Err(BodyError::TooLarge.into())
        } else {
            Ok(bytes)
        }
    }

    /// The fields of a JSON object.
    ///
    /// # Errors
    /// `413`, or `422` for anything but an object.
    pub(crate) fn fields(self) -> Result<Fields, ApiError> {
        let bytes = self.bytes(MAX_JSON)?;
        object(&bytes)
    }

    /// The fields of a JSON object, or none for an empty body.
    ///
    /// # Errors
    /// As [`RawBody::fields`].
    pub(crate) fn optional_fields(self) -> Result<Fields, ApiError> {
        let bytes = self.bytes(MAX_JSON)?;
        if bytes.is_empty() {
            Ok(Fields::empty("body"))
        } else {
            object(&bytes)
        }
    }
}

fn object(bytes: &[u8]) -> Result<Fields, ApiError> {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Object(map)) => Ok(Fields::new("body", map)),
        Ok(_) => Err(ApiError::invalid(&[Problem::of_body(
            "dict_type",
            "El cuerpo debe ser un objeto JSON",
        )])),
        Err(_) => Err(ApiError::invalid(&[Problem::of_body(
            "json_invalid",
            "El cuerpo no es JSON válido",
        )])),
    }
}

impl FromRequest for RawBody {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        let limit = body_timeout(request);
        Box::pin(async move {
            let read = in_time(limit, collect(payload, MAX_JSON)).await;
            Ok(Self(read.map_err(ApiError::from)))
        })
    }
}
