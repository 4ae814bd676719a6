//! Signatures of webhook deliveries, and the sandbox's RSA key pairs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
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

/// A key that belongs to no account.
const UNKNOWN_KEY: &str = include_str!("../../keys/unknown.private.pem");

/// The public half of a pair, as PEM.
pub(crate) fn public_pem(pair: usize) -> &'static str {
    PAIRS.get(pair % COUNT).map_or("", |(_, public)| public)
}

/// The `DIGEST` header for a body. `None` only if a built-in key could not be read.
pub(crate) fn digest(pair: usize, body: &[u8]) -> Option<String> {
    let (private, _) = PAIRS.get(pair % COUNT)?;
    sign(private, body)
}

/// A well-formed `DIGEST` header made with a key that belongs to no account.
pub(crate) fn foreign_key_digest(body: &[u8]) -> Option<String> {
    sign(UNKNOWN_KEY, body)
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

/// The manifest that Mercado Pago signs; a missing part is left out with its label.
pub(crate) fn manifest(data_id: Option<&str>, request_id: Option<&str>, ts: &str) -> String {
    let part = |label: &str, value: Option<&str>| {
        value
            .map(|value| format!("{label}:{value};"))
            .unwrap_or_default()
    };
    format!(
        "{}{}ts:{ts};",
        part("id", data_id),
        part("request-id", request_id)
    )
}

/// Hexadecimal HMAC-SHA256 of the manifest.
pub(crate) fn hmac_hex(secret: &str, manifest: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex::encode(hmac::sign(&key, manifest.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::RSA_PKCS1_2048_8192_SHA256;
    use ring::signature::UnparsedPublicKey;

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
    fn each_pair_signs_for_itself_only_and_an_unknown_key_for_none() {
        let body = b"{\"id\":\"evt\"}";
        let unknown = foreign_key_digest(body).unwrap();
        for signer in 0..COUNT {
            let digest = digest(signer, body).unwrap();
            for owner in 0..COUNT {
                assert_eq!(verifies(public_pem(owner), body, &digest), owner == signer);
            }
            assert!(!verifies(public_pem(signer), body, &unknown));
        }
    }

    const SECRET: &str = "mp_test_secret_0001";
    const REQUEST: &str = "b4d4c3f0-5f1e-4a7e-9f6c-2f2f6a1c9d10";

    #[test]
    fn known_signatures_come_out() {
        let ts = "1742505638683";
        for (id, request, expected) in [
            (
                "123456789012",
                Some(REQUEST),
                "e1af2a6d898f4c9831de40df50ba9bfbf0388aa45e3631b832837830ede04aa3",
            ),
            (
                "ord01jx7abcdef",
                Some(REQUEST),
                "3d00cc57e557855bd9eb39bef47c5ceb26592d6074cd2bf3519fee9025ce5b18",
            ),
            (
                "123456789012",
                None,
                "33a74b86df47b76b2858453a0133cae71ffd30c6a080c5b16fd5f58699d87ceb",
            ),
        ] {
            assert_eq!(hmac_hex(SECRET, &manifest(Some(id), request, ts)), expected);
        }
    }

    #[test]
    fn a_missing_part_goes_with_its_label() {
        assert_eq!(manifest(None, None, "5"), "ts:5;");
    }
}
