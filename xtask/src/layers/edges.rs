//! Arrows between our own crates.

use crate::layers::packages::{Need, Package};
use crate::layers::table::{CrateRule, Tests, UsedAs};

/// Compares every arrow between our crates with the table.
pub(crate) fn check(packages: &[Package], table: &[CrateRule]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        let Some(rule) = rule_of(table, &package.name) else {
            problems.push(format!(
                "crate {} is not in the table of layers",
                package.name
            ));
            continue;
        };
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| dependency.ours)
        {
            let allowed = match dependency.need {
                Need::Product => product_edge(table, rule, &dependency.name),
                Need::Tests => test_edge(rule, &dependency.name),
            };
            if let Err(reason) = allowed {
                problems.push(format!("{} -> {}: {reason}", package.name, dependency.name));
            }
        }
    }
    problems
}

fn product_edge(table: &[CrateRule], from: &CrateRule, to: &str) -> Result<(), &'static str> {
    let test_tool = rule_of(table, to).is_some_and(|rule| rule.used_as == UsedAs::TestTool);
    if test_tool && from.used_as != UsedAs::TestTool {
        return Err("a test tool may only be a dev-dependency");
    }
    if from.may_use.contains(&to) {
        Ok(())
    } else {
        Err("this arrow is not in the table of layers")
    }
}

fn test_edge(from: &CrateRule, to: &str) -> Result<(), &'static str> {
    if from.tests == Tests::Alone && !from.may_use.contains(&to) {
        return Err("its tests stand alone, not even a dev-dependency is allowed");
    }
    Ok(())
}

fn rule_of<'a>(table: &'a [CrateRule], name: &str) -> Option<&'a CrateRule> {
    table.iter().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::layers::packages::{Dependency, Need, Package};
    use crate::layers::table::CRATES;

    fn edge(from: &str, to: &str, need: Need) -> Vec<String> {
        let dependency = Dependency {
            name: to.to_owned(),
            need,
            ours: true,
        };
        let package = Package {
            name: from.to_owned(),
            dependencies: vec![dependency],
            manifest: toml::Table::new(),
            roots: Vec::new(),
        };
        check(&[package], CRATES)
    }

    #[test]
    fn edges_of_the_table_pass() {
        for rule in CRATES {
            for to in rule.may_use {
                assert_eq!(edge(rule.name, to, Need::Product), Vec::<String>::new());
            }
        }
    }

    #[test]
    fn an_edge_outside_the_table_fails_and_is_named() {
        let problems = edge("domain", "ports", Need::Product);
        assert_eq!(
            problems,
            ["domain -> ports: this arrow is not in the table of layers"]
        );
        assert_eq!(edge("http-api", "storage-postgres", Need::Product).len(), 1);
        assert_eq!(edge("application", "security", Need::Product).len(), 1);
        assert_eq!(edge("routeros-client", "domain", Need::Product).len(), 1);
    }

    #[test]
    fn test_tools_are_dev_dependencies_only() {
        for tool in ["test-support", "routeros-sim", "gateway-sim"] {
            assert_eq!(edge("api-server", tool, Need::Product).len(), 1, "{tool}");
            assert_eq!(edge("api-server", tool, Need::Tests).len(), 0, "{tool}");
        }
    }

    #[test]
    fn foundations_are_tested_alone() {
        for foundation in ["domain", "ports", "routeros-proto"] {
            assert_eq!(
                edge(foundation, "test-support", Need::Tests).len(),
                1,
                "{foundation}"
            );
        }
        assert_eq!(edge("ports", "domain", Need::Tests).len(), 0);
    }

    #[test]
    fn a_crate_without_a_rule_fails() {
        assert_eq!(
            edge("newcomer", "domain", Need::Product),
            ["crate newcomer is not in the table of layers"]
        );
    }
}
