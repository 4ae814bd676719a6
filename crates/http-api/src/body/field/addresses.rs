//! Addresses of people, routers and devices.

use std::net::Ipv4Addr;

use application::edit::Edit;
use domain::contact::{Email, MAX_EMAIL};
use domain::network::{Host, MacAddress};
use domain::text;
use percent_encoding::percent_decode_str;
use utoipa::openapi::schema::{KnownFormat, Type};

use crate::body::field::{Field, Kind};

impl Field<'_> {
    fn email_sent(&mut self) -> Option<Email> {
        let sent = self.plain()?;
        let msg = format!("No es un correo electrónico válido (máximo {MAX_EMAIL} caracteres)");
        self.or_problem(Email::parse(&sent).ok(), "value_error", &msg)
    }

    /// An e-mail address.
    pub(crate) fn email(mut self) -> Email {
        self.describe(true, Kind::text(MAX_EMAIL).format(KnownFormat::Email));
        self.require();
        self.email_sent().unwrap_or_else(|| Email::from_stored(""))
    }

    /// An e-mail address of an update: absent keeps, null clears.
    pub(crate) fn edit_email(mut self) -> Edit<Email> {
        self.describe(false, Kind::text(MAX_EMAIL).format(KnownFormat::Email));
        if self.fields.is_null(self.name) {
            return Edit::Clear;
        }
        self.email_sent().map_or(Edit::Keep, Edit::Set)
    }

    fn host_sent(&mut self) -> Option<Host> {
        let sent = self.plain()?;
        let msg = if sent.contains("://") || sent.contains('/') {
            "Debe ser una dirección IP o un nombre de host, sin `http://` ni nada después"
        } else if sent.matches(':').count() == 1 {
            "Debe ser una dirección IP o un nombre de host; el puerto va aparte, en `puerto`"
        } else {
            "Debe ser una dirección IP o un nombre de host"
        };
        self.or_problem(Host::parse(&sent).ok(), "value_error", msg)
    }

    /// A router's address, if sent.
    pub(crate) fn optional_host(mut self) -> Option<Host> {
        self.describe(false, Kind::of(Type::String));
        self.host_sent()
    }

    /// A router's address.
    pub(crate) fn host(mut self) -> Host {
        self.describe(true, Kind::of(Type::String));
        self.require();
        self.host_sent().unwrap_or_else(|| Host::from_stored(""))
    }

    fn mac_of(&mut self, sent: &str) -> Option<MacAddress> {
        let msg = "No es una dirección MAC válida; escríbala como AA:BB:CC:00:11:22";
        self.or_problem(MacAddress::parse(sent).ok(), "value_error", msg)
    }

    /// An IPv4 address; blank is none.
    pub(crate) fn optional_ipv4(mut self) -> Option<Ipv4Addr> {
        self.describe(false, Kind::of(Type::String));
        let sent = self.plain()?;
        if sent.trim().is_empty() {
            return None;
        }
        let msg = "No es una dirección IPv4 válida";
        self.or_problem(sent.trim().parse().ok(), "value_error", msg)
    }

    /// A text that portals copy from RouterOS pages, which write it URL-encoded: 1 to `max`
    /// characters once it is decoded. A `+` stays a plus: the router's pages encode blanks as
    /// `%20`. What is no valid escape stays as it is.
    pub(crate) fn url_decoded(mut self, max: usize) -> String {
        self.describe(true, Kind::text(max));
        self.decoded(max)
    }

    fn decoded(&mut self, max: usize) -> String {
        self.require();
        // Every character may take three times its bytes as an escape.
        let Some(sent) = self.filled(max.saturating_mul(12)) else {
            return String::new();
        };
        if let Ok(decoded) = percent_decode_str(&sent).decode_utf8() {
            let text = text::required(&decoded, max);
            self.checked(text).unwrap_or_default()
        } else {
            self.bad_characters();
            String::new()
        }
    }

    /// A MAC address, URL-encoded or not; `None` together with a problem.
    pub(crate) fn url_decoded_mac(mut self) -> Option<MacAddress> {
        self.describe(true, Kind::of(Type::String));
        let sent = self.decoded(64);
        if sent.is_empty() {
            return None;
        }
        self.mac_of(&sent)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use crate::body::fields::Fields;

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
            assert_eq!(body.field("username", "").url_decoded(64), read);
            assert!(body.finish().is_ok(), "{sent}");
        }
    }

    #[test]
    fn what_hides_in_an_escape_is_refused() {
        for sent in ["a%00b", "%0A", "%20", "%FF", &"%41".repeat(65)] {
            let mut body = fields("username", sent);
            body.field("username", "").url_decoded(64);
            assert!(body.finish().is_err(), "{sent}");
        }
    }

    #[test]
    fn macs_may_be_encoded() {
        for sent in ["AA%3ABB%3ACC%3A00%3A11%3A22", "aa-bb-cc-00-11-22"] {
            let mut body = fields("current_mac", sent);
            let mac = body.field("current_mac", "").url_decoded_mac();
            assert_eq!(mac.unwrap().to_string(), "AA:BB:CC:00:11:22");
        }
        let mut body = fields("current_mac", "AA%3ABB");
        assert_eq!(body.field("current_mac", "").url_decoded_mac(), None);
        assert!(body.finish().is_err());
    }
}
