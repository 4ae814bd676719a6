//! Purchases as read.

use std::net::Ipv4Addr;

use bigdecimal::BigDecimal;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::contact::{Customer, Email};
use domain::credentials::{CredentialKind, HotspotName};
use domain::gateway::{DeclineReason, GatewayKind, GatewayMode};
use domain::ids::{ApiKeyId, AttemptId, ProductId, PurchaseId, RouterId, TenantId};
use domain::money::{Currency, Money};
use domain::network::MacAddress;
use domain::payment_method::NextAction;
use domain::purchase::{
    Access, AccessState, DeviceHints, FailureReason, ParkReason, Payment, Purchase, PurchaseState,
    Sale, StoredPurchase, Work,
};
use domain::secret::Sealed;
use ports::store::error::StoreError;
use serde_json::Value;
use uuid::Uuid;

use crate::rows::card::card_from_json;
use crate::rows::convert::{RowName, from_sql_time, to_minor};
use crate::schema::transacciones;

/// A purchase as read.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = transacciones, check_for_backend(diesel::pg::Pg))]
pub(crate) struct PurchaseRow {
    id: i64,
    intento_id: Uuid,
    external_reference: String,
    empresa_id: String,
    router_id: String,
    producto_id: Option<i64>,
    nombre_venta: String,
    perfil_mikrotik_nombre: String,
    pasarela: String,
    credenciales_version: i64,
    modo: String,
    monto: BigDecimal,
    moneda: String,
    monto_cobrado: Option<BigDecimal>,
    monto_reembolsado: BigDecimal,
    cliente_nombre: Option<String>,
    cliente_email: Option<String>,
    cliente_telefono: Option<String>,
    cliente_huella: Option<String>,
    dispositivo_mac: Option<String>,
    dispositivo_ip: Option<String>,
    dispositivo_info: Option<String>,
    auto_conectar: bool,
    tipo_usuario: String,
    usuario_hotspot: String,
    usuarios_candidatos: Vec<String>,
    password_hotspot: String,
    hotspot_id: Option<String>,
    hotspot_incierto_hasta: Option<NaiveDateTime>,
    orden_id: Option<String>,
    pago_id: Option<String>,
    pasarela_estado: Option<String>,
    pasarela_detalle: Option<String>,
    url_autenticacion: Option<String>,
    motivo_rechazo: Option<String>,
    motivo_fallo: Option<String>,
    estado: String,
    estado_hotspot: String,
    lecturas_vacias: i32,
    lecturas_fallidas_desde: Option<NaiveDateTime>,
    revision: i64,
    bloqueada_hasta: Option<NaiveDateTime>,
    proximo_intento_en: Option<NaiveDateTime>,
    intentos: i32,
    motivo_revision: Option<String>,
    metadata_json: Value,
    api_key_usada: Option<String>,
    creada_en: NaiveDateTime,
    cargo_enviado_en: Option<NaiveDateTime>,
    pagada_en: Option<NaiveDateTime>,
    usuario_creado_en: Option<NaiveDateTime>,
    concluida_en: Option<NaiveDateTime>,
    acceso_limite_en: Option<NaiveDateTime>,
    decidida_en: Option<NaiveDateTime>,
    leida_en: Option<NaiveDateTime>,
}

impl PurchaseRow {
    pub(crate) const fn id(&self) -> i64 {
        self.id
    }

