//! Third parties: licences, bans, sources, and known weaknesses, by `cargo deny`.

use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;

const ABSENT: &str = "cargo-deny is not installed; get it with `cargo install --locked cargo-deny`";
const CONFIG: &str = ".deny.toml";

/// Licences, bans and sources, which need nothing from outside.
pub(crate) fn deny(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    if !lab.has_subcommand("deny") {
        return Ok(Outcome::Skipped(ABSENT.to_owned()));
    }
    lab.run(&mut lab.cargo(&[
        "deny",
        "--all-features",
        "--locked",
        "check",
        "--config",
        CONFIG,
        "licenses",
        "bans",
        "sources",
    ]))
}

/// Advisories, whose database lies outside.
pub(crate) fn advisories(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    if !lab.has_subcommand("deny") {
        return Ok(Outcome::Skipped(ABSENT.to_owned()));
    }
    if lab.run(&mut lab.cargo(&["deny", "fetch", "--config", CONFIG, "db"]))? != Outcome::Passed {
        return Ok(Outcome::Skipped(
            "the advisory database cannot be fetched here".to_owned(),
        ));
    }
    let check = [
        "deny",
        "--all-features",
        "--locked",
        "check",
        "--disable-fetch",
    ];
    lab.run(lab.cargo(&check).args(["--config", CONFIG, "advisories"]))
}
