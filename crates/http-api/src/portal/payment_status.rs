//! `GET /api/v1/payments/estado-pago/{payment_id}`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use application::portal::payment_status::{PaymentStatusError, payment_status};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::query::path_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::{ApiError, log_chain};
use crate::extract::caller::AsPortal;
use crate::state::State;
use crate::wire::json::Amount;
use crate::wire::time::optional_iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/payments/estado-pago/{payment_id}",
    Access::Portal,
    || web::get().to(handle),
);

/// Un pago como lo tiene Mercado Pago ahora.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentStatusView {
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
            PaymentStatusError::TenantInactive => Self::unauthorized("Empresa no activa"),
            PaymentStatusError::GatewayNotConfigured => {
                Self::bad_request("La empresa no tiene configurado Mercado Pago")
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

/// Consultar un pago de Mercado Pago. No cambia nada.
#[utoipa::path(
    get, path = "/api/v1/payments/estado-pago/{payment_id}", tag = "Pagos",
    params(("payment_id" = i64, Path, description = "Número del pago en Mercado Pago")),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "El pago", body = PaymentStatusView),
        (status = 400, description = "Sin Mercado Pago", body = crate::wire::error::ErrorView),
        (status = 401, description = "API Key no válida", body = crate::wire::error::ErrorView),
        (status = 404, description = "No es un pago de esta empresa", body = crate::wire::error::ErrorView),
        (status = 422, description = "Número no válido", body = crate::wire::error::ProblemsView),
        (status = 500, description = "Mercado Pago no respondió", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<web::Json<PaymentStatusView>, ApiError> {
    let mut path = path_fields(&request);
    let id = path.integer(&["payment_id"], 1..=i64::MAX);
    path.finish()?;
    let facts = payment_status(&state.app, &portal.0, &id.to_string()).await?;
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
