//! Which file uses which: every path in the code, resolved to the file of the module that it names.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, Path, UseTree, Visibility};

use crate::layers::circles::modules::{self, Body, Tree};

/// For each file, the files that it uses, each with the first path that does so.
pub(crate) type Edges = BTreeMap<usize, BTreeMap<usize, String>>;

/// All uses between the files of a tree.
pub(crate) fn edges(tree: &Tree) -> Edges {
    let mut edges = Edges::new();
    for body in tree.bodies() {
        let mut paths = Paths {
            tests: tree.tests(),
            found: Vec::new(),
        };
        for item in &body.items {
            paths.visit_item(item);
        }
        for path in paths.found {
            if let Some(to) = resolve(tree, body, &path)
                && to != body.file
            {
                let uses = edges.entry(body.file).or_default();
                uses.entry(to).or_insert_with(|| path.join("::"));
            }
        }
    }
    edges
}

/// The file of the deepest module on the path, if the path leads into this crate.
fn resolve(tree: &Tree, body: &Body, path: &[String]) -> Option<usize> {
    let mut rest = path.iter().peekable();
    let mut module = match rest.peek().map(|first| first.as_str()) {
        Some("crate") => {
            rest.next();
            Vec::new()
        }
        Some("self" | "super") => body.module.clone(),
        _ => {
            // Without a leading keyword only a child module is ours, and only as the start of a longer
            // path: a single name may be a variable.
            let mut child = body.module.clone();
            child.push(rest.next()?.clone());
            rest.peek()?;
            tree.file_of(&child)?;
            child
        }
    };
    for name in rest {
        match name.as_str() {
            "self" => {}
            "super" => {
                module.pop();
            }
            _ => {
                module.push(name.clone());
                if tree.file_of(&module).is_none() {
                    module.pop();
                    break;
                }
            }
        }
    }
    tree.file_of(&module)
}

/// Collects every path of two names or more, and every `use`.
struct Paths {
    tests: bool,
    found: Vec<Vec<String>>,
}

impl Paths {
    fn add(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.found.push(path);
        }
    }

    fn add_use(&mut self, prefix: &[String], tree: &UseTree) {
        let mut path = prefix.to_vec();
        match tree {
            UseTree::Path(step) => {
                path.push(plain(&step.ident.to_string()));
                self.add_use(&path, &step.tree);
            }
            UseTree::Name(name) => {
                path.push(plain(&name.ident.to_string()));
                self.add(path);
            }
            UseTree::Rename(rename) => {
                path.push(plain(&rename.ident.to_string()));
                self.add(path);
            }
            UseTree::Glob(_) => {
                path.push("*".to_owned());
                self.add(path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(&path, tree);
                }
            }
        }
    }

    /// Macro arguments are not parsed; paths are found by their shape.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0_u8;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut path));
                    }
                    path.push(plain(&name.to_string()));
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons = colons.saturating_add(1);
                }
                other => {
                    self.add(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add(path);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if self.tests || !modules::for_tests_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            self.add_use(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let names = path
                .segments
                .iter()
                .map(|segment| plain(&segment.ident.to_string()));
            self.add(names.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.add_tokens(call.tokens.clone());
    }

    // Modules inside functions are rare and local; `pub(in path)` and attributes are no imports.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

fn plain(name: &str) -> String {
    name.trim_start_matches("r#").to_owned()
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
