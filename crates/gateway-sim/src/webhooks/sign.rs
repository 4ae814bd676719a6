//! Signatures of notices.

use ring::hmac;

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
