//! Purchases as written.

use bigdecimal::BigDecimal;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::credentials::HotspotName;
use domain::gateway::DeclineReason;
use domain::ids::ApiKeyId;
use domain::payment_method::NextAction;
use domain::purchase::{FailureReason, ParkReason, Purchase, Sale};
use domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::rows::card::card_to_json;
use crate::rows::convert::{clean, clean_option, to_numeric, to_sql_time};
use crate::schema::transacciones;

/// A purchase to be stored. What is not here starts with the column's default, which is what a
/// new purchase has.
#[derive(Insertable)]
#[diesel(table_name = transacciones)]
pub(crate) struct NewPurchaseRow<'a> {
    intento_id: &'a Uuid,
    external_reference: &'a str,
    empresa_id: &'a str,
    router_id: &'a str,
    producto_id: i64,
    nombre_venta: &'a str,
    perfil_mikrotik_nombre: &'a str,
    pasarela: &'static str,
    credenciales_version: i64,
    modo: &'static str,
    monto: BigDecimal,
    moneda: &'static str,
    cliente_nombre: &'a str,
    cliente_email: &'a str,
    cliente_telefono: Option<&'a str>,
    cliente_huella: Option<&'a str>,
    dispositivo_mac: Option<String>,
    dispositivo_ip: Option<String>,
    dispositivo_info: Option<&'a str>,
    auto_conectar: bool,
    tipo_usuario: &'static str,
    usuario_hotspot: &'a str,
    usuarios_candidatos: Vec<&'a str>,
    password_hotspot: &'a str,
    token_huella: &'a str,
    bloqueada_hasta: NaiveDateTime,
    proximo_intento_en: NaiveDateTime,
    api_key_usada: Option<&'a str>,
    creada_en: NaiveDateTime,
}

impl<'a> NewPurchaseRow<'a> {
    /// This purchase, found later by the digest of its public token.
    pub(crate) fn new(new: &'a Sale, locked_until: Timestamp, token_digest: &'a str) -> Self {
        Self {
            intento_id: new.attempt_id.as_uuid(),
            external_reference: &new.reference,
            empresa_id: new.tenant_id.as_str(),
            router_id: new.router_id.as_str(),
            producto_id: new.product_id.get(),
            nombre_venta: &new.sale_name,
            perfil_mikrotik_nombre: &new.profile_name,
            pasarela: new.gateway.as_str(),
            credenciales_version: new.credentials_version,
            modo: new.mode.as_str(),
            monto: to_numeric(new.amount.minor()),
            moneda: new.amount.currency().code(),
            cliente_nombre: &new.customer.name,
            cliente_email: new.customer.email.as_str(),
            cliente_telefono: new.customer.phone.as_deref(),
            cliente_huella: Some(new.customer_digest.as_str()).filter(|text| !text.is_empty()),
            dispositivo_mac: new.device.mac.map(|mac| mac.to_string()),
            dispositivo_ip: new.device.ip.map(|ip| ip.to_string()),
            dispositivo_info: new.device.info.as_deref(),
            auto_conectar: new.device.auto_connect,
            tipo_usuario: new.credential_kind.as_str(),
            usuario_hotspot: new.candidates.first().map_or("", HotspotName::as_str),
            usuarios_candidatos: new.candidates.iter().map(HotspotName::as_str).collect(),
            password_hotspot: new.hotspot_password.as_str(),
            token_huella: token_digest,
            bloqueada_hasta: to_sql_time(locked_until),
            proximo_intento_en: to_sql_time(locked_until),
            api_key_usada: new.api_key_id.as_ref().map(ApiKeyId::as_str),
            creada_en: to_sql_time(new.created_at),
        }
    }
}

/// The fields that change in a purchase's life; absent ones are emptied. Writing a paid purchase
/// must not fail because of what a gateway sent, so its texts are cleaned.
#[derive(AsChangeset)]
#[diesel(table_name = transacciones, treat_none_as_null = true)]
pub(crate) struct PurchaseChanges<'a> {
    monto_cobrado: Option<BigDecimal>,
    monto_reembolsado: BigDecimal,
    usuario_hotspot: &'a str,
    hotspot_id: Option<&'a str>,
    hotspot_incierto_hasta: Option<NaiveDateTime>,
    orden_id: Option<String>,
    pago_id: Option<String>,
    pasarela_estado: Option<String>,
    pasarela_detalle: Option<String>,
    url_autenticacion: Option<String>,
    motivo_rechazo: Option<&'static str>,
    motivo_fallo: Option<&'static str>,
    estado: &'static str,
    estado_pago: String,
    estado_hotspot: &'static str,
    lecturas_vacias: i32,
    lecturas_fallidas_desde: Option<NaiveDateTime>,
    revision: i64,
    bloqueada_hasta: Option<NaiveDateTime>,
    proximo_intento_en: Option<NaiveDateTime>,
    intentos: i32,
    motivo_revision: Option<&'static str>,
    metadata_json: Value,
    cargo_enviado_en: Option<NaiveDateTime>,
    pagada_en: Option<NaiveDateTime>,
    usuario_creado_en: Option<NaiveDateTime>,
    concluida_en: Option<NaiveDateTime>,
    acceso_limite_en: Option<NaiveDateTime>,
    decidida_en: Option<NaiveDateTime>,
    leida_en: Option<NaiveDateTime>,
}

impl<'a> PurchaseChanges<'a> {
    /// The purchase as it is now, as its next revision.
    pub(crate) fn new(purchase: &'a Purchase, next_revision: i64) -> Self {
        let (payment, access, work) = (purchase.payment(), purchase.access(), purchase.work());
        Self {
            monto_cobrado: payment.charged_minor.map(to_numeric),
            monto_reembolsado: to_numeric(payment.refunded_minor),
            usuario_hotspot: access.name.as_str(),
            hotspot_id: access.user_id.as_deref(),
            hotspot_incierto_hasta: access.may_be_added_until.map(to_sql_time),
            orden_id: clean_option(payment.order_id.as_ref()),
            pago_id: clean_option(payment.payment_id.as_ref()),
            pasarela_estado: clean_option(payment.gateway_status.as_ref()),
            pasarela_detalle: clean_option(payment.gateway_detail.as_ref()),
            url_autenticacion: clean_option(payment.next_action.as_ref().and_then(NextAction::url)),
            motivo_rechazo: payment.decline.map(DeclineReason::as_str),
            motivo_fallo: payment.failure.map(FailureReason::as_str),
            estado: payment.state.as_str(),
            estado_pago: clean(purchase.payment_status()),
            estado_hotspot: access.state.as_str(),
            lecturas_vacias: payment.empty_reads,
            lecturas_fallidas_desde: payment.reads_failing_since.map(to_sql_time),
            revision: next_revision,
            bloqueada_hasta: work.locked_until.map(to_sql_time),
            proximo_intento_en: work.next_run.map(to_sql_time),
            intentos: work.attempts,
            motivo_revision: work.parked.map(ParkReason::as_str),
            metadata_json: card_to_json(&payment.card),
            cargo_enviado_en: payment.charge_sent_at.map(to_sql_time),
            pagada_en: payment.paid_at.map(to_sql_time),
            usuario_creado_en: access.activated_at.map(to_sql_time),
            concluida_en: payment.settled_at.map(to_sql_time),
            acceso_limite_en: access.deadline.map(to_sql_time),
            decidida_en: work.decided_at.map(to_sql_time),
            leida_en: payment.last_read_at.map(to_sql_time),
        }
    }
}
