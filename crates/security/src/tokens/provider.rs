//! The HMAC algorithms for the token library, over the crates that are here anyway. Its own
//! provider brings RSA and elliptic curves along, which no token of ours may use.

use std::sync::Once;

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes the library use this provider; once is enough for the process.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    // Whoever was first would have installed another one: there is none.
    INSTALLED.call_once(|| {
        let _first = PROVIDER.install_default();
    });
}

/// A key with its algorithm.
struct Keyed {
    algorithm: Algorithm,
    key: Zeroizing<Vec<u8>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the library asks for this function"
)]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let keyed = Keyed::new(*algorithm, key.family(), key.as_bytes())?;
    Ok(Box::new(keyed))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the library asks for this function"
)]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let keyed = Keyed::new(*algorithm, key.family(), key.try_get_as_bytes()?)?;
    Ok(Box::new(keyed))
}

impl Keyed {
    fn new(algorithm: Algorithm, family: AlgorithmFamily, key: &[u8]) -> Result<Self> {
        let is_hmac = matches!(
            algorithm,
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512
        );
        if !is_hmac {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        if family != AlgorithmFamily::Hmac {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        Ok(Self {
            algorithm,
            key: Zeroizing::new(key.to_vec()),
        })
    }

    fn mac<M: Mac + KeyInit>(&self, message: &[u8]) -> std::result::Result<M, signature::Error> {
        let mut mac =
            <M as KeyInit>::new_from_slice(&self.key).map_err(|_length| signature::Error::new())?;
        mac.update(message);
        Ok(mac)
    }
}

impl Signer<Vec<u8>> for Keyed {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(match self.algorithm {
            Algorithm::HS384 => {
                let mac = self.mac::<Hmac<Sha384>>(message)?;
                mac.finalize().into_bytes().to_vec()
            }
            Algorithm::HS512 => {
                let mac = self.mac::<Hmac<Sha512>>(message)?;
                mac.finalize().into_bytes().to_vec()
            }
            _ => {
                let mac = self.mac::<Hmac<Sha256>>(message)?;
                mac.finalize().into_bytes().to_vec()
            }
        })
    }
}

impl Verifier<Vec<u8>> for Keyed {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), signature::Error> {
        // Compares in constant time, and refuses a shortened signature.
        let verdict = match self.algorithm {
            Algorithm::HS384 => self.mac::<Hmac<Sha384>>(message)?.verify_slice(signature),
            Algorithm::HS512 => self.mac::<Hmac<Sha512>>(message)?.verify_slice(signature),
            _ => self.mac::<Hmac<Sha256>>(message)?.verify_slice(signature),
        };
        verdict.map_err(|_different| signature::Error::new())
    }
}

impl JwtSigner for Keyed {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl JwtVerifier for Keyed {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2, of all three.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (algorithm, start) in [
            (Algorithm::HS256, "5bdcc146bf60754e6a042426089575c7"),
            (Algorithm::HS384, "af45d2e376484031617f78d2b58a6b1b"),
            (Algorithm::HS512, "164b7a7bfcf819e2e395fbe73b56e0a3"),
        ] {
            let keyed = Keyed::new(algorithm, AlgorithmFamily::Hmac, b"Jefe").unwrap();
            let message = b"what do ya want for nothing?";
            let code = keyed.try_sign(message).unwrap();
            let hex = ports::security::to_hex(&code);
            assert!(hex.starts_with(start), "{hex}");
            keyed.verify(message, &code).unwrap();
            let shorter = code[..code.len() - 1].to_vec();
            assert!(keyed.verify(message, &shorter).is_err());
            assert!(keyed.verify(b"another", &code).is_err());
        }
    }

    #[test]
    fn other_algorithms_and_keys_are_refused() {
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
            assert!(Keyed::new(algorithm, AlgorithmFamily::Hmac, b"k").is_err());
        }
        assert!(Keyed::new(Algorithm::HS256, AlgorithmFamily::Rsa, b"k").is_err());
    }
}
