//! A purchase as its customer sees it: the same body right after paying and later.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use application::purchase::status::{AutoConnection, PurchaseAnswer, Receipt};
use application::vocabulary::NotConnected;
use domain::gateway::GatewayKind;
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::portal::purchase_texts::{
    GIVEN_UP_TEXT, PENDING_TEXT, UNKNOWN_TEXT, consult_path, declined_text, not_charged,
    returned_text,
};
use crate::wire::values::{Amount, iso};
use crate::wire::views::CredentialsView;

/// Una compra pagada.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaidView {
    /// Siempre `true`.
    success: bool,
    /// Orden de Conekta o pago de Mercado Pago.
    #[serde(rename = "id_transaccion")]
    #[schema(example = "ord_2xTQ")]
    transaction_id: String,
    /// `paid` (Conekta) o `approved` (Mercado Pago).
    #[serde(rename = "estado_pago")]
    #[schema(example = "paid")]
    payment_status: String,
    /// `usuario_contrasena` o `pin`.
    #[serde(rename = "tipo_usuario")]
    #[schema(example = "usuario_contrasena")]
    credential_kind: &'static str,
    /// Las credenciales.
    #[serde(rename = "usuario_hotspot")]
    credentials: CredentialsView,
    /// Lo vendido.
    #[serde(rename = "producto")]
    product: SoldView,
    /// Quién compró.
    #[serde(rename = "cliente")]
    customer: CustomerView,
    /// Ahora (UTC).
    #[schema(example = "2026-03-04T10:00:00.000000")]
    timestamp: String,
    /// Resultado de la conexión automática.
    #[serde(rename = "auto_conexion")]
    connection: ConnectionView,
    /// Solo con Mercado Pago.
    #[serde(skip_serializing_if = "Option::is_none")]
    mercado_pago: Option<MercadoPagoView>,
    /// Solo si el acceso aún tarda un momento.
    #[serde(rename = "advertencia", skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

/// El plan vendido.
#[derive(Serialize, ToSchema)]
struct SoldView {
    /// Nombre del plan.
    #[serde(rename = "nombre")]
    name: String,
    /// Precio.
    #[serde(rename = "precio")]
    price: Amount,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(example = "MXN")]
    currency: &'static str,
    /// Perfil en el router.
    #[serde(rename = "perfil_mikrotik")]
    profile: String,
}

/// El cliente.
#[derive(Serialize, ToSchema)]
struct CustomerView {
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo.
    email: String,
}

/// Si el dispositivo quedó conectado.
#[derive(Serialize, ToSchema)]
struct ConnectionView {
    /// `conectado` o `no_conectado`.
    #[serde(rename = "estado")]
    #[schema(example = "no_conectado")]
    state: &'static str,
    /// MAC del dispositivo.
    mac: String,
    /// IP del dispositivo.
    ip: String,
    /// Texto para el cliente.
    #[serde(rename = "mensaje")]
    message: &'static str,
    /// Si la sesión se vio en el router.
    #[serde(rename = "verificado")]
    verified: bool,
    /// Sesión en el router; solo si se conectó.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    session_id: Option<SessionId>,
}

/// Lo que añade Mercado Pago.
#[derive(Serialize, ToSchema)]
struct MercadoPagoView {
    /// Número del pago.
    payment_id: Value,
    /// Estado.
    #[schema(example = "approved")]
    status: String,
    /// Detalle.
    #[schema(example = "accredited")]
    status_detail: Option<String>,
    /// Mensualidades.
    installments: u32,
    /// La tarjeta.
    payment_method: CardView,
    /// Siempre vacío.
    #[schema(value_type = Object)]
    raw_response: Map<String, Value>,
}

/// La tarjeta, sin nada secreto.
#[derive(Serialize, ToSchema)]
struct CardView {
    /// Marca.
    id: Option<String>,
    /// Tipo.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Banco.
    issuer: Option<String>,
    /// Últimos cuatro dígitos.
    last_four_digits: Option<String>,
    /// Mensualidades.
    installments: u32,
}

