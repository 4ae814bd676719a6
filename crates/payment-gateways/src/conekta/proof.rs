//! The `DIGEST` header: RSA PKCS#1 v1.5 with SHA-256 over the raw body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::payments::{EventProof, RawEvent};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Checks the signature with each of the tenant's keys (several during a rotation). A key that
/// cannot be read verifies nothing, but counts as a key.
pub(crate) fn prove(raw: &RawEvent, keys: &[String]) -> EventProof {
    let mut keys = keys.iter().filter(|key| !key.trim().is_empty()).peekable();
    if keys.peek().is_none() {
        return EventProof::NoKey;
    }
    let signature = raw
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("digest"))
        .and_then(|(_, value)| STANDARD.decode(value.trim()).ok());
    let is_signed = signature.is_some_and(|signature| {
        keys.filter_map(|key| public_key(key)).any(|key| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                .verify(&raw.body, &signature)
                .is_ok()
        })
    });
    if is_signed {
        EventProof::Verified
    } else {
        EventProof::Forged
    }
}

/// The RSA key inside of a PEM `PUBLIC KEY`.
fn public_key(pem: &str) -> Option<Vec<u8>> {
    let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.trim().as_bytes()).ok()?;
    let info = SubjectPublicKeyInfoRef::try_from(der.as_ref()).ok()?;
    if info.algorithm.oid != RSA_ENCRYPTION {
        return None;
    }
    info.subject_public_key.as_bytes().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Test vector of docs/reference/gateways.md, section A9; its SHA-256 is 573624e4....
    const BODY: &str = r#"{"id":"evt_test_1","object":"event","type":"order.paid","livemode":false,"created_at":1774901374,"data":{"object":{"id":"ord_test_1","object":"order","payment_status":"paid","amount":2000,"currency":"MXN"}}}"#;
    const DIGEST: &str = "oRrzJdj5lTi4cR/cO5SFzYGm6R21UPLDsgsXewATT4SeHZ3lcOUUsLtMep3jsz+/6lP7fPvaINalPBYjUAHCOMV4IEcHhWGHGqZbUHNH9Yn0ahwL6dRjPdlVQHTqa5E9NtOLxo9O002vi9iVVvvZKBPkHXsWcv8wHctuukzD7JKxyNhgup1wOhKXv1GXPnKjZE8cCngO6NIfpwg7Xmk5HJTQAUqO0bHofLh2LeVSOfBpWQV4TSEBjRZ3Vnt02AJ7yp6ddS6hxn4ga9BTLUfcp8h3q4uD6Vnztl2EBeSGUKA1IGxPDbUrvLSHawa7TyluvbHnQ8UdVzaDRd2/eI+ttA==";
    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuSLLfAvXhymUM9xQA7ao
2jdQuV7GVEprGSQ/3Pe4yopnzUlsFrwUJEK45TvTvoTWm2v1Vj4ljg42t7m6af++
te4NGZElQR+5Ivxgh9WJwj+2CLAkOqXSA9JX0XHT5vZVIST3DsrC4hpP1guUHJn3
ju8Rbl4SdD8fGB4y1gNQ1AwG6w+S6AQWVd/5E9/TpsFLExJHl/s37bx34X8Nt4PU
qMLep9PNlrmIZ76JUbnk4up8OSlcA9+ykxr0gz2ib3AdmdrV5B5ew9iyqWAFWpSr
Wvam64ZztnKwiXYwOyN6hxxfyUTq1IlMqKxYhCV/8Z0eI9B6cQ+I/GYdy+TWo6Mk
SwIDAQAB
-----END PUBLIC KEY-----
";

    fn raw(body: &str, digest: Option<&str>) -> RawEvent {
        RawEvent {
            headers: digest
                .map(|value| ("digest".to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            body: body.as_bytes().to_vec(),
            ..RawEvent::default()
        }
    }

    #[test]
    fn the_vector_verifies_also_with_several_keys_and_odd_line_ends() {
        let unreadable = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".to_owned();
        let crlf = KEY.replace('\n', "\r\n");
        for keys in [
            vec![KEY.to_owned()],
            vec![unreadable, "  ".to_owned(), crlf],
        ] {
            assert_eq!(prove(&raw(BODY, Some(DIGEST)), &keys), EventProof::Verified);
            assert_eq!(
                prove(&raw(BODY, Some(&format!(" {DIGEST}\t"))), &keys),
                EventProof::Verified
            );
        }
    }

    #[test]
    fn a_changed_body_a_missing_or_wrong_digest_is_forged() {
        let keys = [KEY.to_owned()];
        let changed = BODY.replace("2000", "2001");
        let wrong = DIGEST.replacen('o', "p", 1);
        for event in [
            raw(&changed, Some(DIGEST)),
            raw(&format!("{BODY}\n"), Some(DIGEST)),
            raw(BODY, Some(&wrong)),
            raw(BODY, Some("")),
            raw(BODY, Some("%%%")),
            raw(BODY, None),
        ] {
            assert_eq!(prove(&event, &keys), EventProof::Forged);
        }
    }

    #[test]
    fn without_a_key_nothing_is_proved_and_a_bad_key_proves_nothing() {
        assert_eq!(prove(&raw(BODY, Some(DIGEST)), &[]), EventProof::NoKey);
        assert_eq!(
            prove(&raw(BODY, Some(DIGEST)), &[" \n".to_owned()]),
            EventProof::NoKey
        );
        assert_eq!(
            prove(&raw(BODY, Some(DIGEST)), &["junk".to_owned()]),
            EventProof::Forged
        );
    }
}
