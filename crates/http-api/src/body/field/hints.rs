//! Hints that portals copy from RouterOS pages and browsers. A sale never fails for one of them:
//! what cannot be read is none, and what is too long is cut.

use std::net::{IpAddr, Ipv4Addr};

use domain::network::MacAddress;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use utoipa::openapi::schema::Type;

use crate::body::field::{Field, Kind};

impl Field<'_> {
    /// A text or a number as sent; anything else is none.
    fn hinted(&self) -> Option<String> {
        match self.present()? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A MAC address in any of its layouts, URL-encoded or not.
    pub(crate) fn hinted_mac(mut self) -> Option<MacAddress> {
        self.describe(false, Kind::of(Type::String));
        let sent = self.hinted()?;
        let decoded = percent_decode_str(&sent).decode_utf8().ok()?;
        MacAddress::parse(&decoded).ok()
    }

    /// An IPv4 address, also as IPv6 writes it, or the first of a list.
    pub(crate) fn hinted_ipv4(mut self) -> Option<Ipv4Addr> {
        self.describe(false, Kind::of(Type::String));
        let sent = self.hinted()?;
        let first = sent.split(',').next()?;
        match first.trim().parse::<IpAddr>().ok()?.to_canonical() {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        }
    }

    /// A text cut to `max` characters, with blanks for control characters.
    pub(crate) fn hinted_text(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::of(Type::String));
        let sent = self.hinted()?;
        let clean = sent.replace(char::is_control, " ");
        let cut: String = clean.trim().chars().take(max).collect();
        let text = cut.trim_end();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

#[cfg(test)]
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough in its lifetime"
)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::body::fields::Fields;

    fn read<T>(value: Value, read: impl Fn(Field<'_>) -> Option<T>) -> Option<T> {
        let mut body = Fields::new("body", Map::from_iter([("x".to_owned(), value)]));
        let hint = read(body.field("x", ""));
        assert!(body.finish().is_ok(), "a hint is never a problem");
        hint
    }

    #[test]
    fn macs_are_read_in_every_layout_and_other_texts_are_none() {
        for sent in [
            "AA:BB:CC:00:11:22",
            "AA%3ABB%3ACC%3A00%3A11%3A22",
            "AABBCC001122",
            "aabb.cc00.1122",
            " aa-bb-cc-00-11-22 ",
        ] {
            let mac = read(json!(sent), |field| field.hinted_mac());
            assert_eq!(mac.unwrap().to_string(), "AA:BB:CC:00:11:22", "{sent}");
        }
        for sent in [
            json!("---"),
            json!("$(mac)"),
            json!("undefined"),
            json!("%FF"),
            json!(""),
            json!(null),
            json!(7),
            json!([]),
        ] {
            assert_eq!(
                read(sent.clone(), |field| field.hinted_mac()),
                None,
                "{sent}"
            );
        }
    }

    #[test]
    fn the_first_ipv4_address_is_read_and_other_texts_are_none() {
        for sent in ["10.5.50.9", "::ffff:10.5.50.9", "10.5.50.9, 189.1.2.3"] {
            let ip = read(json!(sent), |field| field.hinted_ipv4());
            assert_eq!(ip, Some(Ipv4Addr::new(10, 5, 50, 9)), "{sent}");
        }
        for sent in [
            json!("2806:2f0::1"),
            json!("$(ip)"),
            json!("10.5.50"),
            json!(""),
            json!({}),
        ] {
            assert_eq!(
                read(sent.clone(), |field| field.hinted_ipv4()),
                None,
                "{sent}"
            );
        }
    }

    #[test]
    fn texts_are_cut_and_cleaned() {
        for (sent, text) in [
            (json!("ñ".repeat(30)), Some("ñ".repeat(20))),
            (
                json!("+52 1 (55) 2299-7233 ext. 4"),
                Some("+52 1 (55) 2299-7233".to_owned()),
            ),
            (json!("a\u{0}b\n"), Some("a b".to_owned())),
            (json!(5_522_997_233_u64), Some("5522997233".to_owned())),
            (json!("  "), None),
            (json!(true), None),
            (json!(null), None),
        ] {
            let read = read(sent.clone(), |field| field.hinted_text(20));
            assert_eq!(read, text, "{sent}");
        }
    }
}