/// Una compra que no está pagada.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnpaidView {
    /// Siempre `false`.
    success: bool,
    /// El token de la compra.
    #[serde(rename = "compra")]
    token: String,
    /// `verificando`, `pendiente`, `rechazado`, `fallido`, `reembolsado` o `contracargo`.
    #[serde(rename = "estado_pago")]
    #[schema(example = "verificando")]
    payment_status: &'static str,
    /// Texto para el cliente.
    detail: String,
    /// Dónde completar la verificación del banco, si la pide.
    #[serde(rename = "url_autenticacion", skip_serializing_if = "Option::is_none")]
    challenge_url: Option<String>,
    /// Ahora (UTC).
    timestamp: String,
}

/// A session's id on the router, null where the router gave none.
#[derive(Serialize)]
#[serde(transparent)]
struct SessionId(Option<String>);

fn connection_view(receipt: &Receipt) -> ConnectionView {
    let device = &receipt.purchase.sale().device;
    let mac = device.mac.map(|mac| mac.to_string()).unwrap_or_default();
    let ip = device.ip.map(|ip| ip.to_string()).unwrap_or_default();
    let offline = |mac: String, ip: String, message: &'static str| ConnectionView {
        state: "no_conectado",
        mac,
        ip,
        message,
        verified: false,
        session_id: None,
    };
    match &receipt.connection {
        AutoConnection::Connected(session) => ConnectionView {
            state: "conectado",
            mac,
            ip: session.address.clone().unwrap_or(ip),
            message: "Su dispositivo ya está conectado. ¡Disfrute su conexión!",
            verified: true,
            session_id: Some(SessionId(session.id.clone())),
        },
        AutoConnection::NotRequested => offline(
            String::new(),
            String::new(),
            "Use las credenciales para conectarse en la página de acceso.",
        ),
        AutoConnection::NotTried => offline(
            mac,
            ip,
            "Su acceso se activa en un momento; use entonces las credenciales para conectarse.",
        ),
        AutoConnection::RouterFailed => offline(
            mac,
            ip,
            "No se pudo conectar su dispositivo automáticamente. Use las credenciales para conectarse.",
        ),
        AutoConnection::NotConnected(why) => offline(mac, ip, not_connected_text(*why)),
    }
}

fn not_connected_text(why: NotConnected) -> &'static str {
    match why {
        NotConnected::HostUnknown => {
            "No se detectó su dispositivo en esta red. Conéctese a la red WiFi y use las credenciales."
        }
        NotConnected::Refused | NotConnected::WrongDevice | NotConnected::Disabled => {
            "El punto de acceso no aceptó la conexión automática. Use las credenciales para conectarse."
        }
        NotConnected::LimitReached => {
            "Se alcanzó el límite de este acceso. Use las credenciales o consulte al establecimiento."
        }
        NotConnected::NotVerified => {
            "La conexión automática no se pudo confirmar. Si no tiene internet, use las credenciales."
        }
    }
}

fn paid_view(receipt: Receipt, now: Timestamp) -> PaidView {
    let connection = connection_view(&receipt);
    let Receipt {
        purchase,
        password,
        is_active,
        ..
    } = receipt;
    let mercado_pago = (purchase.sale().gateway == GatewayKind::MercadoPago).then(|| {
        let installments = purchase.payment().card.installments.unwrap_or(1);
        MercadoPagoView {
            payment_id: number_or_text(purchase.payment().payment_id.as_deref()),
            status: purchase
                .payment()
                .gateway_status
                .clone()
                .unwrap_or_else(|| "approved".to_owned()),
            status_detail: purchase.payment().gateway_detail.clone(),
            installments,
            payment_method: CardView {
                id: purchase.payment().card.brand.clone(),
                kind: purchase.payment().card.kind.clone(),
                issuer: purchase.payment().card.issuer.clone(),
                last_four_digits: purchase.payment().card.last_four.clone(),
                installments,
            },
            raw_response: Map::new(),
        }
    });
    PaidView {
        success: true,
        transaction_id: purchase.transaction_id().unwrap_or_default().to_owned(),
        payment_status: purchase.payment_status().to_owned(),
        credential_kind: purchase.sale().credential_kind.as_str(),
        credentials: CredentialsView::new(&purchase.access().name, &password),
        product: SoldView {
            name: purchase.sale().sale_name.clone(),
            price: Amount::of(purchase.sale().amount),
            currency: purchase.sale().amount.currency().code(),
            profile: purchase.sale().profile_name.clone(),
        },
        customer: CustomerView {
            name: purchase.sale().customer.name.clone(),
            email: purchase.sale().customer.email.as_str().to_owned(),
        },
        timestamp: iso(now),
        connection,
        mercado_pago,
        warning: (!is_active).then_some(
            "Su pago está confirmado. El acceso se activa en un momento: espere unos segundos antes de conectarse.",
        ),
    }
}

