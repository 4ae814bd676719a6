//! Committed rows, and one unit's changes to them.

use std::collections::BTreeMap;

/// A committed row; the version tells whether somebody else has written it since.
#[derive(Debug, Clone)]
struct Stored<V> {
    version: u64,
    value: V,
}

/// The committed rows of one kind.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V> {
    rows: BTreeMap<K, Stored<V>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
        }
    }
}

/// What one unit has done to a row: `value` is `None` once it is deleted. `base` is the version
/// it started from.
#[derive(Debug, Clone)]
struct Change<V> {
    base: Option<u64>,
    value: Option<V>,
}

/// The changes of one unit to the rows of one kind.
#[derive(Debug, Clone)]
pub(super) struct Changes<K, V> {
    rows: BTreeMap<K, Change<V>>,
}

impl<K, V> Default for Changes<K, V> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone, V> Changes<K, V> {
    /// Notes a new value, or with `None` a deletion. A row that is only locked is noted with its
    /// present value.
    pub(super) fn note(&mut self, table: &Table<K, V>, key: &K, value: Option<V>) {
        let base = table.rows.get(key).map(|stored| stored.version);
        let change = self
            .rows
            .entry(key.clone())
            .or_insert(Change { base, value: None });
        change.value = value;
    }

    /// Whether nobody else has written the same rows since.
    pub(super) fn still_fit(&self, table: &Table<K, V>) -> bool {
        self.rows
            .iter()
            .all(|(key, change)| change.base == table.rows.get(key).map(|stored| stored.version))
    }

    /// The changed rows; `None` stands for a deletion.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, Option<&V>)> {
        self.rows
            .iter()
            .map(|(key, change)| (key, change.value.as_ref()))
    }

    /// Makes the changes part of the table.
    pub(super) fn apply(self, table: &mut Table<K, V>, version: u64) {
        for (key, change) in self.rows {
            match change.value {
                Some(value) => {
                    table.rows.insert(key, Stored { version, value });
                }
                None => {
                    table.rows.remove(&key);
                }
            }
        }
    }
}

/// The rows as one unit sees them.
#[derive(Debug)]
pub(super) struct View<'a, K, V> {
    table: &'a Table<K, V>,
    changes: &'a Changes<K, V>,
}

impl<'a, K: Ord, V> View<'a, K, V> {
    pub(super) fn new(table: &'a Table<K, V>, changes: &'a Changes<K, V>) -> Self {
        Self { table, changes }
    }

    /// One row.
    pub(super) fn get(&self, key: &K) -> Option<&'a V> {
        match self.changes.rows.get(key) {
            Some(change) => change.value.as_ref(),
            None => self.table.rows.get(key).map(|stored| &stored.value),
        }
    }

    /// All rows, by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V> {
        let mut merged: BTreeMap<&'a K, &'a V> = self
            .table
            .rows
            .iter()
            .map(|(key, stored)| (key, &stored.value))
            .collect();
        for (key, change) in &self.changes.rows {
            match &change.value {
                Some(value) => {
                    merged.insert(key, value);
                }
                None => {
                    merged.remove(key);
                }
            }
        }
        merged.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(table: &mut Table<u8, &'static str>, key: u8, value: Option<&'static str>, at: u64) {
        let mut changes = Changes::default();
        changes.note(table, &key, value);
        changes.apply(table, at);
    }

    #[test]
    fn a_unit_sees_its_own_changes_and_what_others_commit() {
        let mut table = Table::default();
        commit(&mut table, 1, Some("one"), 1);
        commit(&mut table, 2, Some("two"), 2);
        let mut changes = Changes::default();
        changes.note(&table, &1, Some("mine"));
        commit(&mut table, 3, Some("three"), 3);
        changes.note(&table, &2, None);
        let view = View::new(&table, &changes);
        assert_eq!(view.get(&1), Some(&"mine"));
        assert_eq!(view.get(&2), None);
        assert_eq!(
            view.iter().collect::<Vec<_>>(),
            [(&1, &"mine"), (&3, &"three")]
        );
    }

    #[test]
    fn changes_no_longer_fit_once_somebody_wrote_the_same_row() {
        let mut table = Table::default();
        commit(&mut table, 1, Some("one"), 1);
        let mut update = Changes::default();
        update.note(&table, &1, Some("mine"));
        let mut insert = Changes::default();
        insert.note(&table, &2, Some("mine"));
        assert!(update.still_fit(&table) && insert.still_fit(&table));
        commit(&mut table, 1, Some("theirs"), 2);
        commit(&mut table, 2, Some("theirs"), 3);
        assert!(!update.still_fit(&table) && !insert.still_fit(&table));
    }

    #[test]
    fn the_base_is_the_version_of_the_first_touch() {
        let mut table = Table::default();
        commit(&mut table, 1, Some("one"), 1);
        let mut changes = Changes::default();
        changes.note(&table, &1, Some("locked"));
        commit(&mut table, 1, Some("theirs"), 2);
        changes.note(&table, &1, Some("mine"));
        assert!(!changes.still_fit(&table));
    }
}
