//! What the routers really hold. Ids are never used twice.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{PurchaseId, RouterId};
use domain::time::Timestamp;

/// A hotspot user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) is_disabled: bool,
    /// The sale that it was made for; `None`: a stranger's.
    pub(crate) sale: Option<PurchaseId>,
}

/// One router.
#[derive(Debug, Default)]
pub(crate) struct Router {
    pub(crate) users: Vec<User>,
    /// Names that are logged in.
    pub(crate) sessions: BTreeSet<String>,
    pub(crate) down_until: Option<Timestamp>,
}

/// What adding a user brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// Its id.
    Id(u64),
    /// Somebody has the name.
    Duplicate,
}

/// All routers.
#[derive(Debug, Default)]
pub(crate) struct Routers {
    count: u64,
    pub(crate) all: BTreeMap<RouterId, Router>,
}

/// The sale in a reservation's comment.
fn sale(comment: &str) -> Option<PurchaseId> {
    let number = comment.strip_prefix("reserva ")?;
    number.parse().ok().map(PurchaseId::new)
}

impl Routers {
    /// One router.
    pub(crate) fn of(&mut self, id: &RouterId) -> &mut Router {
        self.all.entry(id.clone()).or_default()
    }

    /// Adds a user, disabled unless it is a stranger's.
    pub(crate) fn add(&mut self, router: &RouterId, name: &str, comment: &str) -> Added {
        self.count += 1;
        let id = self.count;
        let router = self.of(router);
        if router.users.iter().any(|user| user.name == name) {
            return Added::Duplicate;
        }
        let sale = sale(comment);
        router.users.push(User {
            id,
            name: name.to_owned(),
            comment: comment.to_owned(),
            is_disabled: sale.is_some(),
            sale,
        });
        Added::Id(id)
    }

    /// Every user made for a sale, with its router.
    pub(crate) fn sold(&self) -> impl Iterator<Item = (&RouterId, &User)> {
        self.all.iter().flat_map(|(id, router)| {
            let users = router.users.iter();
            users
                .filter(|user| user.sale.is_some())
                .map(move |user| (id, user))
        })
    }
}

impl Router {
    /// Users of this name.
    pub(crate) fn named(&self, name: &str) -> Vec<User> {
        let users = self.users.iter();
        users.filter(|user| user.name == name).cloned().collect()
    }

    /// Enables a user and clears its comment; the user, if there is one.
    pub(crate) fn enable(&mut self, id: u64) -> Option<User> {
        let user = self.users.iter_mut().find(|user| user.id == id)?;
        user.is_disabled = false;
        user.comment.clear();
        Some(user.clone())
    }

    /// Disables a user.
    pub(crate) fn disable(&mut self, id: u64) {
        for user in self.users.iter_mut().filter(|user| user.id == id) {
            user.is_disabled = true;
        }
    }

    /// Removes a user.
    pub(crate) fn remove(&mut self, id: u64) {
        self.users.retain(|user| user.id != id);
    }

    /// Logs a user in, if it may.
    pub(crate) fn log_in(&mut self, name: &str) -> bool {
        let may = self
            .users
            .iter()
            .any(|user| user.name == name && !user.is_disabled);
        if may {
            self.sessions.insert(name.to_owned());
        }
        may
    }
}
