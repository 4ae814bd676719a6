//! Secrets at rest.
//!
//! Stored form: `<key id>:<base64 of nonce and ciphertext>`, XChaCha20-Poly1305. The associated
//! data name the place (table, column, tenant, row), so a ciphertext moved to another row does
//! not open. Old Fernet values of Mercado Pago secrets can be read, never written.

mod context;
mod fernet;
mod keys;
mod problems;
mod ring;
mod sealing;

pub use keys::SecretBoxKeys;
pub use problems::{KeyProblem, KeyProblems};
pub use sealing::XChaChaSecretBox;
