//! What a router has from the factory, plus what every test needs: a hotspot and two profiles.

use crate::clock::Clock;
use crate::item::{Facts, Item, Usage};
use crate::menus::path;
use crate::router::Router;
use crate::settings::Settings;
use crate::version::Version;

/// A new router: two user profiles, a hotspot server, no users but the trial row.
pub(crate) fn router(version: Version, settings: Settings, clock: Clock) -> Router {
    let mut router = Router::new(version, settings, clock);
    fill(&mut router);
    router
}

fn fill(router: &mut Router) {
    for path in single_menus(router) {
        router.put(path, Item::new(0, Facts::None));
    }
    zero(
        router,
        path::PROFILE,
        Facts::None,
        &[("name", "default"), ("default", "true")],
    );
    zero(
        router,
        path::USER,
        Facts::Used(Usage::default()),
        &[
            ("name", "default-trial"),
            ("comment", "counters and limits for trial users"),
            ("default", "true"),
        ],
    );
    zero(
        router,
        path::SERVER_PROFILE,
        Facts::None,
        &[("name", "default"), ("default", "true")],
    );
    for (name, default_name, mac) in [
        ("ether1", "ether1", "48:A9:8A:00:00:01"),
        ("ether2", "ether2", "48:A9:8A:00:00:02"),
        ("bridge", "", "48:A9:8A:00:00:02"),
    ] {
        let kind = if default_name.is_empty() {
            "bridge"
        } else {
            "ether"
        };
        let mut values = vec![("name", name), ("type", kind), ("mac-address", mac)];
        if !default_name.is_empty() {
            values.push(("default-name", default_name));
        }
        insert(router, path::INTERFACE, &values);
    }
    insert(
        router,
        path::PROFILE,
        &[
            ("name", "1hora"),
            ("rate-limit", "2M/5M"),
            ("session-timeout", "1h"),
        ],
    );
    insert(
        router,
        path::SERVER_PROFILE,
        &[
            ("name", "hsprof1"),
            ("hotspot-address", "10.5.50.1"),
            ("dns-name", "wifi.local"),
            ("login-by", "cookie,http-chap,http-pap,mac-cookie"),
        ],
    );
    insert(
        router,
        path::SERVER,
        &[
            ("name", "hotspot1"),
            ("interface", "bridge"),
            ("profile", "hsprof1"),
        ],
    );
    services(router);
    for (name, policy) in [
        ("read", "read,api,test"),
        ("write", "read,write,api,test"),
        ("full", "full"),
    ] {
        let values = [("name", name), ("policy", policy)];
        insert(router, path::ACCOUNT_GROUP, &values);
    }
    for name in ["default", "default-encryption"] {
        let values = [("name", name), ("default", "true")];
        insert(router, path::PPP_PROFILE, &values);
    }
    let lan = [("address", "192.168.88.1/24"), ("interface", "bridge")];
    insert(router, path::ADDRESS, &lan);
}

fn services(router: &mut Router) {
    for (name, port) in [("api", "8728"), ("api-ssl", "8729"), ("winbox", "8291")] {
        insert(router, path::SERVICE, &[("name", name), ("port", port)]);
    }
}

fn single_menus(router: &Router) -> Vec<&'static str> {
    router
        .menus()
        .filter(|menu| menu.single)
        .map(|menu| menu.path)
        .collect()
}

/// Puts in the built-in item `*0`.
fn zero(router: &mut Router, path: &str, facts: Facts, values: &[(&'static str, &str)]) {
    let mut item = Item::new(0, facts);
    for (name, value) in values {
        item.set(name, value.as_bytes().to_vec());
    }
    router.put(path, item);
}

/// Inserts values that the schema is known to take; a test below holds them to it.
fn insert(router: &mut Router, path: &str, values: &[(&str, &str)]) {
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let inserted = router.insert(path, &values);
    debug_assert!(inserted.is_ok(), "{path}: {inserted:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::settings::Settings;
    use crate::version::Version;

    #[test]
    fn every_version_starts_with_a_hotspot_and_two_profiles() {
        for version in Version::ALL {
            let router = router(version, Settings::default(), Clock::driven());
            assert_eq!(router.items(path::PROFILE).count(), 2, "{version}");
            assert_eq!(router.items(path::SERVER).count(), 1, "{version}");
            assert_eq!(router.items(path::SERVICE).count(), 3, "{version}");
            assert_eq!(
                router.text(path::SERVER, 1, "profile").as_deref(),
                Some("hsprof1")
            );
        }
    }
}
