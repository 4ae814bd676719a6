//! The list of steps, and those that are one command: what fails fast comes first.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::testing::lab::{Lab, Outcome, Step};
use crate::testing::{client, interop, leaks, schemathesis};
use crate::{console, layers, openapi, runs, tidy};

/// Every step, in the order in which they run.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "formatting",
        counts_tests: false,
        run: fmt,
    },
    Step {
        name: "tidy",
        about: "marks, citations and names in all files",
        counts_tests: false,
        run: tidy,
    },
    Step {
        name: "layers",
        about: "crate edges, third parties, circles between modules",
        counts_tests: false,
        run: layers,
    },
    Step {
        name: "deny",
        about: "licences, bans, sources",
        counts_tests: false,
        run: deny,
    },
    Step {
        name: "advisories",
        about: "known weaknesses of third parties",
        counts_tests: false,
        run: advisories,
    },
    Step {
        name: "clippy",
        about: "lints, all denied",
        counts_tests: false,
        run: clippy,
    },
    Step {
        name: "features",
        about: "every feature alone and none at all",
        counts_tests: false,
        run: features,
    },
    Step {
        name: "no-std",
        about: "routeros-proto without a standard library",
        counts_tests: false,
        run: no_std,
    },
    Step {
        name: "publish",
        about: "the RouterOS crates as they would be published",
        counts_tests: false,
        run: publish,
    },
    Step {
        name: "openapi",
        about: "docs/openapi.json is what the server prints",
        counts_tests: false,
        run: openapi,
    },
    Step {
        name: "client",
        about: "docs/openapi.json is lint-free, and a TypeScript client made of it compiles",
        counts_tests: false,
        run: client::run,
    },
    Step {
        name: "docs",
        about: "documentation, private items included",
        counts_tests: false,
        run: docs,
    },
    Step {
        name: "doctests",
        about: "examples in the documentation",
        counts_tests: false,
        run: doctests,
    },
    Step {
        name: "tests",
        about: "all tests",
        counts_tests: true,
        run: tests,
    },
    Step {
        name: "interop",
        about: "clients of other languages against the simulators",
        counts_tests: false,
        run: interop::clients,
    },
    Step {
        name: "simulation",
        about: "sales under every fault, ten thousand seeds",
        counts_tests: false,
        run: seeds,
    },
    Step {
        name: "leaks",
        about: "no secret in the database, the log or an answer",
        counts_tests: false,
        run: leaks::run,
    },
    Step {
        name: "schemathesis",
        about: "the running server against its API description",
        counts_tests: false,
        run: schemathesis::run,
    },
];

/// `cargo xtask layers`.
pub(crate) fn layers(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let problems = layers::check(&lab.session.workspace)?;
    console::problems(lab.session.console, "layers", &problems);
    Ok(Outcome::of_problems(&problems))
}

/// `cargo xtask tidy`.
pub(crate) fn tidy(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let problems = tidy::check(lab.session.workspace.root())?;
    console::problems(lab.session.console, "tidy", &problems);
    Ok(Outcome::of_problems(&problems))
}

/// `cargo xtask openapi --check`.
pub(crate) fn openapi(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    if openapi::is_current(lab.session)? {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(
        "out of date: run `cargo xtask openapi`".to_owned(),
    ))
}

/// `cargo fmt`.
pub(crate) fn fmt(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    lab.run(&mut lab.cargo(&["fmt", "--all", "--", "--check"]))
}

/// `cargo clippy`, on tests too.
pub(crate) fn clippy(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    lab.run(&mut lab.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))
}

