//! Purchases and payments asked about later.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use application::portal::payment_status::{PaymentStatusError, payment_status};
use application::purchase::status::{find_purchase, find_purchase_by_key};
use domain::gateway::GatewayKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::fields::path_number;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::{ApiError, ErrorCode, ProblemsView, log_chain};
use crate::extract::{AsPortal, idempotency_key, key_required};
use crate::portal::purchase_view::{PurchaseAnswerView, lookup_response};
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
            .id("consultarPagoMercadoPago")
            .summary("Consultar un pago de Mercado Pago. No cambia nada.")
            .path_number("payment_id", "Número del pago en Mercado Pago")
            .ok::<PaymentStatusView>("El pago")
            .refuses(400, "Sin Mercado Pago")
            .refuses(404, "No es un pago de esta empresa")
            .refuses(500, "Mercado Pago no respondió"),
            get("/api/v1/payments/compra/{token}", Access::Portal, find)
                .id("consultarCompra")
                .summary("Cómo está una compra; una vez pagada, con las credenciales.")
                .path_text("token", "El campo `compra` de la respuesta al pago")
                .ok::<PurchaseAnswerView>("La compra como está ahora")
                .refuses(404, "No es una compra de este router"),
            get("/api/v1/payments/compra", Access::Portal, find_by_key)
                .id("consultarCompraPorClave")
                .summary(
                    "Como `/compra/{token}`, por la `Idempotency-Key` con que se pagó: para cuando \
                     se perdió la respuesta.",
                )
                .header(
                    "Idempotency-Key",
                    "La clave del pago; de 20 caracteres o más, como un UUID, para que nadie la \
                     adivine",
                )
                .ok::<PurchaseAnswerView>("La compra como está ahora")
                .refuses(404, "No hay una compra con esta clave en este router")
                .responds::<ProblemsView>(422, "Clave ausente o demasiado corta"),
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
    #[schema(example = "accredited", required = true)]
    status_detail: Option<String>,
    /// Importe.
    #[schema(value_type = Option<f64>, required = true)]
    amount: Option<Amount>,
    /// Moneda.
    #[schema(required = true)]
    currency_id: Option<String>,
    /// Cuándo se aprobó (UTC).
    #[schema(required = true)]
    date_approved: Option<String>,
    /// Última actualización, si se conoce.
    #[schema(required = true)]
    date_last_updated: Option<String>,
}

impl From<PaymentStatusError> for ApiError {
    fn from(error: PaymentStatusError) -> Self {
        match error {
            PaymentStatusError::TenantInactive => {
                Self::unauthorized(TENANT_NOT_ACTIVE).code(ErrorCode::TenantInactive)
            }
            PaymentStatusError::GatewayNotConfigured => {
                Self::bad_request(MERCADO_PAGO_NOT_CONFIGURED).code(ErrorCode::GatewayNotConfigured)
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

/// Whoever guesses a key gets somebody's credentials, so a short one finds nothing.
const SHORTEST_KEY: usize = 20;

async fn find_by_key(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    let key = idempotency_key(&request)?
        .filter(|key| key.len() >= SHORTEST_KEY)
        .ok_or_else(|| key_required("Es obligatoria, de 20 caracteres o más"))?;
    let found = find_purchase_by_key(&state.app, &portal.0, key).await?;
    let answer = found
        .ok_or_else(|| ApiError::not_found(PURCHASE_NOT_FOUND).code(ErrorCode::PurchaseNotFound))?;
    Ok(lookup_response(answer, state.app.now()))
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    let token = request.match_info().get("token").unwrap_or_default();
    let found = find_purchase(&state.app, &portal.0, token).await?;
    let answer = found
        .ok_or_else(|| ApiError::not_found(PURCHASE_NOT_FOUND).code(ErrorCode::PurchaseNotFound))?;
    Ok(lookup_response(answer, state.app.now()))
}
