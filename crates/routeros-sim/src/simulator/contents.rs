//! What is in the router: looking at it and putting things in, past the API.

use std::net::IpAddr;

use crate::error::Refused;
use crate::hotspot::{device, session};
use crate::menus::path;
use crate::policy::{Account, Policies};
use crate::refusal::Refusal;
use crate::row::{self, SimRow};
use crate::simulator::Simulator;
use crate::table::Table;
use crate::value::number;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            message: refusal.message,
        }
    }
}

#[expect(
    clippy::must_use_candidate,
    reason = "these act on the router; what they return is often of no interest"
)]
impl Simulator {
    /// The rows of any menu, such as `/ip/hotspot/user`, in printed order.
    #[must_use]
    pub fn rows(&self, menu: &str) -> Vec<SimRow> {
        self.with(|router| row::all(router, menu))
    }

    /// The paths of all menus of this version.
    #[must_use]
    pub fn menus(&self) -> Vec<&'static str> {
        self.with(|router| router.menus().map(|menu| menu.path).collect())
    }

    /// How many items a menu has.
    #[must_use]
    pub fn count(&self, menu: &str) -> usize {
        self.with(|router| router.table(menu).map_or(0, Table::len))
    }

    /// Adds an item to any menu and returns its id; also to menus, and with properties, that only
    /// the router itself fills. Values are checked for shape, references and duplicates as the
    /// router does.
    ///
    /// # Errors
    /// [`Refused`] for a menu, property or value that the router does not know, and for a
    /// duplicate of what it has only once.
    pub fn add(&self, menu: &str, values: &[(&str, &str)]) -> Result<String, Refused> {
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        self.add_bytes(menu, &values)
    }

    /// As [`add`](Self::add), with values that need not be text.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_bytes(&self, menu: &str, values: &[(&str, &[u8])]) -> Result<String, Refused> {
        let id = self.with(|router| router.insert(menu, values))?;
        Ok(number::id_text(id))
    }

    /// Changes properties of the item with this id or name, in any menu; in menus of one row the
    /// name does not matter. Also what only the router itself could change.
    ///
    /// # Errors
    /// [`Refused`] for an item, property or value that the router does not know.
    pub fn set(&self, menu: &str, item: &str, values: &[(&str, &str)]) -> Result<(), Refused> {
        self.with(|router| {
            let table = router.table(menu).ok_or_else(Refusal::no_such_prefix)?;
            let schema = table.menu;
            let id = if schema.single {
                Some(0)
            } else {
                number::id(item.as_bytes())
                    .or_else(|| table.named(item.as_bytes()).first().copied())
            };
            let old = id.and_then(|id| table.get(id)).cloned();
            let mut changed = old.ok_or_else(Refusal::no_such_item)?;
            let mut parsed = Vec::new();
            for (name, value) in values {
                let column = schema
                    .column(router.version, name.as_bytes())
                    .ok_or_else(|| Refusal::unknown_parameter(router.version, name.as_bytes()))?;
                parsed.push((column.name, router.stored_form(column, value.as_bytes())?));
            }
            table.refuse_duplicate(id, &parsed)?;
            for (name, value) in parsed {
                changed.set(name, value);
            }
            router.put(menu, changed);
            Ok::<_, Refusal>(())
        })?;
        Ok(())
    }

    /// Removes the item with this id or name from any menu; whether it was there. A session or a
    /// host ends as on the router.
    pub fn remove(&self, menu: &str, item: &str) -> bool {
        self.with(|router| {
            let Some(table) = router.table(menu) else {
                return false;
            };
            let id = match number::id(item.as_bytes()) {
                Some(id) => Some(id),
                None => table.named(item.as_bytes()).first().copied(),
            };
            let Some(id) = id.filter(|id| table.get(*id).is_some()) else {
                return false;
            };
            match menu {
                path::ACTIVE => session::end(router, id),
                path::HOST => session::forget_host(router, id),
                _ => {
                    router.take(menu, id);
                }
            }
            true
        })
    }

    /// The router, or the one that took its place, is restored from an export of itself: the
    /// hotspot users are the same but have new ids from `*1` on, nobody is online or remembered,
    /// and all connections are cut.
    pub fn restore(&self) {
        self.with(|router| {
            for id in router
                .table(path::ACTIVE)
                .map(Table::ids)
                .unwrap_or_default()
            {
                session::end(router, id);
            }
            for id in router
                .table(path::COOKIE)
                .map(Table::ids)
                .unwrap_or_default()
            {
                router.take(path::COOKIE, id);
            }
            if let Some(users) = router.table_mut(path::USER) {
                users.renumber();
            }
        });
        self.drop_connections();
    }

    /// Adds many users at once, named `prefix` and a number from 0 on, with profile `default`.
    ///
    /// # Errors
    /// [`Refused`] when there is a user of one of these names; those before it were added.
    pub fn fill_users(&self, prefix: &str, count: usize) -> Result<(), Refused> {
        self.with(|router| {
            for number in 0..count {
                let name = format!("{prefix}{number}");
                router.insert(path::USER, &[("name", name.as_bytes())])?;
            }
            Ok::<_, Refusal>(())
        })?;
        Ok(())
    }

    /// The hotspot users, without the built-in row.
    #[must_use]
    pub fn users(&self) -> Vec<SimRow> {
        let mut rows = self.rows(path::USER);
        rows.retain(|row| !row.is("default"));
        rows
    }

    /// The hotspot user of a name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<SimRow> {
        self.with(|router| {
            let table = router.table(path::USER)?;
            let id = *table.named(name.as_bytes()).first()?;
            row::one(router, table.menu, id)
        })
    }

    /// Adds an enabled hotspot user and returns its id.
    ///
    /// # Errors
    /// [`Refused`] when the profile does not exist, or the server has a user of that name.
    pub fn add_user(&self, name: &str, password: &str, profile: &str) -> Result<String, Refused> {
        let values = [("name", name), ("password", password), ("profile", profile)];
        self.add(path::USER, &values)
    }

    /// The user profiles.
    #[must_use]
    pub fn profiles(&self) -> Vec<SimRow> {
        self.rows(path::PROFILE)
    }

    /// Adds a user profile and returns its id.
    ///
    /// # Errors
    /// [`Refused`] for a property or value that the router does not know.
    pub fn add_profile(&self, name: &str, values: &[(&str, &str)]) -> Result<String, Refused> {
        let values: Vec<_> = [("name", name)].iter().chain(values).copied().collect();
        self.add(path::PROFILE, &values)
    }

    /// The devices that the hotspot sees.
    #[must_use]
    pub fn hosts(&self) -> Vec<SimRow> {
        self.rows(path::HOST)
    }

    /// A device appears at the hotspot; an older row of it goes. Returns the row's id.
    ///
    /// # Errors
    /// [`Refused`] for a malformed address.
    pub fn add_host(&self, mac: &str, ip: &str) -> Result<String, Refused> {
        let id = self.with(|router| device::arrive(router, mac, ip))?;
        Ok(number::id_text(id))
    }

    /// The sessions of customers.
    #[must_use]
    pub fn active(&self) -> Vec<SimRow> {
        self.rows(path::ACTIVE)
    }

    /// The cookies.
    #[must_use]
    pub fn cookies(&self) -> Vec<SimRow> {
        self.rows(path::COOKIE)
    }

    /// Writes a line into the log; whoever listens is told.
    pub fn log(&self, topics: &str, message: &str) {
        self.with(|router| router.log(topics, message));
    }

    /// What `/tool/fetch` finds under an address; it finds nothing else, and touches no network.
    pub fn serve_url(&self, url: &str, body: &str) {
        self.with(|router| router.urls.insert(url.to_owned(), body.to_owned()));
    }

    /// The name of the router.
    #[must_use]
    pub fn identity(&self) -> String {
        let name = self.with(|router| router.text(path::IDENTITY, 0, "name"));
        name.unwrap_or_default()
    }

    /// A customer logs in at the router's own page, as from the device at this address.
    ///
    /// # Errors
    /// [`Refused`] with the text that the page shows.
    pub fn portal_login(&self, ip: IpAddr, user: &str, password: &str) -> Result<(), Refused> {
        Ok(self.with(|router| device::portal_login(router, ip, user, password))?)
    }

    /// The device at this address sends something while logged out: its MAC cookie, if it has
    /// one, logs it in. Whether it did.
    ///
    /// # Errors
    /// [`Refused`] when the device is unknown or its user may not log in.
    pub fn device_returns(&self, ip: IpAddr) -> Result<bool, Refused> {
        Ok(self.with(|router| device::come_back(router, ip))?)
    }

    /// The session of the device at this address moves bytes; in is from the device. A traffic
    /// limit that is passed ends the session.
    ///
    /// # Errors
    /// [`Refused`] when the device is unknown.
    pub fn use_traffic(&self, ip: IpAddr, bytes_in: u64, bytes_out: u64) -> Result<(), Refused> {
        Ok(self.with(|router| device::use_traffic(router, ip, bytes_in, bytes_out))?)
    }

    /// Adds a user of the router itself, or replaces the one of that name.
    pub fn set_account(&self, name: &str, password: impl AsRef<[u8]>, policies: Policies) {
        self.with(|router| {
            router
                .accounts
                .retain(|account| account.name != name.as_bytes());
            router.accounts.push(Account {
                name: name.as_bytes().to_vec(),
                password: password.as_ref().to_vec(),
                policies,
            });
        });
    }
}
