//! Features: the other steps switch all of them on; here each crate is compiled with each of its features
//! alone, and with none.

use std::collections::BTreeMap;

use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;

/// Compiles every combination; a crate without features is seen by the other steps already.
pub(crate) fn check(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::combinations;

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
