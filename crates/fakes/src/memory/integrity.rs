//! The constraints of the schema: uniqueness, references, and what must hold within one purchase
//! (the last line against access without money, and against money without a trace).
//!
//! Each is checked when the row is written, against everything committed and the unit's own
//! changes, and once more at commit, when others may have committed in between.

use domain::gateway::GatewayKind;
use domain::ids::{ProductId, PurchaseId, RouterId, TenantId, UserId};
use domain::purchase::{AccessState, Purchase, PurchaseState};
use ports::store::error::{StoreError, constraints};
use uuid::Uuid;

use crate::memory::data::{Database, Kept, Writes};
use crate::memory::rows::{
    ApiKeyRow, AuditRow, EndedSessionRow, GatewayVersionKey, GatewayVersionRow, InboxRow, LogoRow,
    OutboxRow, PendingUserRow, ProductRow, PurchaseKeyKey, PurchaseKeyRow, PurchaseRow, RefundRow,
    RouterCheckRow, RouterRow, Row, TenantRow, UserRow,
};

/// A kind of row with the constraints on it.
pub(super) trait Checked: Row {
    /// Name of the primary key.
    const KEY_CONSTRAINT: &'static str;

    /// Whether the row may be written.
    fn check(&self, key: &Self::Key, db: &Database, own: &Writes) -> Result<(), StoreError>;

    /// Whether the row may be deleted.
    fn check_removal(_key: &Self::Key, _db: &Database, _own: &Writes) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Checks every change of a unit against what is committed by now.
pub(super) fn check_all(db: &Database, own: &Writes) -> Result<(), StoreError> {
    check_kind::<TenantRow>(db, own)?;
    check_kind::<GatewayVersionRow>(db, own)?;
    check_kind::<LogoRow>(db, own)?;
    check_kind::<UserRow>(db, own)?;
    check_kind::<EndedSessionRow>(db, own)?;
    check_kind::<RouterRow>(db, own)?;
    check_kind::<ApiKeyRow>(db, own)?;
    check_kind::<PendingUserRow>(db, own)?;
    check_kind::<RouterCheckRow>(db, own)?;
    check_kind::<ProductRow>(db, own)?;
    check_kind::<PurchaseRow>(db, own)?;
    check_kind::<PurchaseKeyRow>(db, own)?;
    check_kind::<RefundRow>(db, own)?;
    check_kind::<OutboxRow>(db, own)?;
    check_kind::<InboxRow>(db, own)?;
    check_kind::<AuditRow>(db, own)
}

fn check_kind<R: Kept + Checked>(db: &Database, own: &Writes) -> Result<(), StoreError> {
    R::changes(own).iter().try_for_each(|(key, row)| match row {
        Some(row) => row.check(key, db, own),
        None => R::check_removal(key, db, own),
    })
}

fn require(holds: bool, constraint: &str) -> Result<(), StoreError> {
    if holds {
        Ok(())
    } else {
        Err(StoreError::Reference {
            constraint: constraint.to_owned(),
        })
    }
}

/// Refuses the row if another one of its kind is `same`.
fn unique<R: Kept>(
    key: &R::Key,
    db: &Database,
    own: &Writes,
    constraint: &str,
    same: impl Fn(&R) -> bool,
) -> Result<(), StoreError> {
    let taken = R::view(db, own)
        .iter()
        .any(|(other, row)| other != key && same(row));
    if taken {
        Err(StoreError::Conflict {
            constraint: constraint.to_owned(),
        })
    } else {
        Ok(())
    }
}

fn has_tenant(tenant: &TenantId, db: &Database, own: &Writes) -> bool {
    TenantRow::view(db, own).get(tenant).is_some()
}

/// Whether the router exists and belongs to this tenant.
fn has_router(tenant: &TenantId, router: &RouterId, db: &Database, own: &Writes) -> bool {
    RouterRow::view(db, own)
        .get(router)
        .is_some_and(|row| row.router.tenant_id == *tenant)
}

/// Whether the product exists and is sold by this router.
fn has_product(router: &RouterId, product: ProductId, db: &Database, own: &Writes) -> bool {
    ProductRow::view(db, own)
        .get(&product)
        .is_some_and(|row| row.product.router_id == *router)
}

fn has_purchase(tenant: &TenantId, purchase: PurchaseId, db: &Database, own: &Writes) -> bool {
    PurchaseRow::view(db, own)
        .get(&purchase)
        .is_some_and(|row| row.purchase.sale().tenant_id == *tenant)
}

impl Checked for TenantRow {
    const KEY_CONSTRAINT: &'static str = "empresas_pkey";

    fn check(&self, _key: &TenantId, _db: &Database, _own: &Writes) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Checked for GatewayVersionRow {
    const KEY_CONSTRAINT: &'static str = "credenciales_pasarela_pkey";

    fn check(
        &self,
        key: &GatewayVersionKey,
        db: &Database,
        own: &Writes,
    ) -> Result<(), StoreError> {
        let (tenant, _kind, _version): &(TenantId, GatewayKind, i64) = key;
        require(
            has_tenant(tenant, db, own),
            "credenciales_pasarela_empresa_fkey",
        )
    }
}

impl Checked for LogoRow {
    const KEY_CONSTRAINT: &'static str = "logos_pkey";

