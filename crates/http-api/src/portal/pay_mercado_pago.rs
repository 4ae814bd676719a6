//! `POST /api/v1/payments/pagar-mercado-pago`.

use actix_web::{HttpRequest, HttpResponse, web};
use application::purchase::command::{MercadoPagoFields, StartPurchase};
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
    "/api/v1/payments/pagar-mercado-pago",
    Access::Portal,
    || web::post().to(handle),
);

/// Una compra con Mercado Pago.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct MercadoPagoPaymentBody {
    /// Producto (`product_id`).
    #[schema(example = 71)]
    producto_id: i64,
    /// Token de la tarjeta, de un solo uso.
    #[schema(max_length = 255)]
    token: String,
    /// Marca de la tarjeta.
    #[schema(example = "visa", max_length = 50)]
    payment_method_id: String,
    /// Precio que muestra el portal; debe ser el del producto, salvo un centavo de redondeo
    /// (`transaction_amount`). Se cobra siempre el del producto.
    #[schema(example = 15.0)]
    monto: f64,
    /// Nombre (`customer_name`).
    #[schema(example = "Ana Paz", max_length = 100)]
    nombre_cliente: String,
    /// Correo (`customer_email`).
    #[schema(format = Email, example = "ana@example.com", max_length = 100)]
    email_cliente: String,
    /// Banco emisor.
    #[schema(max_length = 50)]
    issuer_id: Option<String>,
    /// Mensualidades (`installments`).
    #[schema(example = 1, minimum = 1, maximum = 48)]
    cuotas: Option<u32>,
    /// Teléfono (`customer_phone`).
    #[schema(max_length = 20)]
    telefono_cliente: Option<String>,
    /// `usuario_contrasena` o `pin` (`user_type`).
    tipo_usuario: Option<String>,
    /// MAC del dispositivo (`mac_address`).
    mac_cliente: Option<String>,
    /// IPv4 del dispositivo (`ip_address`).
    ip_cliente: Option<String>,
    /// Texto libre (`device_info`).
    #[schema(max_length = 255)]
    info_dispositivo: Option<String>,
    /// Huella del navegador que da Mercado Pago.
    #[schema(max_length = 255)]
    device_id: Option<String>,
    /// Conectar el dispositivo al terminar (`auto_connect`).
    conexion_automatica: Option<bool>,
}

fn read(mut fields: Fields, idempotency_key: Option<String>) -> Result<StartPurchase, ApiError> {
    let common = read_common(&mut fields);
    let card_token = read_token(&mut fields, &["token"]);
    let mercado_pago = MercadoPagoFields {
        amount_minor: fields.compared_amount(&["monto", "transaction_amount"]),
        payment_method_id: fields.text(&["payment_method_id"], 50),
        issuer_id: fields.optional_text_or_number(&["issuer_id"], 50),
        installments: fields
            .optional_integer(&["cuotas", "installments"], 1..=48)
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1),
        device_session_id: fields.optional_text(&["device_id"], 255, true),
    };
    fields.finish()?;
    Ok(StartPurchase {
        gateway: GatewayKind::MercadoPago,
        product_id: common.product_id,
        card_token,
        customer: common.customer,
        voucher_kind: common.voucher_kind,
        device: common.device,
        idempotency_key,
        mercado_pago: Some(mercado_pago),
    })
}

/// Pagar con tarjeta por Mercado Pago y recibir las credenciales.
#[utoipa::path(
    post, path = "/api/v1/payments/pagar-mercado-pago", tag = "Pagos",
    request_body = MercadoPagoPaymentBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repetir con la misma clave nunca cobra dos veces")),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "Pagado", body = PaidView),
        (status = 400, description = "Sin Mercado Pago, monto distinto u otra moneda; sin cargo", body = crate::wire::error::ErrorView),
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
