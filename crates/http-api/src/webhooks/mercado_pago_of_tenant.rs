//! `POST /api/v1/webhook/mercado-pago/{empresa_id}`: the address that we give to Mercado Pago, so
//! that the tenant is known before the signature is checked.

use actix_web::{HttpRequest, web};
use domain::gateway::GatewayKind;

use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::state::State;
use crate::webhooks::receive::{Addressee, ReceivedView, take};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/webhook/mercado-pago/{empresa_id}",
    Access::Public,
    || web::post().to(handle),
);

/// Aviso de Mercado Pago para una empresa. La respuesta es la misma para cualquier aviso.
#[utoipa::path(
    post, path = "/api/v1/webhook/mercado-pago/{empresa_id}", tag = "Avisos",
    request_body(content = serde_json::Value, description = "El aviso de Mercado Pago; cualquier contenido se responde igual", content_type = "application/json"),
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
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
    let addressee = Addressee::of_path(&request);
    let taken = take(&state.app, gateway, addressee, &request, body).await?;
    Ok(web::Json(taken))
}
