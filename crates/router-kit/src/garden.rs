//! What a device may reach before it has paid: our own host and what the card forms and bank
//! checks of the enabled gateways need.
//!
//! The hosts are data with the day of their last check. Every entry on a router carries [`TAG`] as
//! its comment; entries without it are the operator's and are never touched.

use domain::garden::{GardenEntry, GardenMenu, GardenRow};
use domain::gateway::GatewayKind;

/// The comment of every entry that is ours.
pub const TAG: &str = "wifi-ventas (no editar)";

/// What one gateway needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatewayHosts {
    /// The gateway.
    pub gateway: GatewayKind,
    /// Hosts; `*.` in front stands for all names below.
    pub hosts: &'static [&'static str],
    /// The day on which somebody last compared them with the gateway's own pages, `YYYY-MM-DD`.
    pub checked_on: &'static str,
}

/// The hosts of the gateways: their scripts and forms, their 3-D Secure pages, and the
/// authentication network behind these.
pub const GATEWAYS: &[GatewayHosts] = &[
    GatewayHosts {
        gateway: GatewayKind::Conekta,
        hosts: &[
            "*.conekta.com",
            "*.conekta.io",
            "pay.conekta.com",
            "3ds-pay.conekta.com",
            "3ds-acs.conekta.com",
            "*.cardinalcommerce.com",
            "*.cardinaltrusted.com",
        ],
        checked_on: "2026-11-28",
    },
    GatewayHosts {
        gateway: GatewayKind::MercadoPago,
        hosts: &[
            "*.mercadopago.com",
            "*.mercadolibre.com",
            "*.mlstatic.com",
            "sdk.mercadopago.com",
            "api.mercadopago.com",
            "http2.mlstatic.com",
        ],
        checked_on: "2026-11-28",
    },
];

/// Hosts by which phones find out that there is a captive portal. Whoever lets them through keeps
/// the log-in page from opening by itself.
pub const CAPTIVE_DETECTION: &[&str] = &[
    "captive.apple.com",
    "www.apple.com",
    "gsp1.apple.com",
    "www.itools.info",
    "www.ibook.info",
    "www.airport.us",
    "www.thinkdifferent.us",
    "connectivitycheck.gstatic.com",
    "connectivitycheck.android.com",
    "clients1.google.com",
    "clients3.google.com",
    "www.gstatic.com",
    "www.google.com",
    "www.msftconnecttest.com",
    "www.msftncsi.com",
    "dns.msftncsi.com",
    "detectportal.firefox.com",
    "nmcheck.gnome.org",
    "network-test.debian.org",
    "connectivity-check.ubuntu.com",
    "connectivitycheck.platform.hicloud.com",
    "connect.rom.miui.com",
];

/// The garden of a router: our host, then what these gateways need. Names with `*` are in the menu
/// that knows them, all others in both, because only the second one looks addresses up.
#[must_use]
pub fn garden(our_host: &str, gateways: &[GatewayKind]) -> Vec<GardenEntry> {
    let of_gateways = GATEWAYS
        .iter()
        .filter(|one| gateways.contains(&one.gateway))
        .flat_map(|one| one.hosts.iter().copied());
    let mut entries = Vec::new();
    for host in std::iter::once(our_host).chain(of_gateways) {
        let address = host.parse::<std::net::IpAddr>();
        let menus: &[GardenMenu] = match address {
            // An address in the menu of names would match nothing.
            Ok(_) => &[GardenMenu::Ip],
            Err(_name) if host.starts_with("*.") => &[GardenMenu::Http],
            Err(_name) => &GardenMenu::ALL,
        };
        entries.extend(menus.iter().map(|menu| GardenEntry {
            menu: *menu,
            host: host.to_owned(),
        }));
    }
    entries
}

/// Whether an entry with this host lets a phone's search for a captive portal through.
#[must_use]
pub fn hides_the_portal(host: &str) -> bool {
    let host = host.trim().trim_start_matches(':').to_ascii_lowercase();
    match host.strip_prefix('*') {
        Some(ending) => CAPTIVE_DETECTION.iter().any(|one| one.ends_with(ending)),
        None => CAPTIVE_DETECTION.contains(&host.as_str()),
    }
}

/// What is between a router's garden and the one that it should have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GardenDifference {
    /// Entries that are as they should be.
    pub present: Vec<GardenEntry>,
    /// Entries to be added.
    pub missing: Vec<GardenEntry>,
    /// Entries of ours to be removed: no longer wanted, switched off, or twice there.
    pub surplus: Vec<GardenRow>,
    /// The operator's own entries that hide the portal from phones. Shown, never touched.
    pub hiding: Vec<GardenRow>,
}

