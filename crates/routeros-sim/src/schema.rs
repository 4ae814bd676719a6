//! What a menu is made of. A menu is data: its columns, its verbs and its rule about duplicates.

use crate::kind::Kind;
use crate::version::Version;

/// Who gives a property its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever adds or sets the item.
    Settable,
    /// As settable, and `add` needs it.
    Required,
    /// The router; stored with the item.
    ReadOnly,
    /// The router; worked out when printed.
    Computed,
}

/// One property of the items of a menu.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Name on the wire.
    pub(crate) name: &'static str,
    /// Type.
    pub(crate) kind: Kind,
    /// Who sets it.
    pub(crate) access: Access,
    /// What is printed while it was never set; without one it is absent.
    pub(crate) preset: Option<&'static str>,
    /// Needs the policy `sensitive` to be read.
    pub(crate) secret: bool,
    /// First version that has it.
    pub(crate) since: Version,
}

impl Column {
    /// A settable property that is absent until set.
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            access: Access::Settable,
            preset: None,
            secret: false,
            since: Version::V6_42,
        }
    }

    /// A settable text.
    pub(crate) const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    /// A text that the router sets.
    pub(crate) const fn fixed(name: &'static str) -> Self {
        Self::new(name, Kind::Text).read_only()
    }

    pub(crate) const fn required(mut self) -> Self {
        self.access = Access::Required;
        self
    }

    pub(crate) const fn read_only(mut self) -> Self {
        self.access = Access::ReadOnly;
        self
    }

    pub(crate) const fn computed(mut self) -> Self {
        self.access = Access::Computed;
        self
    }

    pub(crate) const fn preset(mut self, value: &'static str) -> Self {
        self.preset = Some(value);
        self
    }

    pub(crate) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    pub(crate) const fn since(mut self, version: Version) -> Self {
        self.since = version;
        self
    }

    /// Whether `add` and `set` take it.
    pub(crate) const fn settable(&self) -> bool {
        matches!(self.access, Access::Settable | Access::Required)
    }
}

/// What can be done in a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// `print` and `getall`, with all their switches.
    Print,
    /// `listen`.
    Listen,
    /// `find`.
    Find,
    /// `add`.
    Add,
    /// `set`.
    Set,
    /// `unset`.
    Unset,
    /// `remove`.
    Remove,
    /// `enable`.
    Enable,
    /// `disable`.
    Disable,
    /// `move`.
    Move,
    /// `reset-counters`.
    ResetCounters,
    /// `/ip/hotspot/active/login`.
    Login,
    /// `/ip/hotspot/host/make-binding`.
    MakeBinding,
}

impl Verb {
    /// The verb of a command word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "print" | "getall" => Self::Print,
            "listen" => Self::Listen,
            "find" => Self::Find,
            "add" => Self::Add,
            "set" => Self::Set,
            "unset" => Self::Unset,
            "remove" => Self::Remove,
            "enable" => Self::Enable,
            "disable" => Self::Disable,
            "move" => Self::Move,
            "reset-counters" => Self::ResetCounters,
            "login" => Self::Login,
            "make-binding" => Self::MakeBinding,
            _ => return None,
        })
    }

    /// Whether it only reads.
    pub(crate) const fn reads(self) -> bool {
        matches!(self, Self::Print | Self::Listen | Self::Find)
    }
}

/// Verbs of a menu that can only be read.
pub(crate) const READ: &[Verb] = &[Verb::Print, Verb::Listen, Verb::Find];

/// Verbs of a menu with one row.
pub(crate) const SINGLE: &[Verb] = &[Verb::Print, Verb::Set];

/// Verbs of an ordinary menu.
pub(crate) const EDIT: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Add,
    Verb::Set,
    Verb::Unset,
    Verb::Remove,
    Verb::Enable,
    Verb::Disable,
];

/// Which items may not exist side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unique {
    /// No rule.
    No,
    /// One item per name.
    Name,
    /// One hotspot user per name and server, where `all` meets every server.
    NamePerServer,
}

/// What the router knows of an item beside its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing.
    Plain,
    /// How long and how much it was used: a hotspot user.
    Used,
    /// When it came: a hotspot host.
    Since,
    /// When it goes: a cookie.
    Expiring,
    /// A running session.
    Session,
    /// The router itself.
    System,
}

/// A menu.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Menu {
    /// Path, without a verb.
    pub(crate) path: &'static str,
    /// Properties, in printed order.
    pub(crate) columns: &'static [Column],
    /// What can be done.
    pub(crate) verbs: &'static [Verb],
    /// Property that names an item in place of its id.
    pub(crate) key: Option<&'static str>,
    /// Rule about duplicates.
    pub(crate) unique: Unique,
    /// Whether it is one row without an id.
    pub(crate) single: bool,
    /// What the router knows of an item beside its columns.
    pub(crate) nature: Nature,
    /// First version that has it.
    pub(crate) since: Version,
}

impl Menu {
    /// A menu with a table.
    pub(crate) const fn table(
        path: &'static str,
        verbs: &'static [Verb],
        columns: &'static [Column],
    ) -> Self {
        Self {
            path,
            columns,
            verbs,
            key: None,
            unique: Unique::No,
            single: false,
            nature: Nature::Plain,
            since: Version::V6_42,
        }
    }

    /// A menu with one row.
    pub(crate) const fn single(
        path: &'static str,
        verbs: &'static [Verb],
        columns: &'static [Column],
    ) -> Self {
        let mut menu = Self::table(path, verbs, columns);
        menu.single = true;
        menu.nature = Nature::System;
        menu
    }

    pub(crate) const fn named(mut self, unique: Unique) -> Self {
        self.key = Some("name");
        self.unique = unique;
        self
    }

    pub(crate) const fn nature(mut self, nature: Nature) -> Self {
        self.nature = nature;
        self
    }

    pub(crate) const fn since(mut self, version: Version) -> Self {
        self.since = version;
        self
    }

    /// The column of a name, when this version has it.
    pub(crate) fn column(&self, version: Version, name: &[u8]) -> Option<&'static Column> {
        self.columns
            .iter()
            .find(|column| column.name.as_bytes() == name && column.since <= version)
    }
}
