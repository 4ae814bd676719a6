//! Where the keys come from.

use domain::secret::Secret;

/// The secrets of the configuration that encryption needs.
#[derive(Debug, Clone, Copy)]
pub struct SecretBoxKeys<'a> {
    /// `ENCRYPTION_KEYS`: `id:base64,...`, 32 bytes each; the first one writes.
    pub encryption_keys: Option<&'a Secret>,
    /// `JWT_SESSION_SECRET`: a key derived from it writes while no key is configured, and goes
    /// on opening what it sealed.
    pub session_secret: &'a Secret,
    /// `ENCRYPTION_KEY_MERCADO_PAGO`: opens old Fernet values.
    pub fernet_key: Option<&'a Secret>,
}
