//! What the addresses for notices share: they take whatever comes, tell nothing, and say `200`
//! only when there is nothing left to send again.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use application::app::App;
use application::error::Failure;
use application::gateway_events::receive::receive;
use application::vocabulary::RawNotice;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::raw::{MAX_NOTICE, RawBody};
use crate::error::{ApiError, log_chain};
use crate::wire::time::iso;

/// Aviso recibido. No dice nada de la empresa ni de la venta.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceivedView {
    /// Siempre `received`.
    #[schema(example = "received")]
    status: &'static str,
    /// Texto para personas.
    #[schema(example = "Notificación recibida")]
    message: &'static str,
    /// Cuándo (UTC).
    received_at: String,
}

/// The same for every notice, whatever became of it.
fn view(now: Timestamp) -> ReceivedView {
    ReceivedView {
        status: "received",
        message: "Notificación recibida",
        received_at: iso(now),
    }
}

/// The notice byte for byte, with its query and headers. Headers that are no text are left out:
/// no gateway signs with them.
fn raw_notice(request: &HttpRequest, body: Vec<u8>) -> RawNotice {
    RawNotice {
        query: Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map(Query::into_inner)
            .unwrap_or_default(),
        headers: request
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                let value = value.to_str().ok()?;
                Some((name.as_str().to_owned(), value.to_owned()))
            })
            .collect(),
        body,
    }
}

/// The tenant named in the path. A malformed one is nobody's, and the sender is not told.
pub(super) enum Addressee {
    /// The address that all tenants share.
    Anybody,
    /// One tenant's own address.
    Tenant(TenantId),
    /// No tenant could have this id.
    Nobody,
}

impl Addressee {
    pub(super) fn of_path(request: &HttpRequest) -> Self {
        let text = request.match_info().get("empresa_id").unwrap_or_default();
        TenantId::parse(text).map_or(Self::Nobody, Self::Tenant)
    }
}

/// Takes a notice in.
///
/// # Errors
/// `413` for a body over 64 KiB, `503` when it could not be stored.
pub(super) async fn take(
    app: &App,
    gateway: GatewayKind,
    addressee: Addressee,
    request: &HttpRequest,
    body: RawBody,
) -> Result<ReceivedView, ApiError> {
    let raw = raw_notice(request, body.bytes(MAX_NOTICE)?.to_vec());
    let tenant = match addressee {
        Addressee::Nobody => return Ok(view(app.now())),
        Addressee::Anybody => None,
        Addressee::Tenant(id) => Some(id),
    };
    let outcome = receive(app, gateway, tenant, &raw).await;
    outcome.map_err(|failure| not_stored(&failure))?;
    Ok(view(app.now()))
}

/// Whatever failed, the gateway should send it again.
fn not_stored(failure: &Failure) -> ApiError {
    log_chain(failure);
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "No se pudo guardar la notificación. Envíela de nuevo.",
    )
    .retry_after(10)
}
