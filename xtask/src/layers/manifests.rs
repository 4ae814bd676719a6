//! Manifests: lints, edition, licence and every dependency come from the workspace table.

use toml::{Table, Value};

use crate::layers::packages::Package;

const INHERITED: &[&str] = &["edition", "license"];
/// Of crates that stay in the workspace: what is published has numbers of its own.
const INHERITED_UNPUBLISHED: &[&str] = &["version", "rust-version"];
const DEPENDENCIES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Checks the manifest of one crate.
pub(crate) fn check(package: &Package) -> Vec<String> {
    let mut problems = Vec::new();
    if !from_workspace(package.manifest.get("lints")) {
        problems.push(format!(
            "{}: `[lints] workspace = true` is missing",
            package.name
        ));
    }
    let fields = package.manifest.get("package").and_then(Value::as_table);
    let published = fields.and_then(|fields| fields.get("publish")) == Some(&Value::Boolean(true));
    let unpublished = INHERITED_UNPUBLISHED.iter().filter(|_| !published);
    for name in INHERITED.iter().chain(unpublished) {
        if !from_workspace(fields.and_then(|fields| fields.get(*name))) {
            problems.push(format!(
                "{}: `{name}.workspace = true` is missing",
                package.name
            ));
        }
    }
    for (name, dependency) in dependencies(&package.manifest) {
        if !from_workspace(Some(dependency)) {
            problems.push(format!(
                "{}: `{name}` is not taken from the workspace table",
                package.name
            ));
        }
    }
    problems
}

fn from_workspace(value: Option<&Value>) -> bool {
    value
        .and_then(|value| value.get("workspace"))
        .and_then(Value::as_bool)
        == Some(true)
}

/// All dependency entries, those for one platform only included.
fn dependencies(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let platforms = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|table| DEPENDENCIES.iter().filter_map(|kind| table.get(*kind)))
        .filter_map(Value::as_table)
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::layers::packages::Package;

    const GOOD: &str = r#"
        [package]
        name = "sample"
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        license.workspace = true
        [dependencies]
        bytes.workspace = true
        serde = { workspace = true, optional = true }
        [lints]
        workspace = true
    "#;

    fn problems(manifest: &str) -> Vec<String> {
        check(&Package {
            name: "sample".to_owned(),
            dependencies: Vec::new(),
            manifest: manifest.parse().unwrap(),
            roots: Vec::new(),
        })
    }

    #[test]
    fn a_manifest_that_takes_all_from_the_workspace_passes() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
    }

    #[test]
    fn missing_lints_are_named() {
        let manifest = GOOD.replace("[lints]\n        workspace = true", "");
        assert_eq!(
            problems(&manifest),
            ["sample: `[lints] workspace = true` is missing"]
        );
    }

    #[test]
    fn a_version_of_its_own_is_named_on_every_kind_of_dependency() {
        for table in [
            "dependencies",
            "dev-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            let manifest = format!("{GOOD}\n[{table}.own]\nversion = \"1\"");
            assert_eq!(
                problems(&manifest),
                ["sample: `own` is not taken from the workspace table"],
                "{table}"
            );
        }
    }
}
