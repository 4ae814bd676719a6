//! Password hashing.

mod cost;
mod hasher;
mod work;

pub use cost::{InvalidCost, PasswordCost};
pub use hasher::{Argon2idHasher, HashingLimits};
