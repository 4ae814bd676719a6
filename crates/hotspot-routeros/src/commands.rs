//! Every command that is sent. Texts from outside appear only as values.

use std::net::Ipv4Addr;

use domain::network::MacAddress;
use domain::secret::Secret;
use routeros_client::{Command, Query};

/// A MAC address that a user's row shows when any device may log in.
const ANY_MAC: &str = "00:00:00:00:00:00";

/// Adds a user that cannot log in yet. An empty password is not sent.
pub(crate) fn add_disabled_user(
    name: &str,
    password: &Secret,
    profile: &str,
    comment: &str,
) -> Command {
    let command = Command::new("/ip/hotspot/user/add")
        .attribute("name", name)
        .attribute("profile", profile)
        .attribute("disabled", "yes")
        .attribute("comment", comment);
    with_password(command, password)
}

/// Finds users by name. More than one server can have a user of the same name.
pub(crate) fn find_users(name: &str, properties: &[&str]) -> Command {
    Command::new("/ip/hotspot/user/print")
        .proplist(properties)
        .query_equal("name", name)
}

/// Clones of one user at most.
const MAX_CLONES: u32 = 15;

/// The name of a user's clone of this number; 0 is the user itself.
pub(crate) fn clone_name(base: &str, number: u32) -> String {
    if number == 0 {
        base.to_owned()
    } else {
        format!("{base}_RANDMAC{number}")
    }
}

/// The names of a user and of all clones that it may have.
pub(crate) fn family_names(base: &str) -> Vec<String> {
    let numbers = 0..=MAX_CLONES;
    numbers.map(|number| clone_name(base, number)).collect()
}

/// Finds a user and its clones by their sixteen possible names: asking by comment could show a
/// whole batch of vouchers.
pub(crate) fn find_family(base: &str, properties: &[&str]) -> Command {
    let print = Command::new("/ip/hotspot/user/print").proplist(properties);
    let names = family_names(base).into_iter();
    match names
        .map(|name| Query::equal("name", name))
        .reduce(Query::or)
    {
        Some(any_of) => print.query(&any_of),
        None => print,
    }
}

/// Enables a user and clears its comment.
pub(crate) fn enable_user(id: &str) -> Command {
    Command::new("/ip/hotspot/user/set")
        .attribute(".id", id)
        .attribute("disabled", "no")
        .attribute("comment", "")
}

/// Keeps a user from logging in again.
pub(crate) fn disable_user(id: &str) -> Command {
    Command::new("/ip/hotspot/user/set")
        .attribute(".id", id)
        .attribute("disabled", "yes")
}

/// Lets a user log in from any device.
pub(crate) fn unbind_user(id: &str) -> Command {
    Command::new("/ip/hotspot/user/set")
        .attribute(".id", id)
        .attribute("mac-address", ANY_MAC)
}

/// Ties a user to a device.
pub(crate) fn bind_user(id: &str, mac: MacAddress) -> Command {
    Command::new("/ip/hotspot/user/set")
        .attribute(".id", id)
        .attribute("mac-address", mac.to_string())
}

/// Removes rows of a menu.
pub(crate) fn remove(menu: &str, ids: &[String]) -> Command {
    Command::new(format!("{menu}/remove")).attribute(".id", ids.join(","))
}

/// The sessions of a user.
pub(crate) fn find_sessions(user: &str) -> Command {
    Command::new("/ip/hotspot/active/print")
        .proplist(&[
            ".id",
            "user",
            "address",
            "mac-address",
            "uptime",
            "bytes-in",
            "bytes-out",
            "radius",
        ])
        .query_equal("user", user)
}

/// The sessions of a device, whoever's.
pub(crate) fn find_sessions_of_device(mac: MacAddress) -> Command {
    Command::new("/ip/hotspot/active/print")
        .proplist(&[".id"])
        .query_equal("mac-address", mac.to_string())
}

/// The cookies of a user.
pub(crate) fn find_cookies_of_user(user: &str) -> Command {
    Command::new("/ip/hotspot/cookie/print")
        .proplist(&[".id"])
        .query_equal("user", user)
}

/// The cookies of a device.
pub(crate) fn find_cookies_of_device(mac: MacAddress) -> Command {
    Command::new("/ip/hotspot/cookie/print")
        .proplist(&[".id", "user"])
        .query_equal("mac-address", mac.to_string())
}

/// Lets a device come back by cookie. Many builds refuse this.
pub(crate) fn add_cookie(mac: MacAddress, user: &str) -> Command {
    Command::new("/ip/hotspot/cookie/add")
        .attribute("mac-address", mac.to_string())
        .attribute("user", user)
}

/// The device in the host table.
pub(crate) fn find_host(mac: MacAddress) -> Command {
    Command::new("/ip/hotspot/host/print")
        .proplist(&[".id", "mac-address", "address", "to-address"])
        .query_equal("mac-address", mac.to_string())
}

/// Logs a known host in from the outside. Empty arguments are left out.
pub(crate) fn log_in(
    user: &str,
    password: &Secret,
    ip: Option<Ipv4Addr>,
    mac: Option<MacAddress>,
) -> Command {
    let mut command = Command::new("/ip/hotspot/active/login");
    if let Some(ip) = ip {
        command = command.attribute("ip", ip.to_string());
    }
    command = with_password(command.attribute("user", user), password);
    match mac {
        Some(mac) => command.attribute("mac-address", mac.to_string()),
        None => command,
    }
}

fn with_password(command: Command, password: &Secret) -> Command {
    if password.is_empty() {
        command
    } else {
        command.attribute("password", password.expose())
    }
}
