//! Third parties: licences, bans, sources, and known weaknesses, by `cargo deny`.

use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;

const ABSENT: &str = "cargo-deny is not installed; get it with `cargo install --locked cargo-deny`";

/// Licences, bans and sources, which need nothing from outside.
pub(crate) fn deny(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    if !lab.has_subcommand("deny") {
        return Ok(Outcome::Skipped(ABSENT.to_owned()));
    }
    cargo_deny(lab, &["check", "licenses", "bans", "sources"])
}

/// Advisories, whose database lies outside.
pub(crate) fn advisories(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    if !lab.has_subcommand("deny") {
        return Ok(Outcome::Skipped(ABSENT.to_owned()));
    }
    if cargo_deny(lab, &["fetch", "db"])? != Outcome::Passed {
        return Ok(Outcome::Skipped(
            "the advisory database cannot be fetched here".to_owned(),
        ));
    }
    cargo_deny(lab, &["check", "advisories"])
}

fn cargo_deny(lab: &Lab<'_>, arguments: &[&str]) -> anyhow::Result<Outcome> {
    let mut command = lab.cargo(&[
        "deny",
        "--all-features",
        "--locked",
        "--config",
        ".deny.toml",
    ]);
    lab.run(command.args(arguments))
}
