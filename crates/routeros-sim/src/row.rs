//! A row as tests and the control port see it.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::router::Router;
use crate::schema::Menu;
use crate::value::number;

/// The properties of one item, secrets included, as a user with all policies would print them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SimRow {
    properties: BTreeMap<&'static str, Vec<u8>>,
}

impl SimRow {
    /// A property as text; `None` when the row does not have it or it is not UTF-8.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }

    /// A property as bytes.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.properties.get(name).map(Vec::as_slice)
    }

    /// The id, such as `*1A`; empty in menus of one row.
    #[must_use]
    pub fn id(&self) -> &str {
        self.get(".id").unwrap_or_default()
    }

    /// The name; empty where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.get("name").unwrap_or_default()
    }

    /// Whether a property is there and `true`.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The properties, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.properties
            .iter()
            .map(|(name, value)| (*name, value.as_slice()))
    }
}

/// Shows secrets as `***`, for test output.
impl std::fmt::Debug for SimRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.iter() {
            let secret = routeros_proto::redact::is_secret(name.as_bytes());
            let value = if secret { b"***" } else { value };
            map.entry(&name, &format_args!("\"{}\"", value.escape_ascii()));
        }
        map.finish()
    }
}

/// As an object of texts; what is not UTF-8 gets replacement characters.
impl Serialize for SimRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.iter()
                .map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())),
        )
    }
}

/// The rows of a menu, in printed order; none when the version lacks the menu.
pub(crate) fn all(router: &Router, path: &str) -> Vec<SimRow> {
    let Some(table) = router.table(path) else {
        return Vec::new();
    };
    let menu = table.menu;
    table
        .ids()
        .into_iter()
        .filter_map(|id| one(router, menu, id))
        .collect()
}

/// The row of an item.
pub(crate) fn one(router: &Router, menu: &Menu, id: u64) -> Option<SimRow> {
    let item = router.item(menu.path, id)?;
    let id = (!menu.single).then(|| (".id", number::id_text(item.id).into_bytes()));
    let columns = menu
        .columns
        .iter()
        .filter(|column| column.since <= router.version)
        .filter_map(|column| {
            let value = router.property(menu, item, column)?;
            Some((column.name, value.into_owned()))
        });
    Some(SimRow {
        properties: id.into_iter().chain(columns).collect(),
    })
}
