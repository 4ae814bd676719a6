//! What the routers hold, and the commands that change it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;

use domain::ids::RouterId;
use domain::network::MacAddress;
use ports::hotspot::{NotConnected, ProfileRow, SessionInfo};

/// A hotspot profile that every router has.
struct Profile {
    id: &'static str,
    name: &'static str,
    session_timeout: Option<&'static str>,
    idle_timeout: &'static str,
    rate_limit: &'static str,
    status_autorefresh: Option<&'static str>,
    mac_cookie_timeout: Option<&'static str>,
}

const PROFILES: [Profile; 2] = [
    Profile {
        id: "*1",
        name: "default",
        session_timeout: None,
        idle_timeout: "5m",
        rate_limit: "2M/2M",
        status_autorefresh: Some("1m"),
        mac_cookie_timeout: Some("3d"),
    },
    Profile {
        id: "*2",
        name: "1hora",
        session_timeout: Some("1h"),
        idle_timeout: "10m",
        rate_limit: "5M/5M",
        status_autorefresh: None,
        mac_cookie_timeout: None,
    },
];

/// The profiles as a router lists them.
pub(super) fn profiles() -> Vec<ProfileRow> {
    PROFILES.iter().map(profile_row).collect()
}

fn profile_row(profile: &Profile) -> ProfileRow {
    let text = |text: &str| Some(text.to_owned());
    ProfileRow {
        id: text(profile.id),
        name: text(profile.name),
        session_timeout: profile.session_timeout.map(str::to_owned),
        idle_timeout: text(profile.idle_timeout),
        rate_limit: text(profile.rate_limit),
        address_list: text(""),
        shared_users: text("1"),
        keepalive_timeout: text("2m"),
        status_autorefresh: profile.status_autorefresh.map(str::to_owned),
        mac_cookie_timeout: profile.mac_cookie_timeout.map(str::to_owned),
    }
}

/// A hotspot user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// RouterOS `.id`; used twice only where the router was restored.
    pub id: String,
    /// Name.
    pub name: String,
    /// Password; empty for a PIN.
    pub password: String,
    /// Profile by name.
    pub profile: String,
    /// Comment; cleared when the user is enabled.
    pub comment: String,
    /// The comment that it was added with.
    pub added_with: String,
    /// Whether it may not log in.
    pub is_disabled: bool,
}

/// One router.
#[derive(Debug, Default)]
pub struct Router {
    /// Its hotspot users; no name appears twice.
    pub users: Vec<User>,
    /// Active sessions by user name.
    pub sessions: BTreeMap<String, SessionInfo>,
    /// Users with a login cookie, by name.
    pub cookies: BTreeSet<String>,
    /// Devices that are not in the host table; all others are.
    pub absent_hosts: Vec<MacAddress>,
    /// How often it was restored.
    pub restores: u32,
}

/// A command to one router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Adds a disabled user.
    Add {
        /// Name.
        name: String,
        /// Password; empty for a PIN.
        password: String,
        /// Profile by name.
        profile: String,
        /// Comment.
        comment: String,
    },
    /// Finds users by name after an [`Command::Add`] that was refused or not answered.
    FindAdded(String),
    /// Finds users by name.
    Find(String),
    /// Enables a user and clears its comment.
    Enable(String),
    /// Disables a user.
    Disable(String),
    /// Ends the sessions of a name and removes its cookies.
    EndSessions(String),
    /// Removes a user.
    Remove(String),
    /// Logs a device in.
    LogIn {
        /// User name.
        name: String,
        /// Password; empty for a PIN.
        password: String,
        /// The device.
        mac: MacAddress,
        /// Its address.
        ip: Option<Ipv4Addr>,
    },
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { name, comment, .. } => write!(f, "add user {name} ({comment})"),
            Self::FindAdded(name) | Self::Find(name) => write!(f, "find user {name}"),
            Self::Enable(id) => write!(f, "enable {id}"),
            Self::Disable(id) => write!(f, "disable {id}"),
            Self::EndSessions(name) => write!(f, "end sessions of {name}"),
            Self::Remove(id) => write!(f, "remove {id}"),
            Self::LogIn { name, .. } => write!(f, "log in {name}"),
        }
    }
}

/// The reply to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To [`Command::Add`]: the new user's `.id`.
    Added(String),
    /// To [`Command::Add`]: the name is taken.
    Duplicate,
    /// To [`Command::Add`]: there is no such profile.
    NoSuchProfile,
    /// To [`Command::Find`] and [`Command::FindAdded`].
    Users(Vec<User>),
    /// To [`Command::Enable`]: the user, if there is one.
    Enabled(Option<User>),
    /// To [`Command::LogIn`].
    LoggedIn(Result<SessionInfo, NotConnected>),
    /// To every other command.
    Done,
}