    /// The purchase.
    pub(crate) fn into_domain(self) -> Result<Purchase, StoreError> {
        let name = RowName::new("transacciones", &self.id);
        let device = self.device(&name)?;
        let currency = name.need(Currency::from_code(&self.moneda))?;
        let minor = |amount: &BigDecimal| name.need(to_minor(amount));
        let api_key_id = self.api_key_usada.as_deref().map(ApiKeyId::parse);
        let failure = self
            .motivo_fallo
            .as_deref()
            .map(FailureReason::from_str_name);
        let sale = Sale {
            attempt_id: AttemptId::from_uuid(self.intento_id),
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            router_id: name.id(RouterId::parse(&self.router_id))?,
            product_id: name.need(self.producto_id.map(ProductId::new))?,
            sale_name: self.nombre_venta,
            profile_name: self.perfil_mikrotik_nombre,
            gateway: name.need(GatewayKind::from_str_name(&self.pasarela))?,
            credentials_version: self.credenciales_version,
            mode: name.need(GatewayMode::from_str_name(&self.modo))?,
            amount: Money::from_minor(minor(&self.monto)?, currency),
            customer: Customer {
                name: self.cliente_nombre.unwrap_or_default(),
                email: Email::from_stored(self.cliente_email.unwrap_or_default()),
                phone: self.cliente_telefono,
            },
            customer_digest: self.cliente_huella.unwrap_or_default(),
            device,
            credential_kind: name.need(CredentialKind::from_str_name(&self.tipo_usuario))?,
            candidates: self
                .usuarios_candidatos
                .into_iter()
                .map(HotspotName::from_stored)
                .collect(),
            hotspot_password: Sealed::from_stored(self.password_hotspot),
            reference: self.external_reference,
            api_key_id: api_key_id.map(|id| name.id(id)).transpose()?,
            created_at: from_sql_time(self.creada_en),
        };
        let payment = Payment {
            state: name.need(PurchaseState::from_str_name(&self.estado))?,
            charge_sent_at: self.cargo_enviado_en.map(from_sql_time),
            order_id: self.orden_id,
            payment_id: self.pago_id,
            gateway_status: self.pasarela_estado,
            gateway_detail: self.pasarela_detalle,
            card: card_from_json(&self.metadata_json),
            next_action: self
                .url_autenticacion
                .map(|url| NextAction::PassChallenge { url }),
            decline: self
                .motivo_rechazo
                .as_deref()
                .map(DeclineReason::from_str_name),
            failure: failure.map(|reason| name.need(reason)).transpose()?,
            charged_minor: self.monto_cobrado.as_ref().map(minor).transpose()?,
            refunded_minor: minor(&self.monto_reembolsado)?,
            empty_reads: self.lecturas_vacias,
            reads_failing_since: self.lecturas_fallidas_desde.map(from_sql_time),
            last_read_at: self.leida_en.map(from_sql_time),
            paid_at: self.pagada_en.map(from_sql_time),
            settled_at: self.concluida_en.map(from_sql_time),
        };
        let access = Access {
            state: name.need(AccessState::from_str_name(&self.estado_hotspot))?,
            name: HotspotName::from_stored(self.usuario_hotspot),
            user_id: self.hotspot_id,
            may_be_added_until: self.hotspot_incierto_hasta.map(from_sql_time),
            activated_at: self.usuario_creado_en.map(from_sql_time),
            deadline: self.acceso_limite_en.map(from_sql_time),
        };
        let work = Work {
            revision: self.revision,
            locked_until: self.bloqueada_hasta.map(from_sql_time),
            next_run: self.proximo_intento_en.map(from_sql_time),
            attempts: self.intentos,
            parked: self.motivo_revision.as_deref().map(ParkReason::from_stored),
            decided_at: self.decidida_en.map(from_sql_time),
        };
        Ok(Purchase::from_stored(StoredPurchase {
            id: PurchaseId::new(self.id),
            sale,
            payment,
            access,
            work,
        }))
    }

    fn device(&self, name: &RowName) -> Result<DeviceHints, StoreError> {
        let mac = self.dispositivo_mac.as_deref().map(MacAddress::parse);
        let ip = self.dispositivo_ip.as_deref().map(str::parse::<Ipv4Addr>);
        Ok(DeviceHints {
            mac: mac.map(|mac| name.need(mac.ok())).transpose()?,
            ip: ip.map(|ip| name.need(ip.ok())).transpose()?,
            info: self.dispositivo_info.clone(),
            auto_connect: self.auto_conectar,
        })
    }
}
