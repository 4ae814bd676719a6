//! Session tokens and router API keys as JSON Web Tokens (RFC 7519, HMAC only).

mod algorithm;
mod claims;
mod issuer;
mod provider;

pub use algorithm::{JwtAlgorithm, UnknownAlgorithm};
pub use issuer::JwtTokens;
