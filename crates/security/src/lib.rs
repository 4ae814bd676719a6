//! Passwords, tokens, digests and secrets at rest.
//!
//! Adapters of the ports in `ports::security` and of the secure randomness of `ports::system`.
//! This crate knows no database, no environment and no clock: keys are handed in, and times are
//! arguments.

mod derive;
mod digests;
mod password;
mod random;
mod secret_box;
mod tokens;

pub use digests::HmacDigests;
pub use password::{Argon2idHasher, HashingLimits, InvalidCost, PasswordCost};
pub use random::OsRandom;
pub use secret_box::{KeyProblem, KeyProblems, SecretBoxKeys, XChaChaSecretBox};
pub use tokens::{JwtAlgorithm, JwtTokens, UnknownAlgorithm};
