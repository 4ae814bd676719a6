//! Purchases that wait for a decision.
//! of the customer. | //! `GET /admin/compras`. | //! `POST /admin/compras/{id}/resolver`.

use actix_web::{HttpRequest, web};
use application::purchase::review::{ResolveError, list_unfinished, resolve};
use domain::ids::{PurchaseId, TenantId};
use domain::purchase::{Decision, ParkReason, Purchase, PurchaseState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::{Fields, path_id};
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, post, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsSuperAdmin;
use crate::state::State;
use crate::texts::PURCHASE_NOT_FOUND;
use crate::wire::names::{AccessStateName, CurrencyName, GatewayName, PurchaseStateName};
use crate::wire::values::{Amount, iso, optional_iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Plataforma",
        [
            get("/admin/compras", Access::SuperAdmin, list)
                .id("listarComprasPendientes")
                .summary(
                    "Compras que esperan la decisión de una persona, o las que están en los \
                     estados pedidos; como\n\
                     máximo 500, de la más nueva a la más antigua.",
                )
                .query(read_filter)
                .ok_list::<PurchaseView>("Compras"),
            post("/admin/compras/{id}/resolver", Access::SuperAdmin, decide)
                .id("resolverCompra")
                .summary(
                    "Decidir sobre una compra que el servidor no puede terminar por sí \
                     mismo. Queda en la bitácora.",
                )
                .path_number("id", "Número de la compra")
                .body(&DECISION)
                .ok::<PurchaseView>("Decidido; el servidor sigue desde ahí")
                .refuses(400, "La acción no corresponde al estado")
                .refuses(404, "No existe")
                .refuses(409, "El servidor trabaja en ella"),
        ],
    )
}

/// Una compra, sin datos del cliente.
#[derive(Serialize, ToSchema)]
struct PurchaseView {
    /// Número.
    #[schema(example = 142)]
    id: i64,
    /// Empresa.
    #[serde(rename = "empresa_id")]
    #[schema(example = "EMP_7B20C4D91E")]
    tenant_id: String,
    /// Router.
    #[schema(example = "RTR_51D0A2BC")]
    router_id: String,
    /// `conekta` o `mercado_pago`.
    #[serde(rename = "pasarela")]
    #[schema(value_type = GatewayName)]
    gateway: &'static str,
    /// Número en la pasarela; nulo mientras no se conoce.
    #[serde(rename = "transaccion_id")]
    #[schema(required = true)]
    transaction_id: Option<String>,
    /// Referencia de la venta en la pasarela.
    #[serde(rename = "referencia")]
    reference: String,
    /// Estado interno: los valores que acepta el filtro `estado`.
    #[serde(rename = "estado")]
    #[schema(value_type = PurchaseStateName)]
    state: &'static str,
    /// Estado del pago como lo ve el operador.
    #[serde(rename = "estado_pago")]
    #[schema(example = "pending")]
    payment_state: String,
    /// Estado del acceso en el router.
    #[serde(rename = "estado_hotspot")]
    #[schema(value_type = AccessStateName)]
    access: &'static str,
    /// Importe.
    #[serde(rename = "monto")]
    amount: Amount,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(value_type = CurrencyName)]
    currency: &'static str,
    /// Lo devuelto hasta ahora.
    #[serde(rename = "monto_reembolsado")]
    refunded: Amount,
    /// Por qué debe decidir una persona; nulo si nadie tiene que hacerlo.
    #[serde(rename = "motivo_revision")]
    #[schema(required = true)]
    parked_reason: Option<&'static str>,
    /// Intentos sin avance.
    #[serde(rename = "intentos")]
    attempts: i32,
    /// Cuándo se intentará de nuevo (UTC); nulo si no queda nada por hacer.
    #[serde(rename = "proximo_intento_en")]
    #[schema(required = true)]
    next_attempt_at: Option<String>,
    /// Cuándo se pidió (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Cuándo se envió el cobro (UTC).
    #[serde(rename = "cobro_enviado_en")]
    #[schema(required = true)]
    charge_sent_at: Option<String>,
    /// Cuándo se pagó (UTC).
    #[serde(rename = "pagada_en")]
    #[schema(required = true)]
    paid_at: Option<String>,
}

/// Why a person must decide.
const fn parked_text(reason: ParkReason) -> &'static str {
    match reason {
        ParkReason::CredentialsMissing => {
            "faltan las credenciales de la pasarela con las que se cobró"
        }
        ParkReason::ReadsFailing => "la pasarela no permite consultar el cobro desde hace un día",
        ParkReason::PendingStuck => "la pasarela no resuelve ni cancela el pago desde hace un día",
        ParkReason::RefundUnconfirmed => "la devolución no se pudo confirmar desde hace un día",
        ParkReason::RefundRefused => "la pasarela rechazó la devolución",
        ParkReason::UserReplaced => "el usuario del router con este nombre ya no es el vendido",
        ParkReason::Other => "una persona debe decidir",
    }
}

