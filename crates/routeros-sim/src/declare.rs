//! Menus and commands that the user of the simulator brings along.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::kind::Kind;
use crate::schema::{Access, Column, EDIT, Menu, READ, SINGLE, Unique};

/// A menu of the test's own, for [`Builder::menu`](crate::Builder::menu). It takes all commands
/// that ordinary menus take, with the same checks and refusals.
///
/// A declaration is kept for the life of the process: declare menus for the tests, not in a loop.
///
/// ```
/// use routeros_sim::{MenuSpec, PropertySpec, Simulator};
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let netwatch = MenuSpec::table("/tool/netwatch")
///     .property(PropertySpec::address("host").required())
///     .property(PropertySpec::duration("interval").preset("1m"))
///     .property(PropertySpec::choice("status", &["up", "down", "unknown"]).read_only().preset("unknown"));
/// let router = Simulator::builder().menu(netwatch).start().await?;
/// router.add("/tool/netwatch", &[("host", "10.0.0.1"), ("status", "up")])?;
/// assert!(router.add("/tool/netwatch", &[("host", "nonsense")]).is_err());
/// assert_eq!(router.rows("/tool/netwatch")[0].get("interval"), Some("1m"));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct MenuSpec {
    path: String,
    single: bool,
    read_only: bool,
    named: bool,
    properties: Vec<PropertySpec>,
}

impl MenuSpec {
    /// A menu of items with ids.
    pub fn table(path: &str) -> Self {
        Self {
            path: path.trim_end_matches('/').to_owned(),
            single: false,
            read_only: false,
            named: false,
            properties: Vec::new(),
        }
    }

    /// A menu of one row without an id, such as `/system/identity`.
    pub fn single(path: &str) -> Self {
        Self {
            single: true,
            ..Self::table(path)
        }
    }

    /// Adds a property; rows show them in this order.
    pub fn property(mut self, property: PropertySpec) -> Self {
        self.properties.push(property);
        self
    }

    /// The property `name` names an item in place of its id, and there is one item per name.
    pub const fn unique_names(mut self) -> Self {
        self.named = true;
        self
    }

    /// Clients can only read it; the test fills it.
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(crate) fn into_menu(self) -> Menu {
        let columns: Vec<Column> = self.properties.into_iter().map(|one| one.0).collect();
        let columns: &'static [Column] = Vec::leak(columns);
        let path: &'static str = String::leak(self.path);
        let menu = match (self.single, self.read_only) {
            (true, true) => Menu::single(path, READ, columns),
            (true, false) => Menu::single(path, SINGLE, columns),
            (false, true) => Menu::table(path, READ, columns),
            (false, false) => Menu::table(path, EDIT, columns),
        };
        if self.named {
            menu.named(Unique::Name)
        } else {
            menu
        }
    }
}

/// A property of a [`MenuSpec`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct PropertySpec(Column);

impl PropertySpec {
    /// Any bytes.
    pub fn text(name: &str) -> Self {
        Self::new(name, Kind::Text)
    }

    /// `true` or `false`; `yes` and `no` are taken too.
    pub fn boolean(name: &str) -> Self {
        Self::new(name, Kind::Bool)
    }

    /// A decimal number or a size such as `10M`.
    pub fn number(name: &str) -> Self {
        Self::new(name, Kind::Size)
    }

    /// A duration, in any spelling.
    pub fn duration(name: &str) -> Self {
        Self::new(name, Kind::Duration(&[]))
    }

    /// A MAC address.
    pub fn mac_address(name: &str) -> Self {
        Self::new(name, Kind::Mac)
    }

    /// An IP address.
    pub fn address(name: &str) -> Self {
        Self::new(name, Kind::Address)
    }

    /// One of these words.
    pub fn choice(name: &str, words: &[&str]) -> Self {
        let words: Vec<&'static str> = words.iter().map(|word| leak(word)).collect();
        Self::new(name, Kind::Choice(Vec::leak(words)))
    }

    /// The name of an item of another menu.
    pub fn reference(name: &str, menu: &str) -> Self {
        Self::new(name, Kind::Reference(leak(menu), &[]))
    }

    fn new(name: &str, kind: Kind) -> Self {
        Self(Column::new(leak(name), kind))
    }

    /// `add` needs it.
    pub const fn required(mut self) -> Self {
        self.0.access = Access::Required;
        self
    }

    /// Only the test sets it.
    pub const fn read_only(mut self) -> Self {
        self.0.access = Access::ReadOnly;
        self
    }

    /// Printed while it was never set.
    pub fn preset(mut self, value: &str) -> Self {
        self.0.preset = Some(leak(value));
        self
    }

    /// Readable only with the policy `sensitive`.
    pub const fn secret(mut self) -> Self {
        self.0.secret = true;
        self
    }
}

fn leak(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

/// A command as a handler of [`Builder::command`](crate::Builder::command) sees it.
#[derive(Clone, Debug)]
pub struct Call {
    attributes: BTreeMap<String, String>,
}

impl Call {
    pub(crate) fn new(attributes: &[(Vec<u8>, Vec<u8>)]) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let pairs = attributes.iter();
        Self {
            attributes: pairs
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
        }
    }

    /// An attribute as text; `None` when it was not given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// What a handler of [`Builder::command`](crate::Builder::command) answers.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Answer {
    pub(crate) rows: Vec<Vec<(String, String)>>,
    pub(crate) ret: Option<String>,
    pub(crate) trap: Option<String>,
    pub(crate) every: Option<Duration>,
}

impl Answer {
    /// Nothing but `!done`.
    pub fn done() -> Self {
        Self::default()
    }

    /// A `!trap` with this text.
    pub fn refused(message: &str) -> Self {
        Self {
            trap: Some(message.to_owned()),
            ..Self::default()
        }
    }

    /// The rows so far, then a `!trap` with this text.
    pub fn refused_after(mut self, message: &str) -> Self {
        self.trap = Some(message.to_owned());
        self
    }

    /// Adds a row.
    pub fn row(mut self, properties: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.rows.push(properties.iter().map(own).collect());
        self
    }

    /// `!done` carries `=ret=`.
    pub fn ret(mut self, value: &str) -> Self {
        self.ret = Some(value.to_owned());
        self
    }

    /// The rows come one at a time, the first now and then one per period of the router's clock,
    /// over and over until the command is cancelled, as those of monitor commands do.
    pub const fn every(mut self, period: Duration) -> Self {
        self.every = Some(period);
        self
    }
}

/// The function behind a command.
#[derive(Clone)]
pub(crate) struct Handler(pub(crate) Arc<dyn Fn(&Call) -> Answer + Send + Sync>);

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}
