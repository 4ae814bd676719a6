//! Third parties, each pinned to the crate whose business it is.
//!
//! Dev-dependencies are free: what tests use never reaches the product.

use crate::layers::packages::{Need, Package};

/// Third parties that may appear only in some crates. A trailing `*` stands for any ending.
struct Pin {
    names: &'static [&'static str],
    only_in: &'static [&'static str],
}

/// Third parties that must not appear in some crates.
struct Ban {
    names: &'static [&'static str],
    never_in: &'static [&'static str],
}

/// A crate that may use these third parties and no others.
struct Closed {
    name: &'static str,
    may_use: &'static [&'static str],
}

const PINS: &[Pin] = &[
    Pin {
        names: &["diesel", "diesel_*", "diesel-*"],
        only_in: &["storage-postgres"],
    },
    Pin {
        names: &["tokio-postgres", "postgres", "sqlx", "deadpool*"],
        only_in: &["storage-postgres", "test-support"],
    },
    Pin {
        names: &["actix-*"],
        only_in: &["http-kit", "http-api", "api-server"],
    },
    Pin {
        names: &["utoipa*"],
        only_in: &["http-api", "api-server"],
    },
    Pin {
        names: &["axum*", "hyper*"],
        only_in: &["routeros-sim", "gateway-sim", "test-support"],
    },
    Pin {
        names: &["reqwest*"],
        only_in: &["payment-gateways", "notify-telegram"],
    },
    Pin {
        names: &["ureq"],
        only_in: &["xtask"],
    },
    Pin {
        names: &[
            "jsonwebtoken",
            "argon2",
            "bcrypt",
            "chacha20poly1305",
            "hkdf",
        ],
        only_in: &["security"],
    },
    Pin {
        names: &["tokio-rustls", "rustls-*", "webpki-roots"],
        only_in: &[
            "storage-postgres",
            "routeros-client",
            "routeros-sim",
            "payment-gateways",
            "notify-telegram",
        ],
    },
    Pin {
        names: &["clap", "anyhow", "dotenvy", "tracing-subscriber"],
        only_in: &[
            "api-server",
            "routeros-sim",
            "gateway-sim",
            "simulation",
            "xtask",
        ],
    },
];

const BANS: &[Ban] = &[
    Ban {
        names: &["tokio", "tokio-*", "async-std", "smol"],
        never_in: &[
            "domain",
            "ports",
            "application",
            "routeros-proto",
            "http-kit",
            "http-api",
        ],
    },
    Ban {
        names: &["rand", "rand_*", "getrandom", "fastrand"],
        never_in: &["domain", "ports", "application"],
    },
    Ban {
        names: &["serde", "serde_*"],
        never_in: &["domain"],
    },
];

const CLOSED: &[Closed] = &[
    Closed {
        name: "routeros-proto",
        may_use: &["serde_core"],
    },
    Closed {
        name: "domain",
        may_use: &["chrono", "thiserror", "uuid", "zeroize"],
    },
];

/// Compares every third party with the pins.
pub(crate) fn check(packages: &[Package]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            if dependency.ours || dependency.need == Need::Tests {
                continue;
            }
            if let Some(reason) = refusal(&package.name, &dependency.name) {
                problems.push(format!("{} -> {}: {reason}", package.name, dependency.name));
            }
        }
    }
    problems
}

fn refusal(package: &str, dependency: &str) -> Option<String> {
    let named = |names: &[&str]| names.iter().any(|pattern| matches(pattern, dependency));
    if let Some(closed) = CLOSED.iter().find(|closed| closed.name == package)
        && !closed.may_use.contains(&dependency)
    {
        return Some(format!(
            "this crate takes only {}",
            closed.may_use.join(", ")
        ));
    }
    if BANS
        .iter()
        .any(|ban| ban.never_in.contains(&package) && named(ban.names))
    {
        return Some("not in this crate".to_owned());
    }
    let pin = PINS.iter().find(|pin| named(pin.names))?;
    (!pin.only_in.contains(&package)).then(|| format!("only in {}", pin.only_in.join(", ")))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::layers::packages::{Dependency, Need, Package};

    fn uses(package: &str, third_party: &str, need: Need) -> Vec<String> {
        let dependency = Dependency {
            name: third_party.to_owned(),
            need,
            ours: false,
        };
        check(&[Package {
            name: package.to_owned(),
            dependencies: vec![dependency],
            manifest: toml::Table::new(),
            roots: Vec::new(),
        }])
    }

    #[test]
    fn a_third_party_at_home_passes() {
        for (package, third_party) in [
            ("storage-postgres", "diesel-async"),
            ("http-api", "actix-web"),
            ("payment-gateways", "reqwest"),
            ("security", "argon2"),
            ("routeros-client", "tokio"),
            ("domain", "thiserror"),
        ] {
            assert_eq!(
                uses(package, third_party, Need::Product),
                Vec::<String>::new()
            );
        }
    }

    #[test]
    fn a_third_party_elsewhere_fails_and_is_named() {
        assert_eq!(
            uses("application", "diesel", Need::Product),
            ["application -> diesel: only in storage-postgres"]
        );
        for (package, third_party) in [
            ("http-api", "diesel_migrations"),
            ("application", "tokio"),
            ("ports", "tokio-rustls"),
            ("api-server", "reqwest"),
            ("http-api", "jsonwebtoken"),
            ("storage-postgres", "actix-web"),
            ("domain", "serde"),
            ("application", "rand"),
        ] {
            assert_eq!(
                uses(package, third_party, Need::Product).len(),
                1,
                "{third_party}"
            );
        }
    }

    #[test]
    fn the_protocol_crate_takes_no_dependency_but_optional_serde() {
        assert_eq!(
            uses("routeros-proto", "thiserror", Need::Product),
            ["routeros-proto -> thiserror: this crate takes only serde_core"]
        );
        assert_eq!(
            uses("routeros-proto", "bolero", Need::Tests),
            Vec::<String>::new()
        );
    }
}
