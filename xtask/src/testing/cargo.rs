//! Steps that are one cargo command.

use crate::console;
use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;

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
