//! The items of one menu.

use std::collections::{BTreeMap, HashMap};

use crate::item::{Facts, Item};
use crate::refusal::Refusal;
use crate::schema::{Menu, Unique};

/// Where a user that was never given a server is known.
const EVERY_SERVER: &[u8] = b"all";

/// Items by id, in the order they were added; names are indexed, so that looking one up among
/// 100 000 costs the same as among ten.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) menu: &'static Menu,
    items: BTreeMap<u64, Item>,
    /// Order of a menu whose items were moved; the order of ids otherwise.
    order: Option<Vec<u64>>,
    names: HashMap<Vec<u8>, Vec<u64>>,
    next: u64,
}

impl Table {
    pub(crate) fn new(menu: &'static Menu) -> Self {
        Self {
            menu,
            items: BTreeMap::new(),
            order: None,
            names: HashMap::new(),
            next: 1,
        }
    }

    /// An item that is not in the table yet. Its id is taken for ever.
    pub(crate) fn blank(&mut self, facts: Facts) -> Item {
        let id = self.next;
        self.next = self.next.saturating_add(1);
        Item::new(id, facts)
    }

    /// Refuses values that would make a second item of what may be there once. `own` is the item that
    /// is changed.
    pub(crate) fn refuse_duplicate(
        &self,
        own: Option<u64>,
        values: &[(&'static str, Vec<u8>)],
    ) -> Result<(), Refusal> {
        let old = own.and_then(|id| self.get(id));
        let new_value = |name: &str| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.as_slice())
                .or_else(|| old.and_then(|item| item.get(name)))
        };
        let Some(name) = self.menu.key.and_then(new_value) else {
            return Ok(());
        };
        let others = self.named(name).iter().filter(|id| Some(**id) != own);
        match self.menu.unique {
            Unique::No => Ok(()),
            Unique::Name => match others.count() {
                0 => Ok(()),
                _ => Err(Refusal::plain(
                    "failure: item with such name already exists",
                )),
            },
            Unique::NamePerServer => {
                let server = new_value("server").unwrap_or(EVERY_SERVER);
                let clash = others
                    .filter_map(|id| self.get(*id))
                    .map(|other| other.get("server").unwrap_or(EVERY_SERVER))
                    .any(|other| other == server || [server, other].contains(&EVERY_SERVER));
                if clash {
                    let text = "failure: already have user with this name for this server";
                    return Err(Refusal::plain(text));
                }
                Ok(())
            }
        }
    }

    /// Puts an item in, in the place of the one with the same id.
    pub(crate) fn put(&mut self, item: Item) {
        let id = item.id;
        self.forget_name(id);
        if let Some(name) = self.key_of(&item) {
            self.names.entry(name).or_default().push(id);
        }
        if self.items.insert(id, item).is_none()
            && let Some(order) = &mut self.order
        {
            order.push(id);
        }
    }

    /// Deals all ids out anew from `*1`, in the order of the old ones, as an import does.
    pub(crate) fn renumber(&mut self) {
        let items = std::mem::take(&mut self.items);
        self.names.clear();
        self.order = None;
        self.next = 1;
        for (_, mut item) in items {
            // What the router makes itself keeps its place.
            if item.id > 0 {
                item.id = self.next;
                self.next = self.next.saturating_add(1);
            }
            self.put(item);
        }
    }

    /// Takes an item out.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Item> {
        self.forget_name(id);
        if let Some(order) = &mut self.order {
            order.retain(|known| *known != id);
        }
        self.items.remove(&id)
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Item> {
        self.items.get(&id)
    }

    /// For facts only: a change of the name needs [`put`](Self::put).
    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Item> {
        self.items.get_mut(&id)
    }

    /// Ids in printed order.
    pub(crate) fn ids(&self) -> Vec<u64> {
        match &self.order {
            Some(order) => order.clone(),
            None => self.items.keys().copied().collect(),
        }
    }

    /// Items in order of their ids.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Ids of the items of this name.
    pub(crate) fn named(&self, name: &[u8]) -> &[u64] {
        self.names.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Ids of the items whose name starts like this.
    pub(crate) fn starting_with(&self, start: &[u8]) -> Vec<u64> {
        self.names
            .iter()
            .filter(|(name, _)| name.starts_with(start))
            .flat_map(|(_, ids)| ids.iter().copied())
            .collect()
    }

    /// Moves an item in front of another, or to the end.
    pub(crate) fn reorder(&mut self, id: u64, before: Option<u64>) {
        let mut order = self.ids();
        order.retain(|known| *known != id);
        let place = before
            .and_then(|before| order.iter().position(|known| *known == before))
            .unwrap_or(order.len());
        order.insert(place, id);
        self.order = Some(order);
    }

    fn key_of(&self, item: &Item) -> Option<Vec<u8>> {
        item.get(self.menu.key?).map(<[u8]>::to_vec)
    }

    fn forget_name(&mut self, id: u64) {
        let Some(name) = self.items.get(&id).and_then(|item| self.key_of(item)) else {
            return;
        };
        if let Some(ids) = self.names.get_mut(&name) {
            ids.retain(|known| *known != id);
            if ids.is_empty() {
                self.names.remove(&name);
            }
        }
    }
}
