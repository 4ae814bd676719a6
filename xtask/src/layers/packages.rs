//! The crates of the workspace, reduced to what the checks look at.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cargo_metadata::DependencyKind;

use crate::session::Workspace;

/// One crate of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    /// Name of the package.
    pub(crate) name: String,
    /// Its direct dependencies.
    pub(crate) dependencies: Vec<Dependency>,
    /// Its manifest, as written.
    pub(crate) manifest: toml::Table,
    /// The root file of every target: library, binaries, tests, benches, examples.
    pub(crate) roots: Vec<Root>,
}

/// The root file of a target.
#[derive(Debug)]
pub(crate) struct Root {
    /// Where it is.
    pub(crate) file: PathBuf,
    /// Whether the whole target is test code.
    pub(crate) tests: bool,
}

/// One direct dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// Name of the package depended on, not the local alias.
    pub(crate) name: String,
    /// What it is needed for.
    pub(crate) need: Need,
    /// Whether it is a crate of this workspace.
    pub(crate) ours: bool,
}

/// What a dependency is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// At run time or while building: it is part of the product.
    Product,
    /// In tests, examples and benches.
    Tests,
}

/// Reads every crate of the workspace.
pub(crate) fn read(workspace: &Workspace) -> anyhow::Result<Vec<Package>> {
    let metadata = workspace.metadata();
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let manifest = read_manifest(package.manifest_path.as_std_path())?;
            let dependencies = package
                .dependencies
                .iter()
                .map(|dependency| Dependency {
                    name: dependency.name.clone(),
                    need: match dependency.kind {
                        DependencyKind::Development => Need::Tests,
                        _ => Need::Product,
                    },
                    ours: dependency.path.is_some(),
                })
                .collect();
            let roots = package
                .targets
                .iter()
                .map(|target| Root {
                    file: target.src_path.clone().into(),
                    tests: target.is_test() || target.is_bench(),
                })
                .collect();
            Ok(Package {
                name: package.name.to_string(),
                dependencies,
                manifest,
                roots,
            })
        })
        .collect()
}

fn read_manifest(path: &Path) -> anyhow::Result<toml::Table> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse()
        .with_context(|| format!("cannot understand {}", path.display()))
}
