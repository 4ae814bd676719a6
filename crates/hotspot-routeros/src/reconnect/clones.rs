//! Clones: voucher scripts that count time per device get one user per random MAC of a phone,
//! named `<base>_RANDMAC<n>`.

use std::time::Duration;

use domain::network::MacAddress;
use domain::secret::Secret;
use ports::hotspot::HotspotError;
use routeros_client::Command;
use routeros_client::Row;
use routeros_client::TrapClass;
use routeros_client::proto::value::{RouterDuration, parse_counter};

use crate::commands::{self, family_names, find_family};
use crate::failure::Failure;
use crate::rows::{checked_id, flag, has_mac, text};
use crate::step::Step;

/// Marks that the comment of such a user has, in capitals.
const MARKS: [&str; 3] = ["MODE=", "TL=", "TA="];

const PROPERTIES: [&str; 10] = [
    ".id",
    "name",
    "comment",
    "disabled",
    "mac-address",
    "uptime",
    "limit-uptime",
    "bytes-in",
    "bytes-out",
    "password",
];

/// The user to log in as.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) uptime: Option<String>,
}

impl Chosen {
    pub(super) fn of_row(row: &Row, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            uptime: text(row, "uptime"),
        }
    }
}

/// Whether the user is one of those that get clones.
pub(super) fn wants_clones(base: &Row) -> bool {
    let comment = text(base, "comment").unwrap_or_default().to_uppercase();
    MARKS.iter().all(|mark| comment.contains(mark))
}

/// The base user, its clone for this device, or a new clone. Whatever stands in the way of a
/// clone leads back to the base user.
pub(super) async fn choose(
    step: &mut Step<'_>,
    base: &Row,
    base_user: &Chosen,
    password: &Secret,
    mac: MacAddress,
) -> Result<Chosen, HotspotError> {
    if !wants_clones(base) {
        return Ok(base_user.clone());
    }
    // Twice: a clone may be added by another request meanwhile.
    for _ in 0..2 {
        let family = family(step, base, &base_user.name).await?;
        if let Some(member) = family
            .iter()
            .find(|one| has_mac(&one.row, "mac-address", mac))
        {
            return Ok(if flag(&member.row, "disabled") {
                base_user.clone()
            } else {
                Chosen::of_row(&member.row, &member.name)
            });
        }
        let Some(name) = next_name(&family, &base_user.name) else {
            break;
        };
        let Some(add) = clone_command(base, &family, &name, password) else {
            break;
        };
        match add_clone(step, &add, mac).await {
            Ok(true) => {
                let uptime = base_user.uptime.clone();
                return Ok(Chosen { name, uptime });
            }
            Ok(false) => {}
            Err(failure) if failure.refusal().is_some() => break,
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(base_user.clone())
}

/// The base user or a clone.
struct Member {
    name: String,
    /// 0 for the base user.
    number: u32,
    row: Row,
}

/// The base user and its clones.
async fn family(step: &mut Step<'_>, base: &Row, name: &str) -> Result<Vec<Member>, Failure> {
    let names = family_names(name);
    let print = find_family(name, &PROPERTIES);
    let reply = step.repeatedly(print).await?;
    Ok(reply
        .into_rows()
        .into_iter()
        .filter(|row| row.get("comment") == base.get("comment"))
        .filter_map(|row| {
            let name = text(&row, "name")?;
            let number = names.iter().position(|one| *one == name)?;
            let number = u32::try_from(number).ok()?;
            Some(Member { name, number, row })
        })
        .collect())
}

/// One above the highest; `None` when there are as many as there may be.
fn next_name(family: &[Member], base: &str) -> Option<String> {
    let highest = family
        .iter()
        .map(|one| one.number)
        .max()
        .unwrap_or_default();
    let next = highest.saturating_add(1);
    family_names(base)
        .into_iter()
        .nth(usize::try_from(next).ok()?)
}

/// A clone gets what is left of the base user's limits after all of the family used of them: its
/// own counters start at zero. `None` when nothing is left.
fn clone_command(base: &Row, family: &[Member], name: &str, password: &Secret) -> Option<Command> {
    let mut command = Command::new("/ip/hotspot/user/add")
        .attribute("name", name)
        .attribute("disabled", "no");
    for property in ["profile", "server", "comment"] {
        if let Some(value) = base.get(property) {
            command = command.attribute(property, value);
        }
    }
    if !password.is_empty() {
        command = command.attribute("password", password.expose());
    }
    let uptime = base
        .get("limit-uptime")
        .map(|limit| duration(limit.as_bytes()));
    if let Some(limit) = uptime.filter(|limit| !limit.is_zero()) {
        let used: Duration = family.iter().map(|one| uptime_of(&one.row)).sum();
        let left = limit.checked_sub(used).filter(|left| !left.is_zero())?;
        command = command.attribute("limit-uptime", RouterDuration::from(left).to_string());
    }
    let bytes = base
        .get("limit-bytes-total")
        .map(|limit| count(limit.as_bytes()));
    if let Some(limit) = bytes.filter(|limit| *limit > 0) {
        let used: u64 = family.iter().map(|one| bytes_of(&one.row)).sum();
        let left = limit.checked_sub(used).filter(|left| *left > 0)?;
        command = command.attribute("limit-bytes-total", left.to_string());
    }
    Some(command)
}

fn uptime_of(row: &Row) -> Duration {
    row.get("uptime")
        .map_or(Duration::ZERO, |value| duration(value.as_bytes()))
}

fn bytes_of(row: &Row) -> u64 {
    ["bytes-in", "bytes-out"]
        .iter()
        .filter_map(|name| row.get(name))
        .map(|value| count(value.as_bytes()))
        .fold(0, u64::saturating_add)
}

/// Unreadable counts as none.
fn duration(text: &[u8]) -> Duration {
    RouterDuration::parse(text).map_or(Duration::ZERO, Duration::from)
}

fn count(text: &[u8]) -> u64 {
    parse_counter(text).unwrap_or_default()
}

/// Adds the clone tied to the device; if the router takes no MAC there, without and then ties it.
/// `false` when it may be there without us knowing: look again.
async fn add_clone(step: &mut Step<'_>, add: &Command, mac: MacAddress) -> Result<bool, Failure> {
    let bound = add.clone().attribute("mac-address", mac.to_string());
    match step.once(bound).await {
        Ok(reply) => return Ok(reply.ret().is_some()),
        Err(failure) if failure.class() == Some(TrapClass::BadValue) => {}
        Err(failure) => return ask_again(failure),
    }
    let reply = match step.once(add.clone()).await {
        Ok(reply) => reply,
        Err(failure) => return ask_again(failure),
    };
    let Some(id) = reply.ret().and_then(|id| checked_id(id.as_bytes())) else {
        return Ok(false);
    };
    // Once: on another connection the id may be somebody else's. A clone that is not tied is good
    // for logging in all the same.
    match step.once(commands::bind_user(&id, mac)).await {
        Ok(_) => Ok(true),
        Err(failure) if failure.refusal().is_some() || failure.is_unknown() => Ok(true),
        Err(failure) => Err(failure),
    }
}

fn ask_again(failure: Failure) -> Result<bool, Failure> {
    if failure.is_unknown() || failure.class() == Some(TrapClass::Duplicate) {
        Ok(false)
    } else {
        Err(failure)
    }
}
