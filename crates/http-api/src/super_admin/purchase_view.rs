//! Purchases as the platform owner sees them: what happened to the money and the access, nothing
//! of the customer.

use domain::purchase::Purchase;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::json::Amount;
use crate::wire::payment_state::{payment_state, transaction_id};
use crate::wire::time::{iso, optional_iso};

/// Una compra, sin datos del cliente.
#[derive(Serialize, ToSchema)]
pub(crate) struct PurchaseView {
    /// Número.
    #[schema(example = 142)]
    id: i64,
    /// Empresa.
    #[schema(example = "EMP_7B20C4D91E")]
    empresa_id: String,
    /// Router.
    #[schema(example = "RTR_51D0A2BC")]
    router_id: String,
    /// `conekta` o `mercado_pago`.
    #[serde(rename = "pasarela")]
    #[schema(example = "conekta")]
    gateway: &'static str,
    /// Número en la pasarela; nulo mientras no se conoce.
    #[serde(rename = "transaccion_id")]
    transaction_id: Option<String>,
    /// Referencia de la venta en la pasarela.
    #[serde(rename = "referencia")]
    reference: String,
    /// Estado interno: los valores que acepta el filtro `estado`.
    #[serde(rename = "estado")]
    #[schema(example = "refunding")]
    state: &'static str,
    /// Estado del pago como lo ve el operador.
    #[serde(rename = "estado_pago")]
    #[schema(example = "pending")]
    payment_state: String,
    /// Estado del acceso en el router.
    #[serde(rename = "estado_hotspot")]
    #[schema(example = "pending_removal")]
    access: &'static str,
    /// Importe.
    #[serde(rename = "monto")]
    amount: Amount,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(example = "MXN")]
    currency: &'static str,
    /// Lo devuelto hasta ahora.
    #[serde(rename = "monto_reembolsado")]
    refunded: Amount,
    /// Por qué debe decidir una persona; nulo si nadie tiene que hacerlo.
    #[serde(rename = "motivo_revision")]
    parked_reason: Option<String>,
    /// Intentos sin avance.
    #[serde(rename = "intentos")]
    attempts: i32,
    /// Cuándo se intentará de nuevo (UTC); nulo si no queda nada por hacer.
    #[serde(rename = "proximo_intento_en")]
    next_attempt_at: Option<String>,
    /// Cuándo se pidió (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Cuándo se envió el cobro (UTC).
    #[serde(rename = "cobro_enviado_en")]
    charge_sent_at: Option<String>,
    /// Cuándo se pagó (UTC).
    #[serde(rename = "pagada_en")]
    paid_at: Option<String>,
}

impl From<Purchase> for PurchaseView {
    fn from(purchase: Purchase) -> Self {
        Self {
            id: purchase.id.get(),
            empresa_id: purchase.tenant_id.as_str().to_owned(),
            router_id: purchase.router_id.as_str().to_owned(),
            gateway: purchase.gateway.as_str(),
            transaction_id: transaction_id(&purchase),
            state: purchase.state.as_str(),
            payment_state: payment_state(&purchase),
            access: purchase.access.as_str(),
            amount: Amount::of(purchase.amount),
            currency: purchase.amount.currency().code(),
            refunded: Amount::from_minor(purchase.refunded_minor),
            attempts: purchase.attempts,
            next_attempt_at: optional_iso(purchase.next_attempt_at),
            created_at: iso(purchase.created_at),
            charge_sent_at: optional_iso(purchase.charge_sent_at),
            paid_at: optional_iso(purchase.paid_at),
            reference: purchase.reference,
            parked_reason: purchase.parked_reason,
        }
    }
}