/// All routers.
#[derive(Debug, Default)]
pub struct Routers {
    ids: u64,
    /// The routers that were ever addressed.
    pub all: BTreeMap<RouterId, Router>,
}

impl Routers {
    /// One router; an empty one, if it was never addressed before.
    pub fn of(&mut self, id: &RouterId) -> &mut Router {
        self.all.entry(id.clone()).or_default()
    }

    /// Adds an enabled user that is not ours, unless the name is taken.
    pub fn add_foreign(&mut self, router: &RouterId, name: &str) {
        let user = User {
            id: String::new(),
            name: name.to_owned(),
            password: String::new(),
            profile: "default".to_owned(),
            comment: String::new(),
            added_with: String::new(),
            is_disabled: false,
        };
        self.add(router, user);
    }

    /// Carries a command out.
    pub fn execute(&mut self, router: &RouterId, command: &Command) -> Reply {
        match command {
            Command::Add {
                name,
                password,
                profile,
                comment,
            } => {
                let known = PROFILES.iter();
                if !known.map(|known| known.name).any(|known| known == profile) {
                    return Reply::NoSuchProfile;
                }
                let user = User {
                    id: String::new(),
                    name: name.clone(),
                    password: password.clone(),
                    profile: profile.clone(),
                    comment: comment.clone(),
                    added_with: comment.clone(),
                    is_disabled: true,
                };
                self.add(router, user)
            }
            Command::Find(name) | Command::FindAdded(name) => {
                Reply::Users(self.of(router).named(name).cloned().collect())
            }
            Command::Enable(id) => Reply::Enabled(self.of(router).enable(id)),
            Command::Disable(id) => {
                for user in &mut self.of(router).users {
                    user.is_disabled |= user.id == *id;
                }
                Reply::Done
            }
            Command::EndSessions(name) => {
                let router = self.of(router);
                router.sessions.remove(name);
                router.cookies.remove(name);
                Reply::Done
            }
            Command::Remove(id) => {
                self.of(router).users.retain(|user| user.id != *id);
                Reply::Done
            }
            Command::LogIn {
                name,
                password,
                mac,
                ip,
            } => Reply::LoggedIn(self.of(router).log_in(name, password, *mac, *ip)),
        }
    }

    fn add(&mut self, router: &RouterId, user: User) -> Reply {
        self.ids += 1;
        let id = format!("*{:X}", self.ids);
        let router = self.of(router);
        if router.named(&user.name).next().is_some() {
            return Reply::Duplicate;
        }
        let user = User {
            id: id.clone(),
            ..user
        };
        router.users.push(user);
        Reply::Added(id)
    }
}

impl Router {
    /// The router is restored from an export of itself, as is its successor after it broke: the
    /// users are the same, each with an id that was another's before, and nobody is online.
    pub fn restore(&mut self) {
        let mut ids: Vec<String> = self.users.iter().map(|user| user.id.clone()).collect();
        if !ids.is_empty() {
            ids.rotate_left(1);
        }
        for (user, id) in self.users.iter_mut().zip(ids) {
            user.id = id;
        }
        self.sessions.clear();
        self.restores += 1;
    }

    /// Users of this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a User> {
        self.users.iter().filter(move |user| user.name == name)
    }

    fn enable(&mut self, id: &str) -> Option<User> {
        let user = self.users.iter_mut().find(|user| user.id == id)?;
        user.is_disabled = false;
        user.comment.clear();
        Some(user.clone())
    }

    /// Logs a device in, if it may.
    pub(super) fn log_in(
        &mut self,
        name: &str,
        password: &str,
        mac: MacAddress,
        ip: Option<Ipv4Addr>,
    ) -> Result<SessionInfo, NotConnected> {
        if self.absent_hosts.contains(&mac) {
            return Err(NotConnected::HostUnknown);
        }
        let user = self.named(name).find(|user| user.password == password);
        if user.ok_or(NotConnected::Refused)?.is_disabled {
            return Err(NotConnected::Disabled);
        }
        let session = SessionInfo {
            id: Some("*A1".to_owned()),
            user: name.to_owned(),
            address: ip.map(|ip| ip.to_string()),
            uptime: Some("0s".to_owned()),
            bytes_in: Some("0".to_owned()),
            bytes_out: Some("0".to_owned()),
        };
        self.sessions.insert(name.to_owned(), session.clone());
        self.cookies.insert(name.to_owned());
        Ok(session)
    }
}
