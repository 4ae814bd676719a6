//! The module tree of one target: which module lies in which file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

use crate::layers::packages::Root;

/// Names from the crate root down to a module.
pub(crate) type ModulePath = Vec<String>;

/// All modules below one root file.
#[derive(Default)]
pub(crate) struct Tree {
    tests: bool,
    files: Vec<PathBuf>,
    file_of: BTreeMap<ModulePath, usize>,
    bodies: Vec<Body>,
}

/// The items of one module, without those of its child modules.
pub(crate) struct Body {
    /// The module.
    pub(crate) module: ModulePath,
    /// The file it lies in, as a number of [`Tree::file`].
    pub(crate) file: usize,
    /// Its items.
    pub(crate) items: Vec<Item>,
}

impl Tree {
    /// The path of a file.
    pub(crate) fn file(&self, number: usize) -> &Path {
        self.files
            .get(number)
            .map_or(Path::new(""), PathBuf::as_path)
    }

    /// The file of a module, if there is such a module.
    pub(crate) fn file_of(&self, module: &[String]) -> Option<usize> {
        self.file_of.get(module).copied()
    }

    /// Whether code for tests counts.
    pub(crate) fn tests(&self) -> bool {
        self.tests
    }

    /// Every module with its items.
    pub(crate) fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    fn add_file(&mut self, path: &Path, module: ModulePath, children: &Path) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let syntax = syn::parse_file(&text)
            .with_context(|| format!("cannot understand {}", path.display()))?;
        self.files.push(path.to_owned());
        let file = self.files.len().saturating_sub(1);
        self.add_module(syntax.items, module, file, children)
    }

    /// `children` is the folder where this module's child files lie.
    fn add_module(
        &mut self,
        items: Vec<Item>,
        module: ModulePath,
        file: usize,
        children: &Path,
    ) -> anyhow::Result<()> {
        self.file_of.insert(module.clone(), file);
        let mut own = Vec::new();
        for item in items {
            match item {
                Item::Mod(child) if self.tests || !for_tests_only(&child.attrs) => {
                    self.add_child(child, &module, file, children)?;
                }
                Item::Mod(_) => {}
                item => own.push(item),
            }
        }
        self.bodies.push(Body {
            module,
            file,
            items: own,
        });
        Ok(())
    }

    fn add_child(
        &mut self,
        child: ItemMod,
        parent: &[String],
        file: usize,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let name = child.ident.to_string().trim_start_matches("r#").to_owned();
        let mut module = parent.to_vec();
        module.push(name.clone());
        if let Some((_, items)) = child.content {
            return self.add_module(items, module, file, &folder.join(name));
        }
        if let Some(path) = path_attribute(&child.attrs) {
            let beside = self.file(file).parent().unwrap_or(Path::new("")).join(path);
            let children = beside.with_extension("");
            return self.add_file(&beside, module, &children);
        }
        let nested = folder.join(&name);
        let grouped = nested.join("mod.rs");
        let plain = folder.join(format!("{name}.rs"));
        let path = if grouped.is_file() { grouped } else { plain };
        self.add_file(&path, module, &nested)
    }
}

/// Reads the tree below the root file of a target.
pub(crate) fn read(root: &Root) -> anyhow::Result<Tree> {
    let mut tree = Tree {
        tests: root.tests,
        ..Tree::default()
    };
    let folder = root.file.parent().unwrap_or(Path::new(""));
    tree.add_file(&root.file, ModulePath::new(), folder)?;
    Ok(tree)
}

/// Whether an item is compiled for tests only: `#[cfg(test)]`, alone or inside `all(..)`.
pub(crate) fn for_tests_only(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .any(|attribute| {
            let mut found = false;
            // An unfamiliar predicate is not `test`; the compiler judges whether it is valid.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("test") {
                    found = true;
                } else if meta.path.is_ident("all") {
                    meta.parse_nested_meta(|inner| {
                        found |= inner.path.is_ident("test");
                        Ok(())
                    })?;
                }
                Ok(())
            });
            found
        })
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}
