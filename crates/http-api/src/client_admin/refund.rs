//! `POST /api/v1/admin/mi-empresa/transacciones/{id}/reembolso`.

use actix_web::{HttpRequest, HttpResponse, web};
use application::purchase::refund_request::{
    RefundAnswer, RequestRefund, RequestRefundError, request_refund,
};
use domain::ids::PurchaseId;
use domain::refund::RefundState;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::problem::Problem;
use crate::body::query::path_fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::extract::idempotency_key::{idempotency_key, key_required};
use crate::state::State;
use crate::wire::json::Amount;
use crate::wire::payment_state::{payment_state, transaction_id};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/admin/mi-empresa/transacciones/{id}/reembolso",
    Access::TenantAdmin,
    || web::post().to(handle),
);

/// Cuánto devolver y por qué. El cuerpo puede faltar.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct RefundBody {
    /// Importe; sin él, todo lo que queda.
    #[schema(example = 5.5)]
    monto: Option<f64>,
    /// Para los registros.
    #[schema(example = "El cliente no pudo conectarse", max_length = 255)]
    motivo: Option<String>,
}

fn read(mut fields: Fields, idempotency_key: Option<String>) -> Result<RequestRefund, ApiError> {
    let amount_minor = fields.optional_amount(&["monto"]);
    if amount_minor.is_some_and(|minor| minor < 1) {
        fields.problem("monto", "greater_than", "Debe ser mayor que cero");
    }
    let reason = fields.optional_text(&["motivo"], 255, true);
    fields.finish()?;
    Ok(RequestRefund {
        amount_minor,
        reason,
        idempotency_key,
    })
}

/// El dinero volvió.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefundedView {
    /// Siempre `true`.
    success: bool,
    /// Número de la venta en la pasarela.
    #[serde(rename = "transaccion_id")]
    transaction_id: Option<String>,
    /// Lo devuelto ahora.
    #[serde(rename = "monto_reembolsado")]
    amount: Amount,
    /// Lo devuelto en total.
    #[serde(rename = "total_reembolsado")]
    total: Amount,
    /// Estado del pago.
    #[serde(rename = "estado_pago")]
    #[schema(example = "refunded")]
    payment_state: String,
}

/// La pasarela aún no confirma; el servidor sigue preguntando.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefundUnderWayView {
    /// Siempre `verificando`.
    #[serde(rename = "estado")]
    #[schema(example = "verificando")]
    state: &'static str,
}

impl From<RequestRefundError> for ApiError {
    fn from(error: RequestRefundError) -> Self {
        match error {
            RequestRefundError::NotFound => Self::not_found("Transacción no encontrada"),
            RequestRefundError::NotRefundable => Self::bad_request(
                "Esta venta no se puede reembolsar: no está pagada o ya se devolvió",
            ),
            RequestRefundError::TooMuch => Self::invalid(&[Problem::of_field(
                "body",
                "monto",
                "less_than_equal",
                "Es más de lo que queda por devolver",
            )]),
            RequestRefundError::KeyRequired => {
                key_required("Es obligatorio para devolver solo una parte")
            }
            RequestRefundError::KeyReused => Self::new(
                actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
                "Esta clave ya se usó para reembolsar otro importe. Use una clave nueva.",
            ),
            RequestRefundError::Busy => Self::conflict(
                "Hay otro reembolso o una operación en curso para esta venta. Espere un momento e intente de nuevo.",
            )
            .retry_after(5),
            RequestRefundError::Failure(failure) => failure.into(),
        }
    }
}

fn answer(outcome: &RefundAnswer) -> Result<HttpResponse, ApiError> {
    let RefundAnswer { refund, purchase } = outcome;
    match refund.state {
        RefundState::Done => Ok(HttpResponse::Ok().json(RefundedView {
            success: true,
            transaction_id: transaction_id(purchase),
            amount: Amount::of(refund.amount),
            total: Amount::from_minor(purchase.refunded_minor),
            payment_state: payment_state(purchase),
        })),
        RefundState::Sending => Ok(HttpResponse::Accepted().json(RefundUnderWayView {
            state: "verificando",
        })),
        RefundState::Refused => Err(ApiError::bad_request(
            "La pasarela no aceptó el reembolso y no se devolvió nada. Revise la venta en el panel de la pasarela o contacte al administrador.",
        )),
    }
}

/// Devolver el dinero de una venta, todo o una parte. Devolver todo termina el acceso.
#[utoipa::path(
    post, path = "/api/v1/admin/mi-empresa/transacciones/{id}/reembolso", tag = "Ventas",
    params(
        ("id" = i64, Path, description = "Número de la venta"),
        ("Idempotency-Key" = Option<String>, Header, description = "Obligatoria para una parte; repetir con la misma nunca devuelve dos veces"),
    ),
    request_body(content = Option<RefundBody>), security(("sesion" = [])),
    responses(
        (status = 200, description = "Devuelto", body = RefundedView),
        (status = 202, description = "La pasarela aún no confirma", body = RefundUnderWayView),
        (status = 400, description = "No se puede reembolsar", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No es una venta de la empresa", body = crate::wire::error::ErrorView),
        (status = 409, description = "Hay otro en curso", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos, más de lo que queda, o clave ausente o usada", body = crate::wire::error::ProblemsOrErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let mut path = path_fields(&request);
    let id = PurchaseId::new(path.integer(&["id"], i64::MIN..=i64::MAX));
    path.finish()?;
    let command = read(body.optional_fields()?, idempotency_key(&request)?)?;
    let outcome = request_refund(&state.app, &admin.0, id, command).await?;
    answer(&outcome)
}
