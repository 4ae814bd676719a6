//! `POST /api/v1/payments/pagar-conekta`.

use actix_web::{HttpRequest, HttpResponse, web};
use application::purchase::command::StartPurchase;
use domain::gateway::GatewayKind;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsPortal;
use crate::extract::idempotency_key::idempotency_key;
use crate::portal::purchase_body::{read_common, read_token};
use crate::portal::purchase_limit::buy_within_limits;
use crate::portal::purchase_view::{PaidView, answer_payment};
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/payments/pagar-conekta",
    Access::Portal,
    || web::post().to(handle),
);

/// Una compra con Conekta. Cada campo se acepta también con su nombre en inglés.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct ConektaPaymentBody {
    /// Producto (`product_id`).
    #[schema(example = 71)]
    producto_id: i64,
    /// Token de Conekta.js, de un solo uso (`card_token`).
    #[schema(example = "tok_test_visa_4242", max_length = 255)]
    token_tarjeta: String,
    /// Nombre (`customer_name`).
    #[schema(example = "Ana Paz", max_length = 100)]
    nombre_cliente: String,
    /// Correo (`customer_email`).
    #[schema(format = Email, example = "ana@example.com", max_length = 100)]
    email_cliente: String,
    /// Teléfono (`customer_phone`).
    #[schema(example = "5512345678", max_length = 20)]
    telefono_cliente: Option<String>,
    /// `usuario_contrasena` o `pin` (`user_type`).
    #[schema(example = "usuario_contrasena")]
    tipo_usuario: Option<String>,
    /// MAC del dispositivo (`mac_address`).
    #[schema(example = "AA:BB:CC:00:11:22")]
    mac_cliente: Option<String>,
    /// IPv4 del dispositivo (`ip_address`).
    #[schema(example = "10.5.50.9")]
    ip_cliente: Option<String>,
    /// Texto libre (`device_info`).
    #[schema(max_length = 255)]
    info_dispositivo: Option<String>,
    /// Conectar el dispositivo al terminar (`auto_connect`).
    #[schema(example = false)]
    conexion_automatica: Option<bool>,
}

fn read(mut fields: Fields, idempotency_key: Option<String>) -> Result<StartPurchase, ApiError> {
    let common = read_common(&mut fields);
    let card_token = read_token(&mut fields, &["token_tarjeta", "card_token"]);
    fields.finish()?;
    Ok(StartPurchase {
        gateway: GatewayKind::Conekta,
        product_id: common.product_id,
        card_token,
        customer: common.customer,
        voucher_kind: common.voucher_kind,
        device: common.device,
        idempotency_key,
        mercado_pago: None,
    })
}

/// Pagar con tarjeta por Conekta y recibir las credenciales.
#[utoipa::path(
    post, path = "/api/v1/payments/pagar-conekta", tag = "Pagos",
    request_body = ConektaPaymentBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repetir con la misma clave nunca cobra dos veces")),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "Pagado", body = PaidView),
        (status = 400, description = "No se puede vender así; sin cargo", body = crate::wire::error::ErrorView),
        (status = 401, description = "API Key no válida", body = crate::wire::error::ErrorView),
        (status = 402, description = "Rechazado, o en revisión (entonces con `compra` y `consulta`)", body = crate::wire::error::ErrorView),
        (status = 403, description = "Empresa o router desactivado", body = crate::wire::error::ErrorView),
        (status = 404, description = "Producto no encontrado", body = crate::wire::error::ErrorView),
        (status = 409, description = "La misma compra se está procesando", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos, o clave usada con otros datos", body = crate::wire::error::ProblemsOrErrorView),
        (status = 429, description = "Demasiadas solicitudes", body = crate::wire::error::ErrorView),
        (status = 502, description = "Router o pasarela no disponible; sin cargo", body = crate::wire::error::ErrorView),
        (status = 504, description = "Sin respuesta a tiempo; con `compra` si el cargo se está verificando", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let command = read(body.fields()?, idempotency_key(&request)?)?;
    let answer = buy_within_limits(&state, &request, &portal.0, command).await?;
    answer_payment(answer, state.app.now())
}
