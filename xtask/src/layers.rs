//! `cargo xtask layers`: the house rules about who may use whom.
//!
//! Four checks: edges between our crates, third parties pinned to their crate, manifests that take
//! everything from the workspace table, and circles between the top-level modules of a crate.

mod circles;
mod edges;
mod manifests;
mod packages;
mod table;
mod third_parties;

use std::process::ExitCode;

use crate::console::{self, Console};
use crate::session::Workspace;

/// Runs all checks, prints every problem found, and fails if there is one.
pub(crate) fn run(workspace: &Workspace, console: Console) -> anyhow::Result<ExitCode> {
    let problems = check(workspace)?;
    console::problems(console, "layers", &problems);
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every problem found, each in one line.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let packages = packages::read(workspace)?;
    let mut problems = edges::check(&packages, table::CRATES);
    problems.extend(third_parties::check(&packages));
    for package in &packages {
        problems.extend(manifests::check(package));
        let mut found = Vec::new();
        for root in &package.roots {
            match circles::find(&root.file, root.tests) {
                Ok(circles) => found.extend(circles),
                // One file that cannot be read must not hide what is wrong elsewhere.
                Err(error) => problems.push(format!("{error:#}")),
            }
        }
        problems.extend(circles::judge(&package.name, &found, table::KNOWN_CIRCLES));
    }
    problems.sort();
    problems.dedup();
    Ok(problems)
}
