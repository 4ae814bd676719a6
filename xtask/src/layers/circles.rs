//! Circles between the top-level modules of one target.
//!
//! Modules that use each other cannot be read, moved or tested apart. Files within a module may: a module is the unit
//! that is kept independent. What counts is every path that starts with `crate::` (or with as many `super::` as lead
//! to the crate root), also in attributes and macro arguments. Code for tests only counts in targets that are
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::layers::table::KnownCircle;
use crate::syntax::{is_test_cfg, item_length};

/// For each module, the modules it uses, each with the first place that does so.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

/// A group of modules that all reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Circle {
    /// The modules, sorted.
    pub(crate) modules: BTreeSet<String>,
    /// Which uses which, and where.
    pub(crate) steps: Vec<String>,
}

/// The circles of the target with this root file.
///
/// A target of one file has no modules with files of their own, hence no circles.
pub(crate) fn find(root: &Path, tests: bool) -> anyhow::Result<Vec<Circle>> {
    if !root.ends_with("lib.rs") && !root.ends_with("main.rs") {
        return Ok(Vec::new());
    }
    let folder = root.parent().unwrap_or(Path::new(""));
    let mut files = Vec::new();
    rust_files(folder, &mut files)?;
    let mut sources = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let tokens: TokenStream = text
            .parse()
            .map_err(|error| anyhow::anyhow!("cannot understand {}: {error}", file.display()))?;
        let module = module_of(file.strip_prefix(folder).unwrap_or(file));
        sources.push((file, Source::read(tokens, module, tests)));
    }
    let test_only: BTreeSet<_> = sources.iter().flat_map(|(_, one)| &one.test_only).collect();
    let modules: BTreeSet<_> = sources
        .iter()
        .filter_map(|(_, one)| one.module.first())
        .collect();
    let mut uses = Uses::new();
    for (file, source) in &sources {
        let Some(from) = source.module.first() else {
            continue;
        };
        if test_only.iter().any(|one| source.module.starts_with(one)) {
            continue;
        }
        for to in source
            .uses
            .iter()
            .filter(|to| *to != from && modules.contains(to))
        {
            let place = file.strip_prefix(folder).unwrap_or(file).display();
            let edges = uses.entry(from.clone()).or_default();
            edges.entry(to.clone()).or_insert_with(|| place.to_string());
        }
    }
    Ok(circles(&uses))
}

/// Compares what was found in a crate with the circles that are known to be there.
pub(crate) fn judge(package: &str, found: &[Circle], known: &[KnownCircle]) -> Vec<String> {
    let mut problems = Vec::new();
    let known: Vec<_> = known.iter().filter(|one| one.package == package).collect();
    for circle in found {
        let allowed = known.iter().any(|one| {
            circle
                .modules
                .iter()
                .all(|name| one.modules.contains(&name.as_str()))
        });
        if !allowed {
            let steps = circle.steps.join(", ");
            problems.push(format!("{package}: modules in a circle: {steps}"));
        }
    }
    for entry in known {
        let gone: Vec<_> = entry
            .modules
            .iter()
            .filter(|name| !found.iter().any(|circle| circle.modules.contains(**name)))
            .copied()
            .collect();
        if !gone.is_empty() {
            let (gone, reason) = (gone.join(", "), entry.reason);
            problems.push(format!(
                "{package}: in no circle any more, take it off the list: {gone} ({reason})"
            ));
        }
    }
    problems
}

/// What one file says about modules.
struct Source {
    /// Names from the crate root down to the file's module; empty for the root file.
    module: Vec<String>,
    /// First names of the paths that start at the crate root.
    uses: BTreeSet<String>,
    /// Modules in files of their own that are compiled for tests only.
    test_only: Vec<Vec<String>>,
    tests: bool,
}

impl Source {
    fn read(tokens: TokenStream, module: Vec<String>, tests: bool) -> Self {
        let mut source = Self {
            module,
            uses: BTreeSet::new(),
            test_only: Vec::new(),
            tests,
        };
        source.walk(&tokens.into_iter().collect::<Vec<_>>());
        source
    }

    fn walk(&mut self, tokens: &[TokenTree]) {
        let mut rest = tokens;
        while let [first, after @ ..] = rest {
            rest = after;
            match first {
                TokenTree::Punct(mark) if mark.as_char() == '#' && !self.tests => {
                    if let [TokenTree::Group(group), item @ ..] = rest
                        && is_test_cfg(&group.stream().to_string())
                    {
                        rest = self.skip_item(item);
                    }
                }
                TokenTree::Group(group) => {
                    self.walk(&group.stream().into_iter().collect::<Vec<_>>());
                }
                TokenTree::Ident(name) if name == "crate" => self.path(after),
                TokenTree::Ident(name) if name == "super" && !self.module.is_empty() => {
                    let supers = |tokens: &[TokenTree]| -> bool {
                        matches!(tokens, [_, _, TokenTree::Ident(name), ..] if name == "super")
                    };
                    let (mut levels, mut tail) = (1, after);
                    while supers(tail) {
                        levels += 1;
                        tail = tail.get(3..).unwrap_or_default();
                    }
                    if levels == self.module.len() {
                        self.path(tail);
                    }
                    rest = tail;
                }
                _ => {}
            }
        }
    }

    /// The first names of `::name..` or `::{name.., name..}`.
    fn path(&mut self, tokens: &[TokenTree]) {
        let [TokenTree::Punct(_), TokenTree::Punct(colon), next, ..] = tokens else {
            return;
        };
        if colon.as_char() != ':' {
            return;
        }
        match next {
            TokenTree::Ident(name) => {
                self.uses.insert(name.to_string());
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let mut first = true;
                for token in group.stream() {
                    match token {
                        TokenTree::Punct(mark) if mark.as_char() == ',' => first = true,
                        TokenTree::Ident(name) if first => {
                            self.uses.insert(name.to_string());
                            first = false;
                        }
                        _ => first = false,
                    }
                }
            }
            _ => {}
        }
    }