/// `cargo doc`.
pub(crate) fn docs(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let mut command = lab.cargo(&[
        "doc",
        "--workspace",
        "--all-features",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ]);
    lab.run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// `cargo nextest run`, or `cargo test` where that is all there is.
pub(crate) fn tests(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let url = lab.database_url()?.to_owned();
    let runner: &[&str] = if lab.has_subcommand("nextest") {
        &["nextest", "run", "--no-fail-fast"]
    } else {
        console::line("cargo-nextest is not installed: running `cargo test`, which is slower.");
        &["test", "--lib", "--bins", "--tests", "--no-fail-fast"]
    };
    let mut command = lab.cargo(runner);
    command.args(["--workspace", "--all-features", "--locked"]);
    lab.run(
        command
            .env("TEST_DATABASE_URL", url)
            .env_remove("DATABASE_URL"),
    )
}

/// `cargo test --doc`.
pub(crate) fn doctests(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    lab.run(&mut lab.cargo(&["test", "--doc", "--workspace", "--all-features", "--locked"]))
}

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

/// Compiles every combination; a crate without features is seen by the other steps already.
pub(crate) fn features(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    for package in lab.session.workspace.metadata().workspace_packages() {
        for feature in combinations(&package.features) {
            let mut command = lab.cargo(&["check", "--locked", "--no-default-features"]);
            command.args(["--package", package.name.as_str()]);
            if let Some(feature) = feature {
                command.args(["--features", feature]);
            }
            if let Outcome::Failed(_) = lab.run(&mut command)? {
                let with = feature.map_or("no feature".to_owned(), |name| format!("only `{name}`"));
                return Ok(Outcome::Failed(format!("{} with {with}", package.name)));
            }
        }
    }
    Ok(Outcome::Passed)
}

/// Targets without a standard library, of which one is enough.
const BARE_TARGETS: [&str; 4] = [
    "thumbv7em-none-eabi",
    "thumbv7em-none-eabihf",
    "riscv32imc-unknown-none-elf",
    "x86_64-unknown-none",
];

/// Depends on the protocol and has a panic handler of its own, which `std` anywhere collides with.
const NO_STD_MANIFEST: &str = "crates/routeros-proto/tests/no-std/Cargo.toml";

/// Compiles the protocol beside a crate that denies `std`, then where there is no `std` at all.
pub(crate) fn no_std(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    // A build of its own: with the workspace's, features that others ask for would bring `std` in.
    let target = lab.session.workspace.target().join("no-std");
    let mut command = lab.cargo(&["check", "--locked", "--manifest-path", NO_STD_MANIFEST]);
    let denied = lab.run(command.arg("--target-dir").arg(target))?;
    if let Outcome::Failed(_) = denied {
        return Ok(denied);
    }
    let rustc = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()?;
    let sysroot = String::from_utf8_lossy(&rustc.stdout).trim().to_owned();
    let libraries = Path::new(&sysroot).join("lib/rustlib");
    let Some(target) = BARE_TARGETS
        .into_iter()
        .find(|target| libraries.join(target).exists())
    else {
        return Ok(denied);
    };
    let mut command = lab.cargo(&["check", "--locked", "--package", "routeros-proto"]);
    lab.run(command.args(["--all-features", "--target", target]))
}

/// Packs the crates as for publishing; what is packed is built by the other steps already.
pub(crate) fn publish(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let mut command = lab.cargo(&["publish", "--dry-run", "--no-verify", "--allow-dirty"]);
    for package in ["routeros-proto", "routeros-client", "routeros-sim"] {
        command.args(["--package", package]);
    }
    lab.run(&mut command)
}

/// None, then each alone.
fn combinations(features: &BTreeMap<String, Vec<String>>) -> Vec<Option<&str>> {
    if features.is_empty() {
        return Vec::new();
    }
    let each = features
        .keys()
        .filter(|name| *name != "default")
        .map(|name| Some(name.as_str()));
    std::iter::once(None).chain(each).collect()
}

/// Seeds of one run of the checks; the weekly number is in `docs/simulation.md`.
const SEEDS: u64 = 10_000;

/// `cargo xtask simulate`.
pub(crate) fn seeds(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let mut command = runs::simulation(&lab.session.workspace);
    lab.run(command.args(["--seeds", &SEEDS.to_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn none_and_each_alone() {
        let features: BTreeMap<String, Vec<String>> = ["default", "mock", "std"]
            .into_iter()
            .map(|name| (name.to_owned(), vec![]))
            .collect();
        assert_eq!(combinations(&features), [None, Some("mock"), Some("std")]);
        assert_eq!(combinations(&BTreeMap::new()), []);
    }
}
