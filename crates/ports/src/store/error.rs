//! What can go wrong with the store.

/// Why a row could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint said no. The unit of work is of no further use.
    #[error("conflict on {constraint}")]
    Conflict {
        /// The constraint's name: one of [`constraints`].
        constraint: String,
    },
    /// A row that this one refers to is not there (or belongs to somebody else), or is still
    /// referred to.
    #[error("broken reference {constraint}")]
    Reference {
        /// The constraint's name.
        constraint: String,
    },
    /// Concurrent transactions got in each other's way: repeat the whole use case.
    #[error("concurrent transactions collided")]
    Serialization,
    /// No connection, or it was lost.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row that the domain cannot make sense of.
    #[error("row {id} of {table} is not readable")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Key of the row.
        id: String,
    },
    /// Anything else: a bug or a database in a state we do not know.
    #[error("the database refused the statement")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether this is a conflict on the named constraint.
    #[must_use]
    pub fn is_conflict_on(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }
}

/// Names of the unique constraints that callers tell apart. The same in the database and in the
/// fake.
pub mod constraints {
    /// One account per e-mail address.
    pub const USER_EMAIL: &str = "usuarios_email_key";
    /// One product per company, router and profile; inactive ones count.
    pub const PRODUCT_PROFILE: &str = "productos_empresa_router_perfil_key";
    /// A hotspot user name is sold once per router, for ever.
    pub const PURCHASE_HOTSPOT_NAME: &str = "transacciones_router_usuario_key";
    /// An idempotency key belongs to one purchase.
    pub const IDEMPOTENCY_KEY: &str = "claves_idempotencia_pkey";
    /// One refund in flight per purchase.
    pub const OPEN_REFUND: &str = "reembolsos_en_curso_key";
    /// A caller's refund key is used once per purchase.
    pub const REFUND_REQUEST_KEY: &str = "reembolsos_clave_solicitud_key";
    /// A gateway payment belongs to one purchase of a tenant.
    pub const PURCHASE_PAYMENT: &str = "transacciones_empresa_pasarela_pago_key";
}
