//! Reads typed variables and collects what is wrong with them. Values are never part of a
//! problem: they may be secrets.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use domain::secret::Secret;

/// A reader over variables.
pub(super) struct Reader {
    variables: BTreeMap<String, String>,
    pub(super) problems: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Reader {
    pub(super) fn new(variables: BTreeMap<String, String>) -> Self {
        Self {
            variables,
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn problem(&mut self, name: &str, what: &str) {
        self.problems.push(format!("{name}: {what}"));
    }

    /// The trimmed value; empty counts as unset.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
    }

    /// A value that must be set.
    pub(super) fn required(&mut self, name: &str) -> Option<String> {
        let value = self.text(name);
        if value.is_none() {
            self.problem(name, "must be set");
        }
        value
    }

    /// A secret.
    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.text(name).map(Secret::new)
    }

    /// Parses a value; `None` if unset or bad.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.problem(name, &format!("must be {expected}"));
        }
        value
    }

    /// A whole number within a range.
    pub(super) fn number(&mut self, name: &str, default: u64, min: u64, max: u64) -> u64 {
        let expected = format!("a whole number from {min} to {max}");
        match self.parsed::<u64>(name, &expected) {
            Some(value) if (min..=max).contains(&value) => value,
            Some(_) => {
                self.problem(name, &format!("must be {expected}"));
                default
            }
            None => default,
        }
    }

    /// Milliseconds.
    pub(super) fn millis(&mut self, name: &str, default: u64, min: u64) -> Duration {
        const WEEK: u64 = 7 * 86_400_000;
        Duration::from_millis(self.number(name, default, min, WEEK))
    }

    /// `true` or `false`, also `1`, `0`, `yes`, `no`.
    pub(super) fn flag(&mut self, name: &str, default: bool) -> bool {
        match self
            .text(name)
            .map(|text| text.to_ascii_lowercase())
            .as_deref()
        {
            None => default,
            Some("true" | "1" | "yes" | "on") => true,
            Some("false" | "0" | "no" | "off") => false,
            Some(_) => {
                self.problem(name, "must be true or false");
                default
            }
        }
    }

    /// An `http` or `https` address without a trailing slash.
    pub(super) fn base_url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let plain = rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with('/')
                && rest
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !b"?#@\"<>\\".contains(&b))
        });
        if plain {
            Some(text.trim_end_matches('/').to_owned())
        } else {
            self.problem(
                name,
                "must be an http or https address without query or credentials",
            );
            None
        }
    }

    /// A JSON array of texts, or a comma list.
    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        let Some(text) = self.text(name) else {
            return Vec::new();
        };
        if text.starts_with('[') {
            let Ok(items) = serde_json::from_str::<Vec<String>>(&text) else {
                self.problem(name, "must be a JSON array of texts, or a comma list");
                return Vec::new();
            };
            return items.iter().map(|item| item.trim().to_owned()).collect();
        }
        text.split(',')
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect()
    }
}
