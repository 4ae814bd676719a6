//! The state of the simulated router.

mod property;
mod reference;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::clock::Clock;
use crate::declare::Handler;
use crate::item::{Facts, Item, Usage};
use crate::menus;
use crate::menus::path;
use crate::policy::Account;
use crate::refusal::Refusal;
use crate::schema::{Menu, Nature};
use crate::settings::Settings;
use crate::table::Table;
use crate::value::date;
use crate::version::Version;
use crate::view::{Change, Feed};

/// Everything that a power cut would not touch, and the sessions of customers.
#[derive(Debug)]
pub(crate) struct Router {
    pub(crate) version: Version,
    /// What `/system/resource` prints as version.
    pub(crate) version_text: String,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) accounts: Vec<Account>,
    pub(crate) feeds: Vec<Feed>,
    /// Changes that listeners have not been told of.
    pub(crate) changes: VecDeque<(&'static str, u64, Change)>,
    /// Commands that the test brought along.
    pub(crate) commands: BTreeMap<String, Handler>,
    /// What `/tool/fetch` finds under an address.
    pub(crate) urls: BTreeMap<String, String>,
    booted: u64,
    tables: BTreeMap<&'static str, Table>,
}

impl Router {
    /// A router with empty tables; [`factory`](crate::factory) fills them.
    pub(crate) fn new(version: Version, settings: Settings, clock: Clock) -> Self {
        let tables = menus::of(version, settings.routerboard)
            .map(|menu| (menu.path, Table::new(menu)))
            .collect();
        Self {
            version,
            version_text: version.full_text().to_owned(),
            settings,
            booted: clock.now(),
            clock,
            accounts: Vec::new(),
            feeds: Vec::new(),
            changes: VecDeque::new(),
            commands: BTreeMap::new(),
            urls: BTreeMap::new(),
            tables,
        }
    }

    /// Adds a menu, or replaces the one of its path.
    pub(crate) fn declare(&mut self, menu: Menu) {
        // Menus are data of the program; one that a test declares becomes so too.
        let menu: &'static Menu = Box::leak(Box::new(menu));
        self.tables.insert(menu.path, Table::new(menu));
        if menu.single {
            self.put(menu.path, Item::new(0, Facts::None));
        }
    }

    /// Writes a line into the log; the oldest go.
    pub(crate) fn log(&mut self, topics: &str, message: &str) {
        const KEPT: usize = 1_000;
        let time = date::time(self.clock.now());
        let values = [
            ("time", time.as_bytes()),
            ("topics", topics.as_bytes()),
            ("message", message.as_bytes()),
        ];
        // The menu is there in every version and takes any text.
        drop(self.insert(path::LOG, &values));
        let oldest = self
            .table(path::LOG)
            .filter(|table| table.len() > KEPT)
            .and_then(|table| table.ids().first().copied());
        if let Some(id) = oldest {
            self.take(path::LOG, id);
        }
    }

    /// The table of a menu.
    pub(crate) fn table(&self, path: &str) -> Option<&Table> {
        self.tables.get(path)
    }

    /// The table of a menu, for facts and order only; items go through the methods below.
    pub(crate) fn table_mut(&mut self, path: &str) -> Option<&mut Table> {
        self.tables.get_mut(path)
    }

    /// The menus there are.
    pub(crate) fn menus(&self) -> impl Iterator<Item = &'static Menu> {
        self.tables.values().map(|table| table.menu)
    }

    /// Whether any menu lies at or below this path.
    pub(crate) fn knows_prefix(&self, path: &str) -> bool {
        self.tables.keys().any(|known| {
            known
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The item, when both are there.
    pub(crate) fn item(&self, path: &str, id: u64) -> Option<&Item> {
        self.table(path)?.get(id)
    }

    /// Items of a menu, by id.
    pub(crate) fn items(&self, path: &str) -> impl Iterator<Item = &Item> {
        self.table(path).into_iter().flat_map(Table::items)
    }

    /// How long the router runs.
    pub(crate) fn uptime(&self) -> Duration {
        Duration::from_millis(self.clock.now().saturating_sub(self.booted))
    }

    /// An item of this menu that is in no table yet.
    pub(crate) fn blank(&mut self, path: &str) -> Option<Item> {
        let now = self.clock.now();
        let table = self.tables.get_mut(path)?;
        let facts = match table.menu.nature {
            Nature::Plain | Nature::System | Nature::Session => Facts::None,
            Nature::Used => Facts::Used(Usage::default()),
            Nature::Since => Facts::Since(now),
            Nature::Expiring => Facts::Expires(now),
        };
        Some(table.blank(facts))
    }

    /// Puts an item in, or in place of its old self, and tells listeners. Returns its id.
    pub(crate) fn put(&mut self, path: &str, item: Item) -> u64 {
        let id = item.id;
        if let Some(table) = self.tables.get_mut(path) {
            let menu = table.menu;
            table.put(item);
            self.note(menu, id, Change::Live);
        }
        id
    }

    /// Takes an item out and tells listeners.
    pub(crate) fn take(&mut self, path: &str, id: u64) -> Option<Item> {
        let table = self.tables.get_mut(path)?;
        let menu = table.menu;
        let item = table.remove(id)?;
        self.note(menu, id, Change::Dead);
        Some(item)
    }

    /// Adds an item from texts, also properties that only the router sets. What may be there only
    /// once stays so.
    pub(crate) fn insert(&mut self, path: &str, values: &[(&str, &[u8])]) -> Result<u64, Refusal> {
        let menu = self.table(path).ok_or_else(Refusal::no_such_prefix)?.menu;
        let mut parsed = Vec::new();
        for (name, value) in values {
            let column = menu
                .column(self.version, name.as_bytes())
                .ok_or_else(|| Refusal::unknown_parameter(self.version, name.as_bytes()))?;
            parsed.push((column.name, self.stored_form(column, value)?));
        }
        if let Some(table) = self.table(path) {
            table.refuse_duplicate(None, &parsed)?;
        }
        let mut item = self.blank(path).ok_or_else(Refusal::no_such_prefix)?;
        for (name, value) in parsed {
            item.set(name, value);
        }
        Ok(self.put(path, item))
    }

    /// Changes the facts of an item.
    pub(crate) fn facts_mut(&mut self, path: &str, id: u64) -> Option<&mut Facts> {
        Some(&mut self.tables.get_mut(path)?.get_mut(id)?.facts)
    }

    fn note(&mut self, menu: &'static Menu, id: u64, change: Change) {
        if self
            .feeds
            .iter()
            .any(|feed| feed.view.menu.path == menu.path)
        {
            self.changes.push_back((menu.path, id, change));
        }
    }
}
