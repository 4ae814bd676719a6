//! Who did what, when, from where. Append-only.

use crate::ids::{TenantId, UserId};
use crate::time::Timestamp;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A panel user.
    User(UserId),
    /// The server itself (workers, start-up).
    System,
}

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Row number; 0 for an entry not yet stored.
    pub id: i64,
    /// Who.
    pub actor: Actor,
    /// What, as a stable dotted word: `router.create`, `purchase.refund`.
    pub action: String,
    /// Whose: the tenant concerned, if any.
    pub tenant_id: Option<TenantId>,
    /// What kind of thing and which (`router`, `RTR_51D0A2BC`).
    pub subject: (String, String),
    /// Further facts for people, free of secrets and of customers' data.
    pub detail: Option<String>,
    /// The caller's address, if there was one.
    pub remote_address: Option<String>,
    /// When.
    pub at: Timestamp,
}
