//! The addresses of a router's portal.

use domain::ids::RouterId;

/// Why an address cannot be the portal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an http or https address with a host")]
pub struct NotAnAddress;

/// Where the portal of one router lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    base: String,
    host: String,
    router: RouterId,
}

impl Portal {
    /// The portal of this router on a server with this public address.
    ///
    /// # Errors
    /// [`NotAnAddress`] unless it is `http://` or `https://` and a host, a port and a path if
    /// wanted: it ends up in pages and scripts.
    pub fn new(public_base_url: &str, router: &RouterId) -> Result<Self, NotAnAddress> {
        let base = public_base_url.trim_end_matches('/');
        let rest = base
            .strip_prefix("https://")
            .or_else(|| base.strip_prefix("http://"))
            .ok_or(NotAnAddress)?;
        let authority = rest.split('/').next().unwrap_or_default();
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map(|(host, _port)| host),
            None => authority.split(':').next(),
        };
        let is_safe = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '~' | ':' | '/')
        };
        let host = host.filter(|host| !host.is_empty()).ok_or(NotAnAddress)?;
        if !rest
            .chars()
            .all(|letter| is_safe(letter) || matches!(letter, '[' | ']'))
        {
            return Err(NotAnAddress);
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            base: base.to_owned(),
            router: router.clone(),
        })
    }

    /// The page that customers see.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}/portal/{}", self.base, self.router.as_str())
    }

    /// The captive portal API of RFC 8908; devices ask it over https only.
    #[must_use]
    pub fn captive_api(&self) -> Option<String> {
        let is_https = self.base.starts_with("https://");
        is_https.then(|| format!("{}/captive-portal", self.page()))
    }

    /// The server's name or address, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_pages_and_a_host() {
        let router = RouterId::from_random([1; 4]);
        let portal = Portal::new("https://Wifi.example.com:8443/base/", &router).unwrap();
        let id = router.as_str();
        assert_eq!(
            portal.page(),
            format!("https://Wifi.example.com:8443/base/portal/{id}")
        );
        assert_eq!(portal.host(), "wifi.example.com");
        assert!(portal.captive_api().unwrap().ends_with("/captive-portal"));
        let plain = Portal::new("http://10.0.0.2:8000", &router).unwrap();
        assert_eq!((plain.host(), plain.captive_api()), ("10.0.0.2", None));
        assert_eq!(
            Portal::new("http://[fd00::1]:80", &router).unwrap().host(),
            "fd00::1"
        );
        for text in [
            "",
            "ftp://x",
            "https://",
            "https://a\"b",
            "https://x/?a=$(b)",
            "javascript:1",
        ] {
            assert_eq!(Portal::new(text, &router), Err(NotAnAddress), "{text}");
        }
    }
}
