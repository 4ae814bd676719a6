//! Where a request comes from. What a proxy says is believed only of proxies that the owner of
//! this installation trusts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use actix_web::HttpRequest;
use ipnet::IpNet;

use crate::settings::Settings;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address; `None` where the connection has none.
#[must_use]
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let settings = Settings::of(request);
    let trusted = settings.map_or(&[][..], |settings| &settings.trusted_proxies);
    let headers = request.headers().get_all(FORWARDED_FOR);
    let lines: Vec<&str> = headers.filter_map(|line| line.to_str().ok()).collect();
    if !lines.is_empty() && !is_trusted(peer.to_canonical(), trusted) {
        warn_once(peer);
    }
    Some(resolve(peer, &lines, trusted))
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// Anybody can send the header, so one line has to do; but if it is the own proxy that is not
/// trusted, all clients count as one.
fn warn_once(peer: IpAddr) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            %peer,
            "X-Forwarded-For from an untrusted address is ignored: if that is your proxy, add it \
             to TRUSTED_PROXIES; otherwise limits and the audit log see the proxy as the only client"
        );
    });
}

/// The address that limits count by. Whoever has one IPv6 address has its whole /64.
#[must_use]
pub fn limited_address(request: &HttpRequest) -> IpAddr {
    client_address(request).map_or(Ipv4Addr::UNSPECIFIED.into(), counted)
}

pub(crate) fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// Walks from the connection's own end towards the client and stops at the first address that no
/// trusted proxy wrote down: everything beyond it anybody could have written.
fn resolve(peer: IpAddr, lines: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut address = peer.to_canonical();
    let hops = lines.iter().flat_map(|line| line.split(','));
    let hops: Vec<&str> = hops.collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(address, trusted) {
            return address;
        }
        let Some(before) = parse(hop.trim()) else {
            return address;
        };
        address = before.to_canonical();
    }
    address
}

/// An address, with or without a port, as proxies write it.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    address.or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(peer: &str, lines: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"]
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        resolve(peer.parse().unwrap(), lines, &trusted).to_string()
    }

    #[test]
    fn an_untrusted_peer_cannot_name_another_client() {
        assert_eq!(resolved("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(resolved("203.0.113.7", &[]), "203.0.113.7");
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        assert_eq!(resolved("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(resolved("fd00::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(
            resolved("::ffff:10.0.0.1", &["198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(resolved("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_counts() {
        let lines = ["1.1.1.1, 198.51.100.1", "10.0.0.9"];
        assert_eq!(resolved("10.0.0.1", &lines), "198.51.100.1");
        assert_eq!(resolved("10.0.0.1", &["10.0.0.8, 10.0.0.9"]), "10.0.0.8");
    }

    #[test]
    fn ports_are_left_out_and_garbage_ends_the_walk() {
        assert_eq!(resolved("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(resolved("10.0.0.1", &["[2001:db8::7]:80"]), "2001:db8::7");
        assert_eq!(resolved("10.0.0.1", &["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(resolved("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(resolved("10.0.0.1", &[""]), "10.0.0.1");
    }
}
