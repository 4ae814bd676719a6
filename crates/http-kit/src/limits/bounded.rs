//! A bounded map, safe for keys that attackers choose.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// A shared map of at most `capacity` entries. When it is full the half with the smallest values
/// goes: values are chosen so that those are the ones worth least.
#[derive(Debug)]
pub struct BoundedMap<K, V> {
    entries: Mutex<HashMap<K, V>>,
    capacity: usize,
}

impl<K: Hash + Eq + Clone, V: Copy + Ord> BoundedMap<K, V> {
    /// An empty map.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            entries: Mutex::default(),
            capacity,
        }
    }

    /// Replaces the value of a key by what `change` makes of it.
    ///
    /// # Errors
    /// That of `change`, in which case the map stays as it was.
    pub fn update<T, E>(
        &self,
        key: &K,
        change: impl FnOnce(Option<V>) -> Result<(T, V), E>,
    ) -> Result<T, E> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = entries.get_mut(key) {
            let (result, new) = change(Some(*value))?;
            *value = new;
            return Ok(result);
        }
        let (result, new) = change(None)?;
        if entries.len() >= self.capacity {
            make_room(&mut entries);
        }
        entries.insert(key.clone(), new);
        Ok(result)
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).copied()
    }

    /// Forgets a key.
    pub fn remove(&self, key: &K) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(key);
    }
}

/// Half at once, so that a flood of new keys pays for a scan once in many inserts.
fn make_room<K: Hash + Eq, V: Copy + Ord>(entries: &mut HashMap<K, V>) {
    let mut values: Vec<V> = entries.values().copied().collect();
    let middle = values.len() / 2;
    if middle >= values.len() {
        return;
    }
    let (_, median, _) = values.select_nth_unstable(middle);
    let median = *median;
    entries.retain(|_, value| *value > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(map: &BoundedMap<u32, u32>, key: u32, value: u32) {
        let done: Result<(), ()> = map.update(&key, |_| Ok(((), value)));
        done.unwrap();
    }

    #[test]
    fn the_least_worthy_half_makes_room() {
        let map = BoundedMap::new(10);
        for key in 0..10 {
            put(&map, key, key * 10);
        }
        put(&map, 100, 5);
        assert_eq!(map.get(&9), Some(90));
        assert_eq!(map.get(&100), Some(5));
        assert_eq!(map.get(&0), None);
    }

    #[test]
    fn a_flood_does_not_grow_it() {
        let map = BoundedMap::new(100);
        for key in 0..10_000 {
            put(&map, key, key);
            assert!(map.entries.lock().unwrap().len() <= 100);
        }
    }

    #[test]
    fn a_refused_change_changes_nothing() {
        let map = BoundedMap::new(10);
        put(&map, 1, 7);
        assert_eq!(map.update(&1, |_| Err::<((), u32), _>("no")), Err("no"));
        assert_eq!(map.update(&2, |_| Err::<((), u32), _>("no")), Err("no"));
        assert_eq!(map.get(&1), Some(7));
        assert_eq!(map.get(&2), None);
    }
}
