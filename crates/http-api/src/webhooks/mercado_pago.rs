//! `POST /api/v1/webhook/mercado-pago`: one address for all tenants.

use actix_web::{HttpRequest, web};
use domain::gateway::GatewayKind;

use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::state::State;
use crate::webhooks::receive::{Addressee, ReceivedView, take};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/webhook/mercado-pago",
    Access::Public,
    || web::post().to(handle),
);

/// Aviso de Mercado Pago. La respuesta es la misma para cualquier aviso, válido o no.
#[utoipa::path(
    post, path = "/api/v1/webhook/mercado-pago", tag = "Avisos",
    request_body(content = serde_json::Value, description = "El aviso de Mercado Pago; cualquier contenido se responde igual", content_type = "application/json"),
    params(
        ("X-Signature" = Option<String>, Header, description = "`ts=<ts>,v1=<hex>`: firma con el secreto de la empresa"),
        ("data.id" = Option<String>, Query, description = "Pago al que se refiere"),
    ),
    responses(
        (status = 200, description = "Recibido", body = ReceivedView),
        (status = 413, description = "Más de 64 KiB", body = crate::wire::error::ErrorView),
        (status = 503, description = "No se pudo guardar; debe enviarse de nuevo", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    body: RawBody,
) -> Result<web::Json<ReceivedView>, ApiError> {
    let gateway = GatewayKind::MercadoPago;
    let taken = take(&state.app, gateway, Addressee::Anybody, &request, body).await?;
    Ok(web::Json(taken))
}
