//! The sandbox's RSA key pairs.
//!
//! They are in the source on purpose: they sign nothing but sandbox notices, and a fixed pair
//! keeps transcripts the same in each run. Never use them for anything else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// How many pairs accounts are given.
pub(crate) const COUNT: usize = 4;

const PAIRS: [(&str, &str); COUNT] = [
    (
        include_str!("../../keys/sandbox-1.private.pem"),
        include_str!("../../keys/sandbox-1.public.pem"),
    ),
    (
        include_str!("../../keys/sandbox-2.private.pem"),
        include_str!("../../keys/sandbox-2.public.pem"),
    ),
    (
        include_str!("../../keys/sandbox-3.private.pem"),
        include_str!("../../keys/sandbox-3.public.pem"),
    ),
    (
        include_str!("../../keys/sandbox-4.private.pem"),
        include_str!("../../keys/sandbox-4.public.pem"),
    ),
];

/// A key that belongs to nobody.
const STRANGER: &str = include_str!("../../keys/stranger.private.pem");

/// The public half of a pair, as PEM.
pub(crate) fn public_pem(pair: usize) -> &'static str {
    PAIRS.get(pair % COUNT).map_or("", |(_, public)| public)
}

/// The `DIGEST` header for a body. `None` only if a built-in key could not be read.
pub(crate) fn digest(pair: usize, body: &[u8]) -> Option<String> {
    let (private, _) = PAIRS.get(pair % COUNT)?;
    sign(private, body)
}

/// A well-formed `DIGEST` header made with a key that belongs to nobody.
pub(crate) fn stranger_digest(body: &[u8]) -> Option<String> {
    sign(STRANGER, body)
}

/// Base64 of the RSA PKCS#1 v1.5 SHA-256 signature.
fn sign(private: &str, body: &[u8]) -> Option<String> {
    let base64: String = private
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).ok()?).ok()?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        body,
        &mut signature,
    )
    .ok()?;
    Some(STANDARD.encode(signature))
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    /// The key inside of a PEM `SubjectPublicKeyInfo` for 2048-bit RSA: 24 bytes of frame.
    fn public_key(pem: &str) -> Vec<u8> {
        let base64: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        STANDARD.decode(base64).unwrap().split_off(24)
    }

    fn verifies(pem: &str, body: &[u8], digest: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key(pem));
        key.verify(body, &STANDARD.decode(digest).unwrap()).is_ok()
    }

    #[test]
    fn the_reference_vector_verifies_with_the_check_used_here() {
        let body = br#"{"id":"evt_test_1","object":"event","type":"order.paid","livemode":false,"created_at":1774901374,"data":{"object":{"id":"ord_test_1","object":"order","payment_status":"paid","amount":2000,"currency":"MXN"}}}"#;
        let digest = "oRrzJdj5lTi4cR/cO5SFzYGm6R21UPLDsgsXewATT4SeHZ3lcOUUsLtMep3jsz+/6lP7fPvaINalPBYjUAHCOMV4IEcHhWGHGqZbUHNH9Yn0ahwL6dRjPdlVQHTqa5E9NtOLxo9O002vi9iVVvvZKBPkHXsWcv8wHctuukzD7JKxyNhgup1wOhKXv1GXPnKjZE8cCngO6NIfpwg7Xmk5HJTQAUqO0bHofLh2LeVSOfBpWQV4TSEBjRZ3Vnt02AJ7yp6ddS6hxn4ga9BTLUfcp8h3q4uD6Vnztl2EBeSGUKA1IGxPDbUrvLSHawa7TyluvbHnQ8UdVzaDRd2/eI+ttA==";
        let pem = "-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuSLLfAvXhymUM9xQA7ao\n\
2jdQuV7GVEprGSQ/3Pe4yopnzUlsFrwUJEK45TvTvoTWm2v1Vj4ljg42t7m6af++\n\
te4NGZElQR+5Ivxgh9WJwj+2CLAkOqXSA9JX0XHT5vZVIST3DsrC4hpP1guUHJn3\n\
ju8Rbl4SdD8fGB4y1gNQ1AwG6w+S6AQWVd/5E9/TpsFLExJHl/s37bx34X8Nt4PU\n\
qMLep9PNlrmIZ76JUbnk4up8OSlcA9+ykxr0gz2ib3AdmdrV5B5ew9iyqWAFWpSr\n\
Wvam64ZztnKwiXYwOyN6hxxfyUTq1IlMqKxYhCV/8Z0eI9B6cQ+I/GYdy+TWo6Mk\n\
SwIDAQAB\n\
-----END PUBLIC KEY-----\n";
        assert!(verifies(pem, body, digest));
        assert!(!verifies(pem, b"{}", digest));
        assert!(!verifies(public_pem(0), body, digest));
    }

    #[test]
    fn each_pair_signs_for_itself_only_and_the_stranger_for_none() {
        let body = b"{\"id\":\"evt\"}";
        let stranger = stranger_digest(body).unwrap();
        for signer in 0..COUNT {
            let digest = digest(signer, body).unwrap();
            for owner in 0..COUNT {
                assert_eq!(verifies(public_pem(owner), body, &digest), owner == signer);
            }
            assert!(!verifies(public_pem(signer), body, &stranger));
        }
    }
}
