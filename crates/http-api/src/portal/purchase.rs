//! Purchases and payments asked about later.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use application::portal::payment_status::{PaymentStatusError, payment_status};
use application::purchase::status::find_purchase;
use domain::gateway::GatewayKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::fields::path_number;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::{ApiError, log_chain};
use crate::extract::AsPortal;
use crate::portal::purchase_view::{PaidView, lookup_response};
use crate::state::State;
use crate::texts::{MERCADO_PAGO_NOT_CONFIGURED, PURCHASE_NOT_FOUND, TENANT_NOT_ACTIVE};
use crate::wire::values::{Amount, optional_iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Pagos",
        [
            get(
                "/api/v1/payments/estado-pago/{payment_id}",
                Access::Portal,
                payment_status_of,
            )
            .summary("Consultar un pago de Mercado Pago. No cambia nada.")
            .path_number("payment_id", "Número del pago en Mercado Pago")
            .ok::<PaymentStatusView>("El pago")
            .refuses(400, "Sin Mercado Pago")
            .refuses(404, "No es un pago de esta empresa")
            .refuses(500, "Mercado Pago no respondió"),
            get("/api/v1/payments/compra/{token}", Access::Portal, find)
                .summary("Cómo está una compra; una vez pagada, con las credenciales.")
                .path_text("token", "El campo `compra` de la respuesta al pago")
                .ok::<PaidView>("El estado de la compra (pagada, o `UnpaidView`)")
                .refuses(404, "No es una compra de este router"),
        ],
    )
}

/// Un pago como lo tiene Mercado Pago ahora.
#[derive(Serialize, ToSchema)]
struct PaymentStatusView {
    /// Siempre `true`.
    success: bool,
    /// Número del pago.
    #[schema(value_type = i64, example = 1_320_045_678)]
    payment_id: Value,
    /// Estado.
    #[schema(example = "approved")]
    status: String,
    /// Detalle.
    #[schema(example = "accredited")]
    status_detail: Option<String>,
    /// Importe.
    #[schema(value_type = Option<f64>)]
    amount: Option<Amount>,
    /// Moneda.
    currency_id: Option<String>,
    /// Cuándo se aprobó (UTC).
    date_approved: Option<String>,
    /// Última actualización, si se conoce.
    date_last_updated: Option<String>,
}

impl From<PaymentStatusError> for ApiError {
    fn from(error: PaymentStatusError) -> Self {
        match error {
            PaymentStatusError::TenantInactive => Self::unauthorized(TENANT_NOT_ACTIVE),
            PaymentStatusError::GatewayNotConfigured => {
                Self::bad_request(MERCADO_PAGO_NOT_CONFIGURED)
            }
            PaymentStatusError::NotFound => Self::not_found("Pago no encontrado"),
            PaymentStatusError::Gateway(error) => {
                log_chain(&error);
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Mercado Pago no respondió. Intente de nuevo en un momento.",
                )
            }
            PaymentStatusError::Failure(failure) => failure.into(),
        }
    }
}

async fn payment_status_of(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<web::Json<PaymentStatusView>, ApiError> {
    let id = path_number(&request, "payment_id", 1..=i64::MAX)?;
    let facts = payment_status(
        &state.app,
        &portal.0,
        GatewayKind::MercadoPago,
        &id.to_string(),
    )
    .await?;
    Ok(web::Json(PaymentStatusView {
        success: true,
        payment_id: Value::from(id),
        status: facts.status_text,
        status_detail: facts.detail,
        amount: facts.amount_minor.map(Amount::from_minor),
        currency_id: facts.currency,
        date_approved: optional_iso(facts.approved_at),
        date_last_updated: None,
    }))
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    let token = request.match_info().get("token").unwrap_or_default();
    let found = find_purchase(&state.app, &portal.0, token).await?;
    let answer = found.ok_or_else(|| ApiError::not_found(PURCHASE_NOT_FOUND))?;
    Ok(lookup_response(answer, state.app.now()))
}
