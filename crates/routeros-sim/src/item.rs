//! One row of a menu.

use std::time::Duration;

/// A row: what was set, and what the router knows beside.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: u64,
    values: Vec<(&'static str, Vec<u8>)>,
    pub(crate) facts: Facts,
}

impl Item {
    pub(crate) const fn new(id: u64, facts: Facts) -> Self {
        Self {
            id,
            values: Vec::new(),
            facts,
        }
    }

    /// The stored bytes of a property; `None` when it was never set.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_slice())
    }

    /// Sets a property.
    pub(crate) fn set(&mut self, name: &'static str, value: Vec<u8>) {
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.values.push((name, value)),
        }
    }

    /// Makes a property as if never set.
    pub(crate) fn unset(&mut self, name: &str) {
        self.values.retain(|(known, _)| *known != name);
    }
}

/// What the router knows of an item beside its properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Facts {
    /// Nothing.
    None,
    /// Sums over all ended sessions of a hotspot user.
    Used(Usage),
    /// A running session.
    Session(Session),
    /// When something came, in the clock's milliseconds.
    Since(u64),
    /// When something goes, in the clock's milliseconds.
    Expires(u64),
}

/// Time and traffic. In is from the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) uptime: Duration,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

impl Usage {
    /// Both together.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            uptime: self.uptime.saturating_add(other.uptime),
            bytes_in: self.bytes_in.saturating_add(other.bytes_in),
            bytes_out: self.bytes_out.saturating_add(other.bytes_out),
        }
    }
}

/// A customer who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// Row of the user; it may be gone meanwhile.
    pub(crate) user: u64,
    /// Row of the host.
    pub(crate) host: u64,
    /// Start, in the clock's milliseconds.
    pub(crate) started: u64,
    /// When it ends by itself, if ever.
    pub(crate) ends: Option<u64>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}