    /// Leaves out the item after `#[cfg(test)]`.
    fn skip_item<'a>(&mut self, tokens: &'a [TokenTree]) -> &'a [TokenTree] {
        let (item, rest) = tokens.split_at(item_length(tokens));
        if let [
            ..,
            TokenTree::Ident(keyword),
            TokenTree::Ident(name),
            TokenTree::Punct(_),
        ] = item
            && keyword == "mod"
        {
            let mut module = self.module.clone();
            module.push(name.to_string());
            self.test_only.push(module);
        }
        rest
    }
}

/// All Rust files of a target, but for the folder of further binaries.
fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|one| one.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.ends_with("src/bin") {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn module_of(file: &Path) -> Vec<String> {
    let names = file.with_extension("");
    let names: Vec<String> = names
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    match names.as_slice() {
        [root] if root == "lib" || root == "main" => Vec::new(),
        _ => names,
    }
}

/// Groups of modules that all reach each other.
fn circles(uses: &Uses) -> Vec<Circle> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = uses
        .keys()
        .map(|from| (from, reached(uses, from)))
        .collect();
    let both = |a: &String, b: &String| {
        reach.get(a).is_some_and(|all| all.contains(b))
            && reach.get(b).is_some_and(|all| all.contains(a))
    };
    let groups: BTreeSet<BTreeSet<String>> = uses
        .keys()
        .map(|one| {
            uses.keys()
                .filter(|other| both(one, other))
                .cloned()
                .collect()
        })
        .filter(|group: &BTreeSet<String>| !group.is_empty())
        .collect();
    let circle = |modules: BTreeSet<String>| {
        let edges = uses.iter().filter(|(from, _)| modules.contains(*from));
        let edges =
            edges.flat_map(|(from, to)| to.iter().map(move |(to, place)| (from, to, place)));
        let inside = edges.filter(|(_, to, _)| modules.contains(*to));
        let steps = inside
            .map(|(from, to, place)| format!("{from} uses {to} ({place})"))
            .collect();
        Circle { modules, steps }
    };
    groups.into_iter().map(circle).collect()
}

fn reached<'a>(uses: &'a Uses, from: &str) -> BTreeSet<&'a String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(next) = open.pop() {
        for to in uses.get(next).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::{Circle, find, judge};
    use crate::layers::table::KnownCircle;

    fn circles_in(files: &[(&str, &str)], tests: bool) -> Vec<Circle> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        find(&folder.path().join(files.first().unwrap().0), tests).unwrap()
    }

    fn count(files: &[(&str, &str)]) -> usize {
        circles_in(files, false).len()
    }

    #[test]
    fn files_of_one_module_may_use_each_other_and_modules_may_not() {
        let inside = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod deep; pub use deep::D; pub struct A;"),
            (
                "a/deep.rs",
                "use crate::a::A; use crate::b::B; pub struct D;",
            ),
            (
                "b.rs",
                "pub struct B; // crate::a::A is only a comment\nconst T: &str = \"crate::a\";",
            ),
        ];
        assert_eq!(count(&inside), 0);
        let found = circles_in(
            &[
                ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
                ("a.rs", "mod deep;"),
                ("a/deep.rs", "use crate::{b::B, c};"),
                ("b.rs", "use crate::c::C;"),
                ("c.rs", "use super::a::A;"),
            ],
            false,
        );
        let steps: Vec<_> = found.iter().flat_map(|circle| &circle.steps).collect();
        assert_eq!(
            steps,
            [
                "a uses b (a/deep.rs)",
                "a uses c (a/deep.rs)",
                "b uses c (b.rs)",
                "c uses a (c.rs)"
            ]
        );
    }

    #[test]
    fn paths_in_types_attributes_and_macros_count() {
        for user in [
            "pub struct B(Vec<crate::a::A>);",
            "#[derive(OpenApi)] #[openapi(paths(crate::a::run))] struct B;",
            "fn b() { assert!(super::a::run()); }",
            "mod inner { use crate::a::A; }",
        ] {
            assert_eq!(
                count(&[("lib.rs", ""), ("a.rs", "use crate::b;"), ("b.rs", user)]),
                1,
                "{user}"
            );
        }
    }

    #[test]
    fn test_code_counts_only_in_targets_of_tests() {
        let files = [
            ("main.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B;"),
            (
                "b.rs",
                "#[cfg(test)] mod tests; #[cfg(all(test, unix))] use crate::a::A; struct B;",
            ),
            ("b/tests.rs", "use crate::a::A;"),
        ];
        assert_eq!(circles_in(&files, false).len(), 0);
        assert_eq!(circles_in(&files, true).len(), 1);
    }

    #[test]
    fn a_known_circle_is_allowed_until_it_is_gone() {
        let known = [KnownCircle {
            package: "p",
            modules: &["a", "b", "c"],
            reason: "why",
        }];
        let circle = |names: &[&str]| Circle {
            modules: names.iter().map(|&name| name.to_owned()).collect(),
            steps: vec!["a uses b (a.rs)".to_owned()],
        };
        assert_eq!(
            judge("p", &[circle(&["a", "b", "c"])], &known),
            Vec::<String>::new()
        );
        assert_eq!(
            judge("p", &[circle(&["a", "b"])], &known),
            ["p: in no circle any more, take it off the list: c (why)"]
        );
        assert_eq!(judge("p", &[circle(&["a", "d"])], &known).len(), 2);
        assert_eq!(judge("other", &[circle(&["a", "b"])], &known).len(), 1);
    }
}
