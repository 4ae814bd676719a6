//! What a caller gave as the host: an address, or a name to look up.

use std::net::{IpAddr, Ipv6Addr};

/// A host that may be dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// An address.
    Address(IpAddr),
    /// A name, or an IPv6 address with a zone: the resolver knows what to do with it.
    Name(String),
}

impl Host {
    /// Reads what was typed; an IPv6 address may stand in brackets.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const PORT: &str = "the host must not hold a port: it is given on its own";
        let text = text.trim();
        if text.is_empty() {
            return Err("the host is empty");
        }
        if let Some(rest) = text.strip_prefix('[') {
            return match rest.split_once(']') {
                Some((inside, "")) => inside
                    .parse::<Ipv6Addr>()
                    .map(|address| Self::Address(IpAddr::V6(address)))
                    .map_err(|_error| "the brackets hold no IPv6 address"),
                Some((_, after)) if after.starts_with(':') => Err(PORT),
                _ => Err("a bracket of the host is not closed"),
            };
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address));
        }
        let foreign = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '[' | ']' | '?' | '#');
        if text.contains(foreign) {
            return Err("the host must be a name or an address, nothing around it");
        }
        match text.split_once(':') {
            None => Ok(Self::Name(text.to_owned())),
            // `fe80::1%eth0`
            Some(_)
                if text.split_once('%').is_some_and(|(address, zone)| {
                    address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty()
                }) =>
            {
                Ok(Self::Name(text.to_owned()))
            }
            Some((_, port)) if !port.contains(':') => Err(PORT),
            Some(_) => Err("the host is no IPv6 address"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn addresses_and_names_are_taken_in_their_usual_forms() {
        for text in ["127.0.0.1", "::1", "[::1]", " 10.0.0.1\n"] {
            assert!(matches!(Host::parse(text), Ok(Host::Address(_))), "{text}");
        }
        for text in ["router", "my_router.lan", "fe80::1%eth0", "router.example."] {
            assert!(matches!(Host::parse(text), Ok(Host::Name(_))), "{text}");
        }
        for text in ["a:1", "1.2.3.4:5", "[::1]:8729", "[fe80::1]:1"] {
            let said = Host::parse(text).unwrap_err();
            assert!(said.contains("port"), "{text}: {said}");
        }
    }
}
