//! Events from payment gateways: these addresses take whatever comes, reveal nothing, and respond
//! `200` only when there is nothing left to send again.

pub(crate) mod sale;
pub(crate) mod setup;

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, web};
use application::error::Failure;
use application::gateway_events::receive::receive;
use application::vocabulary::RawEvent;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::raw::{MAX_EVENT, RawBody};
use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::{ApiError, log_chain};
use crate::state::State;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    // The address of each tenant is the one that gateways are given, so that the tenant is known
    // before the signature is checked.
    tagged(
        "Avisos",
        [
            signed_by_mercado_pago(receiver("/api/v1/webhook/mercado-pago", &MERCADO_PAGO).id("avisoMercadoPago").summary(
                "Aviso de Mercado Pago. La respuesta es la misma para cualquier aviso, válido o no.",
            )),
            signed_by_mercado_pago(
                receiver("/api/v1/webhook/mercado-pago/{empresa_id}", &MERCADO_PAGO_OF_TENANT)
                    .id("avisoMercadoPagoDeEmpresa")
                    .summary(
                        "Aviso de Mercado Pago para una empresa. La respuesta es la misma para \
                         cualquier aviso.",
                    )
                    .path_text("empresa_id", "Empresa"),
            ),
            receiver("/api/v1/webhook/conekta/{empresa_id}", &CONEKTA_OF_TENANT)
                .id("avisoConektaDeEmpresa")
                .summary(
                    "Aviso de Conekta para una empresa. La respuesta es la misma para cualquier \
                     aviso.",
                )
                .path_text("empresa_id", "Empresa")
                .header("Digest", "Firma RSA del cuerpo con la llave de la empresa"),
        ],
    )
}

/// An address that takes events in.
struct Receiver {
    gateway: GatewayKind,
    /// Whether its path names the tenant.
    names_tenant: bool,
    about_body: &'static str,
}

static MERCADO_PAGO: Receiver = Receiver {
    gateway: GatewayKind::MercadoPago,
    names_tenant: false,
    about_body: "El aviso de Mercado Pago; cualquier contenido se responde igual",
};
static MERCADO_PAGO_OF_TENANT: Receiver = Receiver {
    names_tenant: true,
    ..MERCADO_PAGO
};
static CONEKTA_OF_TENANT: Receiver = Receiver {
    gateway: GatewayKind::Conekta,
    names_tenant: true,
    about_body: "El aviso de Conekta; cualquier contenido se responde igual",
};

fn receiver(path: &'static str, receiver: &'static Receiver) -> Endpoint {
    post(path, Access::Public, move |state, request, body| {
        receive_event(receiver, state, request, body)
    })
    .any_json_body(receiver.about_body)
    .ok::<ReceivedView>("Recibido")
    .refuses(413, "Más de 64 KiB")
    .refuses(503, "No se pudo guardar; debe enviarse de nuevo")
}

fn signed_by_mercado_pago(endpoint: Endpoint) -> Endpoint {
    endpoint
        .header(
            "X-Signature",
            "`ts=<ts>,v1=<hex>`: firma con el secreto de la empresa",
        )
        .query_text("data.id", "Pago al que se refiere")
}

/// Aviso recibido. No dice nada de la empresa ni de la venta.
#[derive(Debug, Serialize, ToSchema)]
struct ReceivedView {
    /// Siempre `received`.
    #[schema(example = "received")]
    status: &'static str,
    /// Texto para personas.
    #[schema(example = "Notificación recibida")]
    message: &'static str,
    /// Cuándo (UTC).
    received_at: String,
}

/// The same for every event, valid or not.
fn view(now: Timestamp) -> ReceivedView {
    ReceivedView {
        status: "received",
        message: "Notificación recibida",
        received_at: iso(now),
    }
}

/// The event byte for byte, with its query and headers. Headers that are no text are left out:
/// no gateway signs with them.
fn raw_event(request: &HttpRequest, body: Vec<u8>) -> RawEvent {
    RawEvent {
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

/// `413` for a body over 64 KiB, `503` when the event could not be stored.
async fn receive_event(
    receiver: &'static Receiver,
    state: web::Data<State>,
    request: HttpRequest,
    body: RawBody,
) -> Result<web::Json<ReceivedView>, ApiError> {
    let app = &state.app;
    let raw = raw_event(&request, body.bytes(MAX_EVENT)?.to_vec());
    let tenant = if receiver.names_tenant {
        let text = request.match_info().get("empresa_id").unwrap_or_default();
        let Ok(id) = TenantId::parse(text) else {
            // No tenant can have this id, and the sender is not told.
            return Ok(web::Json(view(app.now())));
        };
        Some(id)
    } else {
        None
    };
    let outcome = receive(app, receiver.gateway, tenant, &raw).await;
    outcome.map_err(|failure| not_stored(&failure))?;
    Ok(web::Json(view(app.now())))
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
