//! Credentials and keys of a request.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use application::auth::portal::{self, KEY_PREFIX};
use application::auth::session;
use application::caller::{Origin, Portal, Session, SuperAdmin, TenantAdmin};
use http_kit::client_address::client_address;
use tracing::Span;

use crate::error::{ApiError, ErrorCode, Problem};
use crate::limits::requests::is_free;
use crate::state::State;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

/// Any valid session.
pub(crate) struct AnySession(pub(crate) Session);
/// The platform owner.
pub(crate) struct AsSuperAdmin(pub(crate) SuperAdmin);
/// An operator.
pub(crate) struct AsTenantAdmin(pub(crate) TenantAdmin);
/// A captive portal.
pub(crate) struct AsPortal(pub(crate) Portal);

/// The text behind `Bearer `, if there is one.
fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credential) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| credential.trim().to_owned())
}

/// Where the request came from, for the audit log.
pub(crate) fn origin(request: &HttpRequest) -> Origin {
    Origin {
        remote_address: client_address(request).map(|address| address.to_string()),
    }
}

fn state(request: &HttpRequest) -> Result<State, ApiError> {
    request
        .app_data::<web::Data<State>>()
        .map(|state| state.get_ref().clone())
        .ok_or_else(|| {
            tracing::error!("a route was registered without state");
            ApiError::internal()
        })
}

async fn read_session(request: HttpRequest) -> Result<Session, ApiError> {
    let state = state(&request)?;
    let token = bearer(&request)
        .ok_or_else(|| ApiError::unauthorized("No autenticado").code(ErrorCode::SessionMissing))?;
    // A portal key is never a session, whatever it holds.
    if token.starts_with(KEY_PREFIX) {
        return Err(ApiError::unauthorized("Token inválido").code(ErrorCode::SessionInvalid));
    }
    let session = session::authenticate(&state.app, &token, origin(&request)).await?;
    let span = Span::current();
    span.record("caller", format!("user {}", session.user().id));
    if let Some(tenant) = session.user().role.tenant() {
        span.record("tenant", tenant.as_str());
    }
    Ok(session)
}

/// `X-API-Key` wins over `Authorization: Bearer jwt_...` when both are sent.
async fn read_portal(request: HttpRequest) -> Result<Portal, ApiError> {
    let state = state(&request)?;
    let header = request
        .headers()
        .get("x-api-key")
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        // An empty one is none: some proxies add it.
        .filter(|value| !value.is_empty());
    let credential = header
        .map(str::to_owned)
        .or_else(|| bearer(&request))
        .ok_or_else(|| ApiError::unauthorized("Falta la API Key").code(ErrorCode::KeyMissing))?;
    let portal = portal::authenticate(&state.app, &credential).await?;
    let span = Span::current();
    span.record("caller", portal.key_id().as_str());
    span.record("tenant", portal.tenant_id().as_str());
    if !is_free(request.path()) {
        state.limits.requests.check_key(portal.key_id())?;
    }
    Ok(portal)
}

macro_rules! extract {
    ($type:ident, |$request:ident| $body:expr) => {
        impl FromRequest for $type {
            type Error = actix_web::Error;
            type Future = Extracted<Self>;

            fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
                let $request = request.clone();
                Box::pin(async move {
                    let outcome: Result<Self, ApiError> = async move { $body }.await;
                    outcome.map_err(actix_web::Error::from)
                })
            }
        }
    };
}

extract!(AnySession, |request| Ok(Self(read_session(request).await?)));
extract!(AsSuperAdmin, |request| Ok(Self(
    read_session(request).await?.into_super_admin()?
)));
extract!(AsTenantAdmin, |request| Ok(Self(
    read_session(request).await?.into_tenant_admin()?
)));
extract!(AsPortal, |request| Ok(Self(read_portal(request).await?)));

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The caller's key, if sent: 1 to 255 visible ASCII characters.
///
/// # Errors
/// `422`.
pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let Some(value) = request.headers().get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|text| {
        (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    });
    match text {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(bad_key(
            "value_error",
            "Debe tener de 1 a 255 caracteres ASCII visibles",
        )),
    }
}

/// `422` for a request that needs the header.
pub(crate) fn key_required(msg: &'static str) -> ApiError {
    bad_key("missing", msg)
}

fn bad_key(kind: &'static str, msg: &'static str) -> ApiError {
    ApiError::invalid(&[Problem::of_field("header", IDEMPOTENCY_KEY, kind, msg)])
}