/// Mercado Pago's ids are numbers that fit JSON; anything else stays a text.
fn number_or_text(id: Option<&str>) -> Value {
    id.map_or(Value::Null, |id| {
        id.parse::<u64>()
            .map_or_else(|_| Value::String(id.to_owned()), Value::from)
    })
}

/// The response to a payment.
///
/// # Errors
/// Whatever is not a success, with the text for the customer.
pub(super) fn payment_response(
    answer: PurchaseAnswer,
    now: Timestamp,
) -> Result<HttpResponse, ApiError> {
    match answer {
        PurchaseAnswer::Paid(receipt) => Ok(HttpResponse::Ok().json(paid_view(*receipt, now))),
        PurchaseAnswer::Declined { reason, .. } => Err(ApiError::new(
            StatusCode::PAYMENT_REQUIRED,
            declined_text(reason),
        )),
        PurchaseAnswer::Open {
            token,
            is_pending,
            challenge_url,
        } => {
            let (status, text, shown_status) = if is_pending {
                (StatusCode::PAYMENT_REQUIRED, PENDING_TEXT, "pendiente")
            } else {
                (StatusCode::GATEWAY_TIMEOUT, UNKNOWN_TEXT, "verificando")
            };
            let mut error = ApiError::new(status, text)
                .with("estado_pago", shown_status)
                .with("consulta", consult_path(&token))
                .with("compra", token);
            if let Some(url) = challenge_url {
                error = error.with("url_autenticacion", url);
            }
            Err(error)
        }
        PurchaseAnswer::StillRunning { .. } => Err(ApiError::conflict(
            "Esta compra ya se está procesando. Espere un momento; no vuelva a pagar.",
        )
        .retry_after(2)),
        PurchaseAnswer::NotCharged { reason, .. } => Err(not_charged(reason)),
        PurchaseAnswer::GivenUp { .. } => {
            Err(ApiError::new(StatusCode::PAYMENT_REQUIRED, GIVEN_UP_TEXT))
        }
        PurchaseAnswer::Returned { state, .. } => Err(ApiError::new(
            StatusCode::PAYMENT_REQUIRED,
            returned_text(state),
        )),
    }
}

/// The response to a look-up of a purchase: always `200`.
pub(super) fn lookup_response(answer: PurchaseAnswer, now: Timestamp) -> HttpResponse {
    let (token, shown_status, detail, url) = match answer {
        PurchaseAnswer::Paid(receipt) => {
            return HttpResponse::Ok().json(paid_view(*receipt, now));
        }
        PurchaseAnswer::Declined { token, reason, .. } => {
            (token, "rechazado", declined_text(reason), None)
        }
        PurchaseAnswer::Open {
            token,
            is_pending: true,
            challenge_url,
        } => (token, "pendiente", PENDING_TEXT, challenge_url),
        PurchaseAnswer::Open { token, .. } | PurchaseAnswer::StillRunning { token } => {
            (token, "verificando", UNKNOWN_TEXT, None)
        }
        PurchaseAnswer::NotCharged { token, reason } => (
            token,
            "fallido",
            crate::portal::purchase_texts::failure_text(reason),
            None,
        ),
        PurchaseAnswer::GivenUp { token } => (token, "fallido", GIVEN_UP_TEXT, None),
        PurchaseAnswer::Returned { token, state } => {
            let charged_back = state == domain::purchase::PurchaseState::ChargedBack;
            let shown_status = if charged_back {
                "contracargo"
            } else {
                "reembolsado"
            };
            (token, shown_status, returned_text(state), None)
        }
    };
    HttpResponse::Ok().json(UnpaidView {
        success: false,
        token,
        payment_status: shown_status,
        detail: detail.to_owned(),
        challenge_url: url,
        timestamp: iso(now),
    })
}
