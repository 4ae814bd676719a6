//! The algorithms that tokens may be signed with.

use jsonwebtoken::Algorithm;

/// A value of `JWT_ALGORITHM`. Tokens with any other `alg` than the configured one are refused,
/// `none` and the asymmetric ones above all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JwtAlgorithm {
    /// HMAC-SHA-256.
    #[default]
    Hs256,
    /// HMAC-SHA-384.
    Hs384,
    /// HMAC-SHA-512.
    Hs512,
}

/// A `JWT_ALGORITHM` other than HS256, HS384 and HS512.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("HS256, HS384 or HS512")]
pub struct UnknownAlgorithm;

impl JwtAlgorithm {
    /// Reads the name as written in the configuration, in any case.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`] for any other text.
    pub fn from_name(name: &str) -> Result<Self, UnknownAlgorithm> {
        match name.to_ascii_uppercase().as_str() {
            "HS256" => Ok(Self::Hs256),
            "HS384" => Ok(Self::Hs384),
            "HS512" => Ok(Self::Hs512),
            _ => Err(UnknownAlgorithm),
        }
    }

    pub(super) const fn to_library(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::HS256,
            Self::Hs384 => Algorithm::HS384,
            Self::Hs512 => Algorithm::HS512,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hmac_family_is_known() {
        assert_eq!(JwtAlgorithm::from_name("hs384"), Ok(JwtAlgorithm::Hs384));
        for name in ["", "none", "RS256", "ES256", "EdDSA", "HS1"] {
            assert_eq!(JwtAlgorithm::from_name(name), Err(UnknownAlgorithm));
        }
    }
}
