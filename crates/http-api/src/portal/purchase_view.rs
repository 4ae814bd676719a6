//! A purchase as its customer sees it: the same body right after paying and later.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use application::purchase::status::{AutoConnection, PurchaseAnswer, Receipt};
use application::vocabulary::NotConnected;
use domain::gateway::GatewayKind;
use domain::payment_method::NextAction;
use domain::purchase::PurchaseState;
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tracing::Span;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::error::{ApiError, ErrorCode};
use crate::portal::purchase_texts::{
    GIVEN_UP_TEXT, PENDING_TEXT, STILL_RUNNING_TEXT, UNKNOWN_TEXT, consult_path, declined_text,
    failure_text, returned_text, status_of_failure,
};
use crate::wire::names::{ConnectionName, CredentialKindName, CurrencyName};
use crate::wire::values::{Amount, iso};
use crate::wire::views::CredentialsView;

/// A boolean that tells two shapes of response apart.
fn always<const VALUE: bool>() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([VALUE]))
        .build()
}

/// Una compra pagada.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaidView {
    /// Siempre `true`.
    #[schema(schema_with = always::<true>)]
    success: bool,
    /// El token de la compra, para preguntar de nuevo por ella.
    #[serde(rename = "compra")]
    token: String,
    /// Dónde preguntar por ella.
    #[serde(rename = "consulta")]
    consult: String,
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
    #[schema(value_type = CredentialKindName)]
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
    #[schema(value_type = CurrencyName)]
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
    #[schema(value_type = ConnectionName)]
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
    #[schema(example = "accredited", required = true)]
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
    #[schema(required = true)]
    id: Option<String>,
    /// Tipo.
    #[serde(rename = "type")]
    #[schema(required = true)]
    kind: Option<String>,
    /// Banco.
    #[schema(required = true)]
    issuer: Option<String>,
    /// Últimos cuatro dígitos.
    #[schema(required = true)]
    last_four_digits: Option<String>,
    /// Mensualidades.
    installments: u32,
}

/// Cómo está una compra que no está pagada. Solo con `verificando` y `pendiente` puede haber un
/// cargo todavía: pregunte de nuevo y no vuelva a pagar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnpaidStatus {
    #[serde(rename = "verificando")]
    Verifying,
    #[serde(rename = "pendiente")]
    Pending,
    #[serde(rename = "rechazado")]
    Declined,
    #[serde(rename = "fallido")]
    Failed,
    #[serde(rename = "reembolsado")]
    Returned,
    #[serde(rename = "contracargo")]
    ChargedBack,
}

/// Un pago que no terminó en credenciales, de una compra que quedó registrada.
#[derive(Serialize, ToSchema)]
pub(crate) struct PurchaseProblemView {
    /// Qué pasó y qué hacer, para el cliente.
    detail: &'static str,
    /// Qué pasó, para programas.
    #[serde(rename = "codigo")]
    code: ErrorCode,
    /// El token de la compra.
    #[serde(rename = "compra")]
    token: String,
    /// Dónde preguntar cómo quedó.
    #[serde(rename = "consulta")]
    consult: String,
    /// Cómo está.
    #[serde(rename = "estado_pago")]
    payment_status: UnpaidStatus,
    /// Dónde completar la verificación del banco, si la pide.
    #[serde(rename = "url_autenticacion", skip_serializing_if = "Option::is_none")]
    challenge_url: Option<String>,
}

/// Un pago que no terminó en credenciales; de la compra, si llegó a registrarse.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentProblemView {
    /// Qué pasó y qué hacer, para el cliente.
    detail: String,
    /// Qué pasó, para programas.
    #[serde(rename = "codigo")]
    code: ErrorCode,
    /// El token de la compra.
    #[serde(rename = "compra", skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Dónde preguntar cómo quedó.
    #[serde(rename = "consulta", skip_serializing_if = "Option::is_none")]
    consult: Option<String>,
    /// Cómo está.
    #[serde(rename = "estado_pago", skip_serializing_if = "Option::is_none")]
    payment_status: Option<UnpaidStatus>,
}

/// Una compra como está ahora: pagada, con las credenciales, o sin pagar.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what the look-up writes")]
pub(crate) enum PurchaseAnswerView {
    Paid(Box<PaidView>),
    Unpaid(UnpaidView),
}

