//! Lists that keep their newest items only, so that a long run does not fill the memory.

/// A list, oldest first, that drops its oldest items.
///
/// Dropping happens in blocks of a quarter of what is kept, so that adding stays cheap and the items stay in
/// one slice.
#[derive(Debug, Clone)]
pub(crate) struct Retained<T> {
    items: Vec<T>,
    keep: usize,
    dropped: u64,
}

impl<T> Retained<T> {
    /// Keeps at least the newest `keep` items, and at most a quarter more.
    pub(crate) const fn new(keep: usize) -> Self {
        Self {
            items: Vec::new(),
            keep,
            dropped: 0,
        }
    }

    /// Adds an item; returns those that were dropped for it.
    pub(crate) fn push(&mut self, item: T) -> Vec<T> {
        self.items.push(item);
        let surplus = self.items.len().saturating_sub(self.keep);
        if surplus <= self.keep / 4 {
            return Vec::new();
        }
        let dropped: Vec<T> = self.items.drain(..surplus).collect();
        self.dropped += u64::try_from(dropped.len()).unwrap_or(0);
        dropped
    }

    /// The items that are kept, oldest first.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// The same, to change them.
    pub(crate) fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// The number that the next item gets, counting all items ever added from 1.
    pub(crate) fn next_number(&self) -> u64 {
        let kept = u64::try_from(self.items.len()).unwrap_or(u64::MAX);
        self.dropped.saturating_add(kept).saturating_add(1)
    }

    /// The kept items after the one with this number.
    pub(crate) fn after(&self, number: u64) -> &[T] {
        let skip = usize::try_from(number.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
        self.items.get(skip..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Retained;

    #[test]
    fn the_newest_items_are_kept_and_numbers_go_on() {
        let mut list = Retained::new(8);
        let mut dropped = Vec::new();
        for number in 1..=100_u64 {
            assert_eq!(list.next_number(), number);
            dropped.extend(list.push(number));
            assert!(list.items().len() <= 10);
        }
        assert!(list.items().len() >= 8);
        assert_eq!(list.items().last(), Some(&100));
        dropped.extend(list.items());
        assert_eq!(dropped, (1..=100).collect::<Vec<_>>());
    }

    #[test]
    fn items_after_a_number_are_found_also_when_it_was_dropped() {
        let mut list = Retained::new(4);
        for number in 1..=20_u64 {
            list.push(number);
        }
        assert_eq!(list.after(18), [19, 20]);
        assert_eq!(list.after(20), [0_u64; 0]);
        assert_eq!(list.after(1), list.items());
    }
}