    fn check(&self, _key: &String, db: &Database, own: &Writes) -> Result<(), StoreError> {
        require(has_tenant(&self.tenant_id, db, own), "logos_empresa_fkey")
    }
}

impl Checked for UserRow {
    const KEY_CONSTRAINT: &'static str = "usuarios_pkey";

    fn check(&self, key: &UserId, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let has_home = self
            .user
            .role
            .tenant()
            .is_none_or(|tenant| has_tenant(tenant, db, own));
        require(has_home, "usuarios_empresa_fkey")?;
        unique::<Self>(key, db, own, constraints::USER_EMAIL, |other| {
            other.user.email == self.user.email
        })
    }
}

impl Checked for EndedSessionRow {
    const KEY_CONSTRAINT: &'static str = "sesiones_revocadas_pkey";

    fn check(&self, _key: &Uuid, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let has_user = UserRow::view(db, own).get(&self.user_id).is_some();
        require(has_user, "sesiones_revocadas_usuario_fkey")
    }
}

impl Checked for RouterRow {
    const KEY_CONSTRAINT: &'static str = "routers_pkey";

    fn check(&self, key: &RouterId, db: &Database, own: &Writes) -> Result<(), StoreError> {
        require(
            has_tenant(&self.router.tenant_id, db, own),
            "routers_empresa_fkey",
        )?;
        unique::<Self>(key, db, own, "routers_api_key_hash_key", |other| {
            other.key_hash == self.key_hash
        })
    }

    fn check_removal(key: &RouterId, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let sells = ProductRow::view(db, own)
            .iter()
            .any(|(_id, row)| row.product.router_id == *key);
        require(!sells, "productos_router_fkey")?;
        let sold = PurchaseRow::view(db, own)
            .iter()
            .any(|(_id, row)| row.purchase.sale().router_id == *key);
        require(!sold, "transacciones_router_fkey")
    }
}

impl Checked for ApiKeyRow {
    const KEY_CONSTRAINT: &'static str = "api_keys_tracking_pkey";

    fn check(&self, key: &Self::Key, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let (tenant, router) = (&self.key.tenant_id, &self.key.router_id);
        require(
            has_router(tenant, router, db, own),
            "api_keys_tracking_router_fkey",
        )?;
        unique::<Self>(key, db, own, "api_keys_tracking_key_hash_key", |other| {
            other.hash == self.hash
        })
    }
}

impl Checked for PendingUserRow {
    const KEY_CONSTRAINT: &'static str = "credenciales_router_pkey";

    fn check(&self, _key: &String, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let (tenant, router) = (&self.user.tenant_id, &self.user.router_id);
        let has_router = has_router(tenant, router, db, own);
        require(has_router, "credenciales_router_router_fkey")
    }
}

impl Checked for RouterCheckRow {
    const KEY_CONSTRAINT: &'static str = "revisiones_router_pkey";

    fn check(&self, _key: &RouterId, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let (tenant, router) = (&self.check.tenant_id, &self.check.router_id);
        let has_router = has_router(tenant, router, db, own);
        require(has_router, "revisiones_router_router_fkey")
    }
}

impl Checked for ProductRow {
    const KEY_CONSTRAINT: &'static str = "productos_pkey";

    fn check(&self, key: &ProductId, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let (tenant, router) = (&self.product.tenant_id, &self.product.router_id);
        require(has_router(tenant, router, db, own), "productos_router_fkey")?;
        unique::<Self>(key, db, own, constraints::PRODUCT_PROFILE, |other| {
            let product = &other.product;
            product.router_id == *router && product.profile_id == self.product.profile_id
        })
    }
}

impl Checked for PurchaseRow {
    const KEY_CONSTRAINT: &'static str = "transacciones_pkey";

    fn check(&self, key: &PurchaseId, db: &Database, own: &Writes) -> Result<(), StoreError> {
        check_purchase(&self.purchase)?;
        let ours = &self.purchase;
        let (tenant, router) = (&ours.sale().tenant_id, &ours.sale().router_id);
        let seller = has_router(tenant, router, db, own);
        require(seller, "transacciones_router_fkey")?;
        let has_product = has_product(router, ours.sale().product_id, db, own);
        require(has_product, "transacciones_producto_fkey")?;
        unique::<Self>(key, db, own, constraints::PURCHASE_HOTSPOT_NAME, |other| {
            let theirs = &other.purchase;
            theirs.sale().router_id == *router && theirs.access().name == ours.access().name
        })?;
        let same_account = |theirs: &Purchase| {
            theirs.sale().tenant_id == *tenant && theirs.sale().gateway == ours.sale().gateway
        };
        unique::<Self>(key, db, own, constraints::PURCHASE_PAYMENT, |other| {
            let theirs = &other.purchase;
            ours.payment().payment_id.is_some()
                && theirs.payment().payment_id == ours.payment().payment_id
                && same_account(theirs)
        })?;
        let order_key = "transacciones_empresa_pasarela_transaccion_key";
        unique::<Self>(key, db, own, order_key, |other| {
            let theirs = &other.purchase;
            ours.sale().gateway == GatewayKind::Conekta
                && ours.payment().order_id.is_some()
                && theirs.payment().order_id == ours.payment().order_id
                && same_account(theirs)
        })?;
        unique::<Self>(key, db, own, "transacciones_intento_key", |other| {
            other.purchase.sale().attempt_id == ours.sale().attempt_id
        })?;
        unique::<Self>(key, db, own, "transacciones_referencia_key", |other| {
            other.purchase.sale().reference == ours.sale().reference
        })?;
        unique::<Self>(key, db, own, "transacciones_token_key", |other| {
            other.token_digest == self.token_digest
        })
    }
}

impl Checked for PurchaseKeyRow {
    const KEY_CONSTRAINT: &'static str = constraints::IDEMPOTENCY_KEY;

