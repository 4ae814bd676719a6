//! Addresses of people, routers and devices.

use std::net::Ipv4Addr;

use domain::contact::{Email, MAX_EMAIL};
use domain::network::{Host, MacAddress};

use crate::body::fields::Fields;

impl Fields {
    /// An e-mail address.
    pub(crate) fn email(&mut self, names: &[&str]) -> Email {
        let field = Self::first(names);
        if self.present(names).is_none() {
            self.missing(field);
        }
        self.optional_email(names)
            .unwrap_or_else(|| Email::from_stored(""))
    }

    /// An e-mail address, if sent.
    pub(crate) fn optional_email(&mut self, names: &[&str]) -> Option<Email> {
        let sent = self.plain(names, false)?;
        let msg = format!("No es un correo electrónico válido (máximo {MAX_EMAIL} caracteres)");
        let email = Email::parse(&sent).ok();
        self.or_problem(Self::first(names), email, "value_error", &msg)
    }

    /// A router's address, if sent.
    pub(crate) fn optional_host(&mut self, name: &str) -> Option<Host> {
        let sent = self.plain(&[name], false)?;
        let msg = "Debe ser una dirección IP o un nombre de host";
        self.or_problem(name, Host::parse(&sent).ok(), "value_error", msg)
    }

    /// A router's address.
    pub(crate) fn host(&mut self, name: &str) -> Host {
        if self.present(&[name]).is_none() {
            self.missing(name);
        }
        self.optional_host(name)
            .unwrap_or_else(|| Host::from_stored(""))
    }

    /// A MAC address; blank is none.
    pub(crate) fn optional_mac(&mut self, names: &[&str]) -> Option<MacAddress> {
        let sent = self.plain(names, false)?;
        if sent.trim().is_empty() {
            return None;
        }
        let msg = "No es una dirección MAC válida";
        let mac = MacAddress::parse(&sent).ok();
        self.or_problem(Self::first(names), mac, "value_error", msg)
    }

    /// An IPv4 address; blank is none.
    pub(crate) fn optional_ipv4(&mut self, names: &[&str]) -> Option<Ipv4Addr> {
        let sent = self.plain(names, false)?;
        if sent.trim().is_empty() {
            return None;
        }
        let msg = "No es una dirección IPv4 válida";
        let address = sent.trim().parse().ok();
        self.or_problem(Self::first(names), address, "value_error", msg)
    }
}