impl GardenDifference {
    /// Whether there is nothing to apply.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty()
    }
}

/// Compares. Only entries with [`TAG`] count as ours.
#[must_use]
pub fn compare(wanted: &[GardenEntry], rows: &[GardenRow]) -> GardenDifference {
    let mut difference = GardenDifference::default();
    for row in rows {
        if row.comment != TAG {
            if row.is_open && hides_the_portal(&row.host) {
                difference.hiding.push(row.clone());
            }
            continue;
        }
        let entry = GardenEntry {
            menu: row.menu,
            host: row.host.clone(),
        };
        let is_new = !difference.present.contains(&entry);
        if row.is_open && is_new && wanted.contains(&entry) {
            difference.present.push(entry);
        } else {
            difference.surplus.push(row.clone());
        }
    }
    for entry in wanted {
        let is_known = difference.present.contains(entry) || difference.missing.contains(entry);
        if !is_known {
            difference.missing.push(entry.clone());
        }
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(entries: &[GardenEntry], menu: GardenMenu) -> Vec<&str> {
        let of_menu = entries.iter().filter(|entry| entry.menu == menu);
        of_menu.map(|entry| entry.host.as_str()).collect()
    }

    #[test]
    fn a_garden_opens_our_host_and_exactly_the_enabled_gateways() {
        let none = garden("wifi.example.com", &[]);
        assert_eq!(hosts(&none, GardenMenu::Http), ["wifi.example.com"]);
        assert_eq!(hosts(&none, GardenMenu::Ip), ["wifi.example.com"]);
        let conekta = garden("wifi.example.com", &[GatewayKind::Conekta]);
        let names = hosts(&conekta, GardenMenu::Http);
        assert!(names.contains(&"*.conekta.com") && names.contains(&"*.cardinaltrusted.com"));
        assert!(!names.iter().any(|name| name.contains("mercado")));
        assert!(
            hosts(&conekta, GardenMenu::Ip)
                .iter()
                .all(|name| !name.contains('*'))
        );
        let both = garden(
            "wifi.example.com",
            &[GatewayKind::Conekta, GatewayKind::MercadoPago],
        );
        assert!(hosts(&both, GardenMenu::Http).contains(&"*.mlstatic.com"));
        let address = garden("10.0.0.2", &[]);
        assert_eq!(address.len(), 1);
        assert_eq!(address[0].property(), "dst-address");
    }

    #[test]
    fn nothing_of_ours_hides_the_portal_from_phones() {
        for entry in garden(
            "wifi.example.com",
            &[GatewayKind::Conekta, GatewayKind::MercadoPago],
        ) {
            assert!(!hides_the_portal(&entry.host), "{}", entry.host);
        }
        assert!(hides_the_portal("captive.apple.com"));
        assert!(hides_the_portal("*.apple.com") && hides_the_portal("*"));
        assert!(!hides_the_portal("*.example.com"));
    }

    #[test]
    fn only_entries_with_our_comment_are_compared() {
        let row = |id: &str, host: &str, comment: &str, is_open| GardenRow {
            id: id.to_owned(),
            menu: GardenMenu::Http,
            host: host.to_owned(),
            comment: comment.to_owned(),
            is_open,
        };
        let wanted: Vec<GardenEntry> = ["a.test", "b.test", "c.test"]
            .map(|host| GardenEntry {
                menu: GardenMenu::Http,
                host: host.to_owned(),
            })
            .into();
        let difference = compare(
            &wanted,
            &[
                row("*1", "a.test", TAG, true),
                row("*2", "a.test", TAG, true),
                row("*3", "b.test", TAG, false),
                row("*4", "old.test", TAG, true),
                row("*5", "c.test", "mine", true),
                row("*6", "captive.apple.com", "", true),
            ],
        );
        let ids =
            |rows: &[GardenRow]| -> Vec<String> { rows.iter().map(|row| row.id.clone()).collect() };
        assert_eq!(difference.present, [wanted[0].clone()]);
        assert_eq!(difference.missing, [wanted[1].clone(), wanted[2].clone()]);
        assert_eq!(ids(&difference.surplus), ["*2", "*3", "*4"]);
        assert_eq!(ids(&difference.hiding), ["*6"]);
    }
}