    fn check(&self, _key: &PurchaseKeyKey, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let exists = has_purchase(&self.tenant_id, self.purchase_id, db, own);
        require(exists, "claves_idempotencia_compra_fkey")
    }
}

impl Checked for RefundRow {
    const KEY_CONSTRAINT: &'static str = "reembolsos_pkey";

    fn check(&self, key: &Self::Key, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let ours = &self.refund;
        let exists = has_purchase(&ours.tenant_id, ours.purchase_id, db, own);
        require(exists, "reembolsos_compra_fkey")?;
        unique::<Self>(key, db, own, "reembolsos_llave_key", |other| {
            other.refund.key == ours.key
        })?;
        unique::<Self>(key, db, own, constraints::REFUND_REQUEST_KEY, |other| {
            let theirs = &other.refund;
            theirs.purchase_id == ours.purchase_id
                && theirs.request_key.is_some()
                && theirs.request_key == ours.request_key
        })?;
        unique::<Self>(key, db, own, constraints::OPEN_REFUND, |other| {
            use domain::refund::RefundState::Sending;
            let theirs = &other.refund;
            theirs.purchase_id == ours.purchase_id
                && theirs.state == Sending
                && ours.state == Sending
        })
    }
}

impl Checked for OutboxRow {
    const KEY_CONSTRAINT: &'static str = "bandeja_salida_pkey";

    fn check(&self, _key: &i64, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let tenant = &self.entry.tenant_id;
        require(has_tenant(tenant, db, own), "bandeja_salida_empresa_fkey")?;
        let has_purchase = self
            .entry
            .purchase_id
            .is_none_or(|purchase| has_purchase(tenant, purchase, db, own));
        require(has_purchase, "bandeja_salida_compra_fkey")
    }
}

impl Checked for InboxRow {
    const KEY_CONSTRAINT: &'static str = "bandeja_webhooks_pkey";

    fn check(&self, key: &i64, db: &Database, own: &Writes) -> Result<(), StoreError> {
        let ours = &self.entry;
        require(
            has_tenant(&ours.tenant_id, db, own),
            "bandeja_webhooks_empresa_fkey",
        )?;
        unique::<Self>(key, db, own, "bandeja_webhooks_evento_key", |other| {
            let theirs = &other.entry;
            theirs.is_verified
                && ours.is_verified
                && theirs.gateway == ours.gateway
                && theirs.tenant_id == ours.tenant_id
                && theirs.event_id == ours.event_id
        })
    }
}

impl Checked for AuditRow {
    const KEY_CONSTRAINT: &'static str = "auditoria_pkey";

    fn check(&self, _key: &i64, _db: &Database, _own: &Writes) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The check that the purchase violates, if any.
fn violated(purchase: &Purchase) -> Option<&'static str> {
    let is_paid = purchase.state() == PurchaseState::Paid;
    let was_sent = purchase.payment().charge_sent_at.is_some();
    let charge_fits = match purchase.state() {
        PurchaseState::Created => !was_sent,
        PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending
        | PurchaseState::Declined
        | PurchaseState::GivenUp => was_sent,
        _ => true,
    };
    let most = purchase
        .payment()
        .charged_minor
        .unwrap_or(purchase.sale().amount.minor());
    let is_open = purchase.access().state == AccessState::Active;
    let rules = [
        (charge_fits, "transacciones_cargo_check"),
        (
            !is_paid || (was_sent && purchase.payment().paid_at.is_some()),
            "transacciones_pagada_check",
        ),
        (
            !is_open || (is_paid && purchase.access().activated_at.is_some()),
            "transacciones_acceso_check",
        ),
        (
            (0..=most).contains(&purchase.payment().refunded_minor),
            "transacciones_reembolsado_check",
        ),
        (
            purchase.sale().amount.minor() > 0,
            "transacciones_monto_check",
        ),
    ];
    rules
        .into_iter()
        .find(|(holds, _name)| !holds)
        .map(|(_holds, name)| name)
}

/// Refuses a purchase that violates a check.
pub(super) fn check_purchase(purchase: &Purchase) -> Result<(), StoreError> {
    match violated(purchase) {
        Some(name) => Err(StoreError::Internal(format!("violates {name}").into())),
        None => Ok(()),
    }
}
