//! Import circles between the files of one crate.
//!
//! Two files that use each other cannot be read, moved or tested apart. `mod child;` alone is no import;
//! `pub use child::Thing` is one, of the child by its parent. Test code counts only in targets that are nothing else.

mod cycles;
mod imports;
mod modules;

use std::path::Path;

use crate::layers::packages::Root;

/// Reads the module tree below a target's root file and names every circle in it.
pub(crate) fn check(root: &Root, workspace_root: &Path) -> anyhow::Result<Vec<String>> {
    let tree = modules::read(root)?;
    let edges = imports::edges(&tree);
    let name = |file: usize| {
        let path = tree.file(file);
        path.strip_prefix(workspace_root)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let problems = cycles::find(&edges)
        .into_iter()
        .map(|circle| {
            let steps: Vec<_> = circle
                .iter()
                .map(|step| format!("{} uses {}", name(step.from), step.import))
                .collect();
            let back = circle
                .first()
                .map(|step| name(step.from))
                .unwrap_or_default();
            format!("import circle: {}, back to {back}", steps.join(", "))
        })
        .collect();
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::check;
    use crate::layers::packages::Root;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        circles_in(files, false)
    }

    fn circles_in(files: &[(&str, &str)], tests: bool) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root: &Path = folder.path();
        check(
            &Root {
                file: root.join(files.first().unwrap().0),
                tests,
            },
            root,
        )
        .unwrap()
    }

    #[test]
    fn a_tree_without_circles_passes() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b; pub use a::A;"),
            (
                "a.rs",
                "mod deep; use crate::b::B; use deep::D; pub struct A(B, D);",
            ),
            ("a/deep.rs", "use crate::b::B; pub struct D(B);"),
            (
                "b.rs",
                "use std::fmt; pub struct B; fn b(a: u8) -> fmt::Result { Ok(()) }",
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_circle_of_use_lines_is_named() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::{c::C, std}; pub struct B;"),
            ("c.rs", "use super::a::A; pub struct C;"),
        ]);
        assert_eq!(
            found,
            [
                "import circle: a.rs uses crate::b::B, b.rs uses crate::c::C, \
              c.rs uses super::a::A, back to a.rs"
            ]
        );
    }

    #[test]
    fn a_child_that_uses_a_parent_that_re_exports_it_is_a_circle() {
        let found = circles(&[
            ("lib.rs", "mod parent;"),
            (
                "parent.rs",
                "mod child; pub use child::Child; pub struct Shared;",
            ),
            (
                "parent/child.rs",
                "use super::Shared; pub struct Child(Shared);",
            ),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_child_may_use_a_parent_that_only_declares_it() {
        let found = circles(&[
            ("lib.rs", "mod parent;"),
            ("parent.rs", "mod child; pub struct Shared;"),
            ("parent/child.rs", "use super::*; pub struct Child(Shared);"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn importing_through_the_re_exports_of_the_crate_root_is_a_circle() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
            ("a.rs", "pub struct A;"),
            ("b.rs", "use crate::A; pub struct B(A);"),
        ]);
        assert_eq!(
            found,
            ["import circle: lib.rs uses b::B, b.rs uses crate::A, back to lib.rs"]
        );
    }

    #[test]
    fn paths_in_types_calls_and_macros_count() {
        for user in [
            "pub fn b() { crate::a::run(); }",
            "pub struct B(Vec<super::a::A>);",
            "pub fn b() { assert!(crate::a::run()); }",
            "pub fn b() { fn inner() { use crate::a::A; } }",
        ] {
            let found = circles(&[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "use crate::b::B; pub struct A;"),
                ("b.rs", user),
            ]);
            assert_eq!(found.len(), 1, "{user}");
        }
    }

    #[test]
    fn test_code_visibility_and_local_names_do_not_count() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            (
                "b.rs",
                "pub(in crate::a) struct B; fn f(a: u8) -> u8 { a }
                 #[cfg(test)] mod tests { use crate::a::A; }
                 #[cfg(test)] use crate::a::A;",
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn in_a_target_of_tests_test_code_counts() {
        let files = [
            ("main.rs", "#[cfg(test)] mod a; #[cfg(test)] mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::a::A; pub struct B;"),
        ];
        assert_eq!(circles_in(&files, true).len(), 1);
        assert_eq!(circles_in(&files, false), Vec::<String>::new());
    }

    #[test]
    fn inline_modules_belong_to_their_file() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "pub mod inner { use super::super::b::B; pub struct A; }",
            ),
            ("b.rs", "use crate::a::inner::A; pub struct B;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