/// Una compra que no está pagada.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnpaidView {
    /// Siempre `false`.
    #[schema(schema_with = always::<false>)]
    success: bool,
    /// El token de la compra.
    #[serde(rename = "compra")]
    token: String,
    /// Dónde preguntar por ella.
    #[serde(rename = "consulta")]
    consult: String,
    /// Cómo está.
    #[serde(rename = "estado_pago")]
    payment_status: UnpaidStatus,
    /// Texto para el cliente.
    detail: &'static str,
    /// Qué pasó, para programas.
    #[serde(rename = "codigo")]
    code: ErrorCode,
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
        NotConnected::Undecided => {
            "El punto de acceso no pudo conectar su dispositivo en este momento. Use las credenciales para conectarse."
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
        token,
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
        consult: consult_path(&token),
        token,
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

/// A purchase that is not paid, in the customer's words.
struct Unpaid {
    token: String,
    status: UnpaidStatus,
    code: ErrorCode,
    detail: &'static str,
    challenge_url: Option<String>,
    /// The status of the response to the payment.
    http: StatusCode,
    retry_after: Option<u64>,
}

impl Unpaid {
    fn new(token: String, status: UnpaidStatus, code: ErrorCode, detail: &'static str) -> Self {
        Self {
            token,
            status,
            code,
            detail,
            challenge_url: None,
            http: StatusCode::PAYMENT_REQUIRED,
            retry_after: None,
        }
    }

    fn responding(self, http: StatusCode, retry_after: Option<u64>) -> Self {
        Self {
            http,
            retry_after,
            ..self
        }
    }

    fn into_error(self) -> ApiError {
        let mut error = ApiError::new(self.http, self.detail)
            .code(self.code)
            .with("estado_pago", json!(self.status))
            .with("consulta", consult_path(&self.token))
            .with("compra", self.token);
        if let Some(url) = self.challenge_url {
            error = error.with("url_autenticacion", url);
        }
        match self.retry_after {
            Some(seconds) => error.retry_after(seconds),
            None => error,
        }
    }

    fn into_view(self, now: Timestamp) -> UnpaidView {
        UnpaidView {
            success: false,
            consult: consult_path(&self.token),
            token: self.token,
            payment_status: self.status,
            detail: self.detail,
            code: self.code,
            challenge_url: self.challenge_url,
            timestamp: iso(now),
        }
    }
}

/// Where the customer has to pass a challenge, if that is what is to be done.
fn challenge_url(action: Option<NextAction>) -> Option<String> {
    action.map(|NextAction::PassChallenge { url }| url)
}

/// A paid purchase, or in what way it is none.
fn paid_or_not(answer: PurchaseAnswer) -> Result<Receipt, Unpaid> {
    Err(match answer {
        PurchaseAnswer::Paid(receipt) => {
            Span::current().record("purchase", receipt.purchase.id().get());
            return Ok(*receipt);
        }
        PurchaseAnswer::Declined { token, reason, .. } => Unpaid::new(
            token,
            UnpaidStatus::Declined,
            ErrorCode::of_decline(reason),
            declined_text(reason),
        ),
        PurchaseAnswer::Open {
            token,
            is_pending: true,
            next_action,
        } => Unpaid {
            challenge_url: challenge_url(next_action),
            ..Unpaid::new(
                token,
                UnpaidStatus::Pending,
                ErrorCode::Pending,
                PENDING_TEXT,
            )
        },
        PurchaseAnswer::Open {
            token, next_action, ..
        } => Unpaid {
            challenge_url: challenge_url(next_action),
            ..Unpaid::new(
                token,
                UnpaidStatus::Verifying,
                ErrorCode::Verifying,
                UNKNOWN_TEXT,
            )
        }
        .responding(StatusCode::GATEWAY_TIMEOUT, None),
        PurchaseAnswer::StillRunning { token } => Unpaid::new(
            token,
            UnpaidStatus::Verifying,
            ErrorCode::StillRunning,
            STILL_RUNNING_TEXT,
        )
        .responding(StatusCode::CONFLICT, Some(2)),
        PurchaseAnswer::NotCharged { token, reason } => {
            let (status, retry_after) = status_of_failure(reason);
            Unpaid::new(
                token,
                UnpaidStatus::Failed,
                ErrorCode::of_failure(reason),
                failure_text(reason),
            )
            .responding(status, retry_after)
        }
        PurchaseAnswer::GivenUp { token } => Unpaid::new(
            token,
            UnpaidStatus::Failed,
            ErrorCode::GivenUp,
            GIVEN_UP_TEXT,
        ),
        PurchaseAnswer::Returned { token, state } => {
            let status = if state == PurchaseState::ChargedBack {
                UnpaidStatus::ChargedBack
            } else {
                UnpaidStatus::Returned
            };
            Unpaid::new(
                token,
                status,
                ErrorCode::of_return(state),
                returned_text(state),
            )
        }
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
    match paid_or_not(answer) {
        Ok(receipt) => Ok(HttpResponse::Ok().json(paid_view(receipt, now))),
        Err(unpaid) => Err(unpaid.into_error()),
    }
}

/// The response to a look-up of a purchase: always `200`.
pub(super) fn lookup_response(answer: PurchaseAnswer, now: Timestamp) -> HttpResponse {
    match paid_or_not(answer) {
        Ok(receipt) => HttpResponse::Ok().json(paid_view(receipt, now)),
        Err(unpaid) => HttpResponse::Ok().json(unpaid.into_view(now)),
    }
}