impl From<Purchase> for PurchaseView {
    fn from(purchase: Purchase) -> Self {
        Self {
            id: purchase.id().get(),
            tenant_id: purchase.sale().tenant_id.as_str().to_owned(),
            router_id: purchase.sale().router_id.as_str().to_owned(),
            gateway: purchase.sale().gateway.as_str(),
            transaction_id: purchase.transaction_id().map(str::to_owned),
            state: purchase.state().as_str(),
            payment_state: purchase.payment_status().to_owned(),
            access: purchase.access().state.as_str(),
            amount: Amount::of(purchase.sale().amount),
            currency: purchase.sale().amount.currency().code(),
            refunded: Amount::from_minor(purchase.payment().refunded_minor),
            attempts: purchase.work().attempts,
            next_attempt_at: optional_iso(purchase.work().next_run),
            created_at: iso(purchase.sale().created_at),
            charge_sent_at: optional_iso(purchase.payment().charge_sent_at),
            paid_at: optional_iso(purchase.payment().paid_at),
            reference: purchase.sale().reference.clone(),
            parked_reason: purchase.work().parked.map(parked_text),
        }
    }
}

/// Reads `estado`, a comma list of states in which none is an empty list, and `empresa_id`.
fn read_filter(query: &mut Fields) -> (Vec<PurchaseState>, Option<String>) {
    let states = query
        .field(
            "estado",
            "Estados separados por comas: created, charging, verifying, pending, paid, declined, \
             failed, given_up, mismatch, refunding, refunded, charged_back. Sin él, las que \
             esperan a una persona",
        )
        .limits_not_described()
        .optional_text(200);
    let states = states.map_or_else(Vec::new, |text| read_states(query, &text));
    let tenant = query
        .field("empresa_id", "Solo de esta empresa")
        .limits_not_described()
        .optional_text(50);
    (states, tenant)
}

fn read_states(query: &mut Fields, text: &str) -> Vec<PurchaseState> {
    let names = text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let states: Option<Vec<_>> = names.map(PurchaseState::from_str_name).collect();
    states.unwrap_or_else(|| {
        let known = PurchaseState::ALL.map(PurchaseState::as_str).join(", ");
        query.problem(
            "estado",
            "enum",
            format!("Debe ser uno o varios de: {known}"),
        );
        Vec::new()
    })
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<PurchaseView>>, ApiError> {
    let mut query = Fields::of_query(&request);
    let (states, tenant) = read_filter(&mut query);
    query.finish()?;
    let found = match tenant.as_deref().map(TenantId::parse) {
        // No tenant can have a malformed id.
        Some(Err(_)) => Vec::new(),
        Some(Ok(id)) => list_unfinished(&state.app, &admin.0, &states, Some(&id)).await?,
        None => list_unfinished(&state.app, &admin.0, &states, None).await?,
    };
    Ok(web::Json(
        found.into_iter().map(PurchaseView::from).collect(),
    ))
}

/// The decision, or none together with a problem, and the reason.
static DECISION: Body<(Option<Decision>, String)> =
    Body::new("ResolveBody", "Qué se decide y por qué.", |fields| {
        let action = fields
            .field("accion", "`reembolsar`, `conceder` o `cerrar`.")
            .example("reembolsar")
            .limits_not_described()
            .text(50);
        let decision = match action.as_str() {
            "reembolsar" => Some(Decision::Refund),
            "conceder" => Some(Decision::Grant),
            "cerrar" => Some(Decision::Close),
            _ => None,
        };
        if !action.is_empty() && decision.is_none() {
            fields.problem("accion", "enum", "Debe ser reembolsar, conceder o cerrar");
        }
        let reason = fields
            .field("motivo", "Queda en la bitácora; sin datos del cliente.")
            .example("El router se desmontó")
            .text(500);
        (decision, reason)
    });

impl From<ResolveError> for ApiError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::NotFound => {
                Self::not_found(PURCHASE_NOT_FOUND).code(ErrorCode::PurchaseNotFound)
            }
            ResolveError::Busy => Self::conflict(
                "El servidor está trabajando en esta compra. Intente de nuevo en un minuto.",
            )
            .retry_after(30),
            ResolveError::InvalidTransition => Self::bad_request(
                "La acción no corresponde al estado de la compra. Consúltela de nuevo antes de decidir.",
            ),
            ResolveError::Failure(failure) => failure.into(),
        }
    }
}

async fn decide(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<PurchaseView>, ApiError> {
    let id = PurchaseId::new(path_id(&request, "id")?);
    let (Some(decision), reason) = DECISION.read(body)? else {
        return Err(ApiError::internal());
    };
    let purchase = resolve(&state.app, &admin.0, id, decision, &reason).await?;
    Ok(web::Json(purchase.into()))
}
