//! The table of our crates: who may use whom. A new arrow is a decision; say why in the commit.

/// One crate of the workspace and the arrows that may leave it.
#[derive(Debug)]
pub(crate) struct CrateRule {
    /// Name of the package.
    pub(crate) name: &'static str,
    /// Our crates that it may use as normal or build dependencies.
    pub(crate) may_use: &'static [&'static str],
    /// Who may use it.
    pub(crate) used_as: UsedAs,
    /// Whether its tests may use our other crates.
    pub(crate) tests: Tests,
}

/// In which role others may depend on a crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UsedAs {
    /// A building block, by the arrows of the table.
    Part,
    /// For tests and simulations only: a dev-dependency, and a part of other such crates.
    TestTool,
}

/// How far the dev-dependencies of a crate may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tests {
    /// Any of our crates.
    Open,
    /// Only what the crate itself may use: its tests are to stand alone, and it lies below the test tools.
    Alone,
}

const fn part(name: &'static str, may_use: &'static [&'static str]) -> CrateRule {
    CrateRule {
        name,
        may_use,
        used_as: UsedAs::Part,
        tests: Tests::Open,
    }
}

const fn foundation(name: &'static str, may_use: &'static [&'static str]) -> CrateRule {
    CrateRule {
        name,
        may_use,
        used_as: UsedAs::Part,
        tests: Tests::Alone,
    }
}

const fn test_tool(name: &'static str, may_use: &'static [&'static str]) -> CrateRule {
    CrateRule {
        name,
        may_use,
        used_as: UsedAs::TestTool,
        tests: Tests::Open,
    }
}

/// Every crate of the workspace.
pub(crate) const CRATES: &[CrateRule] = &[
    foundation("domain", &[]),
    foundation("ports", &["domain"]),
    foundation("routeros-proto", &[]),
    // Pure: application renders scripts, because a script and the password in it are one act.
    part("router-kit", &["domain"]),
    part("application", &["domain", "ports", "router-kit"]),
    part("storage-postgres", &["domain", "ports"]),
    part("payment-gateways", &["domain", "ports"]),
    part("security", &["domain", "ports"]),
    part("notify-telegram", &["domain", "ports"]),
    part("routeros-client", &["routeros-proto"]),
    part("hotspot-routeros", &["domain", "ports", "routeros-client"]),
    part("http-kit", &[]),
    part("http-api", &["domain", "application", "http-kit"]),
    part(
        "api-server",
        &[
            "domain",
            "ports",
            "application",
            "storage-postgres",
            "payment-gateways",
            "security",
            "notify-telegram",
            "routeros-proto",
            "routeros-client",
            "hotspot-routeros",
            "http-api",
        ],
    ),
    test_tool("fakes", &["domain", "ports"]),
    test_tool("routeros-sim", &["routeros-proto"]),
    test_tool("gateway-sim", &[]),
    test_tool(
        "test-support",
        &["domain", "ports", "routeros-sim", "gateway-sim"],
    ),
    test_tool("simulation", &["domain", "ports", "fakes", "application"]),
    part("xtask", &[]),
];

/// Modules of one crate that are allowed to use each other in a circle, for now.
#[derive(Debug)]
pub(crate) struct KnownCircle {
    /// Name of the package.
    pub(crate) package: &'static str,
    /// The modules in the circle.
    pub(crate) modules: &'static [&'static str],
    /// Why it is still there.
    pub(crate) reason: &'static str,
}

/// Circles that stand today. An entry that is no longer needed is an error, so that the list only shrinks.
pub(crate) const KNOWN_CIRCLES: &[KnownCircle] = &[KnownCircle {
    package: "api-server",
    modules: &["commands", "wiring"],
    reason: "starting the server and the first admin's account share their set-up",
}];
