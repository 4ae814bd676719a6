//! Fields that portals copy from RouterOS pages, which write them URL-encoded.

use domain::network::MacAddress;
use domain::text::{self, TextError};
use percent_encoding::percent_decode_str;

use crate::body::fields::Fields;

/// A text of 1 to `max` characters once it is decoded. A `+` stays a plus: the router's pages
/// encode blanks as `%20`. What is no valid escape stays as it is.
pub(crate) fn url_decoded(fields: &mut Fields, name: &str, max: usize) -> String {
    // Every character may take three times its bytes as an escape.
    let sent = fields.text(&[name], max.saturating_mul(12));
    if sent.is_empty() {
        return sent;
    }
    let decoded = percent_decode_str(&sent).decode_utf8();
    match decoded.map(|decoded| text::required(&decoded, max)) {
        Ok(Ok(decoded)) => return decoded,
        Ok(Err(TextError::Empty)) => {
            fields.problem(name, "string_too_short", "No puede estar vacío");
        }
        Ok(Err(TextError::TooLong { max })) => {
            let msg = format!("Debe tener como máximo {max} caracteres");
            fields.problem(name, "string_too_long", msg);
        }
        Ok(Err(TextError::Control)) | Err(_) => fields.problem(
            name,
            "string_pattern_mismatch",
            "Contiene caracteres no permitidos",
        ),
    }
    String::new()
}

/// A MAC address, URL-encoded or not; `None` together with a problem.
pub(crate) fn url_decoded_mac(fields: &mut Fields, name: &str) -> Option<MacAddress> {
    let sent = url_decoded(fields, name, 64);
    if sent.is_empty() {
        return None;
    }
    let mac = MacAddress::parse(&sent).ok();
    if mac.is_none() {
        fields.problem(name, "value_error", "No es una dirección MAC válida");
    }
    mac
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn fields(name: &str, value: &str) -> Fields {
        Fields::new("body", Map::from_iter([(name.to_owned(), json!(value))]))
    }

    #[test]
    fn escapes_are_decoded_and_plain_texts_stay() {
        for (sent, read) in [
            ("PT-K7Q2M", "PT-K7Q2M"),
            ("PT%2DK7Q2M", "PT-K7Q2M"),
            ("ma%C3%B1ana", "mañana"),
            ("50%off", "50%off"),
            ("a+b", "a+b"),
        ] {
            let mut body = fields("username", sent);
            assert_eq!(url_decoded(&mut body, "username", 64), read);
            assert!(body.finish().is_ok(), "{sent}");
        }
    }

    #[test]
    fn what_hides_in_an_escape_is_refused() {
        for sent in ["a%00b", "%0A", "%20", "%FF", &"%41".repeat(65)] {
            let mut body = fields("username", sent);
            url_decoded(&mut body, "username", 64);
            assert!(body.finish().is_err(), "{sent}");
        }
    }

    #[test]
    fn macs_may_be_encoded() {
        for sent in ["AA%3ABB%3ACC%3A00%3A11%3A22", "aa-bb-cc-00-11-22"] {
            let mac = url_decoded_mac(&mut fields("current_mac", sent), "current_mac");
            assert_eq!(mac.unwrap().to_string(), "AA:BB:CC:00:11:22");
        }
        let mut body = fields("current_mac", "AA%3ABB");
        assert_eq!(url_decoded_mac(&mut body, "current_mac"), None);
        assert!(body.finish().is_err());
    }
}
