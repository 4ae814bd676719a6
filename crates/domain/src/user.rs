//! Who works with the panel.

use crate::contact::Email;
use crate::ids::{TenantId, UserId};
use crate::time::Timestamp;

/// What a user may do. A tenant administrator always belongs to exactly one tenant; the type
/// leaves no room for another combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The platform owner (`super_admin`).
    SuperAdmin,
    /// An operator (`cliente_admin`) of this tenant.
    TenantAdmin(TenantId),
}

impl Role {
    /// The tenant of a tenant administrator.
    #[must_use]
    pub const fn tenant(&self) -> Option<&TenantId> {
        match self {
            Self::SuperAdmin => None,
            Self::TenantAdmin(tenant) => Some(tenant),
        }
    }
}

/// A panel user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Row number, also the session token's subject.
    pub id: UserId,
    /// What the user may do, and for whom.
    pub role: Role,
    /// Login name, unique over the whole platform.
    pub email: Email,
    /// Full name.
    pub name: String,
    /// Switched-off users cannot log in, and their sessions end.
    pub is_active: bool,
    /// Counted up by a password change and by switching the user off: a session carries the
    /// number that it was issued under and ends when the two differ.
    pub token_version: i64,
    /// Last successful login.
    pub last_login_at: Option<Timestamp>,
    /// When the user was created.
    pub created_at: Timestamp,
}

/// Shortest password in bytes.
pub const MIN_PASSWORD: usize = 8;
/// Longest password in bytes; keeps hashing affordable.
pub const MAX_PASSWORD: usize = 128;

/// Whether a new password has an acceptable length (8 to 128 bytes).
#[must_use]
pub const fn password_length_fits(password: &str) -> bool {
    password.len() >= MIN_PASSWORD && password.len() <= MAX_PASSWORD
}
