//! Refunds.

use actix_web::{HttpRequest, HttpResponse, web};
use application::purchase::refund_request::{
    RefundAnswer, RequestRefund, RequestRefundError, request_refund,
};
use domain::ids::PurchaseId;
use domain::refund::RefundState;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::path_id;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::{ApiError, ErrorCode, Problem, ProblemsOrErrorView};
use crate::extract::{AsTenantAdmin, idempotency_key, key_required};
use crate::state::State;
use crate::texts::SALE_NOT_FOUND;
use crate::wire::values::Amount;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Ventas",
        [post(
            "/api/v1/admin/mi-empresa/transacciones/{id}/reembolso",
            Access::TenantAdmin,
            request,
        )
        .id("reembolsarVenta")
        .summary(
            "Devolver el dinero de una venta, todo o una parte. Devolver todo termina el acceso.",
        )
        .path_number("id", "Número de la venta")
        .header(
            "Idempotency-Key",
            "Obligatoria para una parte; repetir con la misma nunca devuelve dos veces",
        )
        .optional_body(&REFUND)
        .ok::<RefundedView>("Devuelto")
        .responds::<RefundUnderWayView>(202, "La pasarela aún no confirma")
        .refuses(400, "No se puede reembolsar")
        .refuses(404, "No es una venta de la empresa")
        .refuses(409, "Hay otro en curso")
        .responds::<ProblemsOrErrorView>(
            422,
            "Datos no válidos, más de lo que queda, o clave ausente o usada",
        )],
    )
}

static REFUND: Body<RequestRefund> = Body::new(
    "RefundBody",
    "Cuánto devolver y por qué. El cuerpo puede faltar.",
    |fields| RequestRefund {
        amount_minor: fields
            .field("monto", "Importe; sin él, todo lo que queda.")
            .example(5.5)
            .optional_positive_amount(),
        reason: fields
            .field("motivo", "Para los registros.")
            .example("El cliente no pudo conectarse")
            .optional_text(255),
        idempotency_key: None,
    },
);

/// El dinero volvió.
#[derive(Debug, Serialize, ToSchema)]
struct RefundedView {
    /// Siempre `true`.
    success: bool,
    /// Número de la venta en la pasarela.
    #[serde(rename = "transaccion_id")]
    #[schema(required = true)]
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
struct RefundUnderWayView {
    /// Siempre `verificando`.
    #[serde(rename = "estado")]
    #[schema(example = "verificando")]
    state: &'static str,
}

impl From<RequestRefundError> for ApiError {
    fn from(error: RequestRefundError) -> Self {
        match error {
            RequestRefundError::NotFound => Self::not_found(SALE_NOT_FOUND).code(ErrorCode::SaleNotFound),
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
            )
            .code(ErrorCode::KeyReused),
            RequestRefundError::Busy => Self::conflict(
                "Hay otro reembolso o una operación en curso para esta venta. Espere un momento e intente de nuevo.",
            )
            .retry_after(5),
            RequestRefundError::Failure(failure) => failure.into(),
        }
    }
}

fn response(outcome: &RefundAnswer) -> Result<HttpResponse, ApiError> {
    let RefundAnswer { refund, purchase } = outcome;
    match refund.state {
        RefundState::Done => Ok(HttpResponse::Ok().json(RefundedView {
            success: true,
            transaction_id: purchase.transaction_id().map(str::to_owned),
            amount: Amount::of(refund.amount),
            total: Amount::from_minor(purchase.payment().refunded_minor),
            payment_state: purchase.payment_status().to_owned(),
        })),
        RefundState::Sending => Ok(HttpResponse::Accepted().json(RefundUnderWayView {
            state: "verificando",
        })),
        RefundState::Refused => Err(ApiError::bad_request(
            "La pasarela no aceptó el reembolso y no se devolvió nada. Revise la venta en el panel de la pasarela o contacte al administrador.",
        )),
    }
}

async fn request(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let id = PurchaseId::new(path_id(&request, "id")?);
    let fields = body.optional_fields()?;
    let idempotency_key = idempotency_key(&request)?;
    let command = RequestRefund {
        idempotency_key,
        ..REFUND.read_fields(fields)?
    };
    let outcome = request_refund(&state.app, &admin.0, id, command).await?;
    response(&outcome)
}
