//! Looking a router over on a connection of its own.

use std::net::{IpAddr, Ipv4Addr};

use domain::credentials::HotspotName;
use domain::garden::GardenMenu;
use domain::time::Timestamp;
use ports::hotspot::{HotspotError, RouterAccess};
use ports::router_admin::{HotspotServer, Inspection, PoolUse};
use routeros_client::proto::value::DateTime;
use routeros_client::{CallError, CallOptions, Client, Command, Reply, Row, TrapClass, connect};
use tokio::time::{Instant, timeout_at};

use crate::access::options;
use crate::admin::{garden, users};
use crate::config::HotspotConfig;
use crate::failure::{Failure, from_connect};
use crate::rows::{flag, text};

/// An id that no router has given out: commands on it are refused, for one reason or another.
const NOBODY: &str = "*FFFFFFFE";

pub(super) async fn inspect(
    router: RouterAccess,
    config: HotspotConfig,
    names: Vec<HotspotName>,
) -> Result<Inspection, HotspotError> {
    let deadline = Instant::now() + config.router_timeout;
    let look = async {
        let options = options(&router, &config).map_err(|error| from_connect(&error))?;
        let client = connect(options)
            .await
            .map_err(|error| from_connect(&error))?;
        Look { client, deadline }.around(&names).await
    };
    timeout_at(deadline, look)
        .await
        .unwrap_or(Err(HotspotError::TimedOut))
}

struct Look {
    client: Client,
    deadline: Instant,
}

impl Look {
    async fn ask(&self, command: Command) -> Result<Reply, CallError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        self.client
            .execute_with(command, CallOptions::timeout(left))
            .await
    }

    /// The rows of a menu that the router may not have, or not show.
    async fn rows(&self, command: Command) -> Result<Vec<Row>, HotspotError> {
        match self.ask(command).await {
            Ok(reply) => Ok(reply.rows().to_vec()),
            Err(error) if error.refusal().is_some() => Ok(Vec::new()),
            Err(error) => Err(Failure::Call(error).into()),
        }
    }

    async fn print(&self, menu: &str, properties: &[&str]) -> Result<Vec<Row>, HotspotError> {
        let print = Command::new(format!("{menu}/print"));
        self.rows(print.proplist(properties)).await
    }

    async fn around(&self, names: &[HotspotName]) -> Result<Inspection, HotspotError> {
        // Whoever may not read this may read nothing.
        let identity = Command::new("/system/identity/print");
        self.ask(identity)
            .await
            .map_err(|error| HotspotError::from(Failure::Call(error)))?;
        let resource = self.print("/system/resource", &["version"]).await?;
        let device_mode = self.print("/system/device-mode", &["hotspot"]).await?;
        let profiles = self.print("/ip/hotspot/user/profile", &["name"]).await?;
        let mut seen = Inspection {
            version: resource.first().and_then(|row| text(row, "version")),
            clock: self.clock().await?,
            hotspot_is_allowed: device_mode
                .first()
                .filter(|row| row.get("hotspot").is_some())
                .map(|row| flag(row, "hotspot")),
            may_write: self.may_write().await?,
            profiles: profiles
                .iter()
                .filter_map(|row| text(row, "name"))
                .collect(),
            fingerprint: self.client.fingerprint().map(|seen| seen.to_string()),
            ..Inspection::default()
        };
        self.hotspot(&mut seen).await?;
        for menu in GardenMenu::ALL {
            let rows = self.rows(garden::print(menu)).await?;
            let rows = rows.iter().filter_map(|row| garden::row(menu, row));
            seen.garden.extend(rows);
        }
        if let Some(find) = users::find(names) {
            seen.users = self.rows(find).await?.iter().map(users::facts).collect();
        }
        Ok(seen)
    }

    /// Routers print local time and how far it is from UTC.
    async fn clock(&self) -> Result<Option<Timestamp>, HotspotError> {
        let properties = ["date", "time", "gmt-offset"];
        let rows = self.print("/system/clock", &properties).await?;
        Ok(rows.first().and_then(|row| {
            let (date, time) = (text(row, "date")?, text(row, "time")?);
            let local = DateTime::parse(format!("{date} {time}").as_bytes()).ok()?;
            let offset = offset(&text(row, "gmt-offset").unwrap_or_default())?;
            let seconds = unix_seconds(local).checked_sub(offset)?;
            Some(Timestamp::from_unix_seconds(seconds))
        }))
    }

    /// A change of what is not there is refused for that, or for the missing policy.
    async fn may_write(&self) -> Result<bool, HotspotError> {
        let change = Command::new("/ip/hotspot/user/enable").attribute(".id", NOBODY);
        match self.ask(change).await {
            Ok(_) => Ok(true),
            Err(error) => match error.refusal() {
                Some(refusal) => Ok(refusal.class() != TrapClass::Permission),
                None => Err(Failure::Call(error).into()),
            },
        }
    }

    async fn hotspot(&self, seen: &mut Inspection) -> Result<(), HotspotError> {
        let properties = ["name", "interface", "address-pool", "disabled", "invalid"];
        let servers = self.print("/ip/hotspot", &properties).await?;
        let properties = ["name", "running", "disabled"];
        let interfaces = self.print("/interface", &properties).await?;
        let mut pools = Vec::new();
        for server in &servers {
            let interface = text(server, "interface").filter(|name| !name.is_empty());
            let found = interfaces
                .iter()
                .find(|row| text(row, "name") == interface && interface.is_some());
            seen.servers.push(HotspotServer {
                name: text(server, "name").unwrap_or_default(),
                interface_is_running: found
                    .is_some_and(|row| flag(row, "running") && !flag(row, "disabled")),
                interface: interface.filter(|_name| found.is_some()),
                is_running: !flag(server, "disabled") && !flag(server, "invalid"),
            });
            pools.extend(text(server, "address-pool"));
        }
        let properties = ["interface", "address-pool", "disabled"];
        for dhcp in self.print("/ip/dhcp-server", &properties).await? {
            let is_ours = seen.servers.iter().any(|server| {
                server.interface.is_some() && server.interface == text(&dhcp, "interface")
            });
            if is_ours && !flag(&dhcp, "disabled") {
                pools.extend(text(&dhcp, "address-pool"));
            }
        }
        pools.sort();
        pools.dedup();
        for pool in self.print("/ip/pool", &["name", "ranges"]).await? {
            let name = text(&pool, "name").unwrap_or_default();
            if pools.contains(&name) {
                let used = self.used(&name).await?;
                let size = size(&text(&pool, "ranges").unwrap_or_default());
                seen.pools.push(PoolUse { name, size, used });
            }
        }
        Ok(())
    }

    /// The addresses are counted by the router, not listed.
    async fn used(&self, pool: &str) -> Result<u64, HotspotError> {
        let count = Command::new("/ip/pool/used/print")
            .attribute("count-only", "")
            .query_equal("pool", pool);
        match self.ask(count).await {
            Ok(reply) => Ok(reply
                .ret()
                .and_then(|value| value.text().parse().ok())
                .unwrap_or(0)),
            Err(error) if error.refusal().is_some() => Ok(0),
            Err(error) => Err(Failure::Call(error).into()),
        }
    }
}

/// `+02:00` in seconds; none where a version prints nothing.
fn offset(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let minutes = minutes.split(':').next()?;
    let total = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
    Some(sign * total)
}

/// Seconds since 1970, as if the text were UTC.
fn unix_seconds(at: DateTime) -> i64 {
    let (year, month, day) = (
        i64::from(at.date.year()),
        i64::from(at.date.month()),
        i64::from(at.date.day()),
    );
    // Years that begin in March: the leap day is their last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    days * 86_400 + i64::from(at.hour) * 3600 + i64::from(at.minute) * 60 + i64::from(at.second)
}

/// Addresses in `10.5.50.2-10.5.50.254,10.5.51.0/24`.
fn size(ranges: &str) -> u64 {
    let one = |range: &str| -> Option<u64> {
        if let Some((first, last)) = range.split_once('-') {
            let number = |text: &str| text.trim().parse::<Ipv4Addr>().ok().map(u32::from);
            let (first, last) = (number(first)?, number(last)?);
            return Some(u64::from(last.checked_sub(first)?) + 1);
        }
        match range.split_once('/') {
            Some((_address, bits)) => {
                let bits = bits.parse::<u32>().ok().filter(|bits| *bits <= 32)?;
                Some(1_u64 << (32 - bits))
            }
            None => range.trim().parse::<IpAddr>().ok().map(|_address| 1),
        }
    };
    ranges.split(',').filter_map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_routers_clock_is_read_as_utc() {
        let at = |text: &str| unix_seconds(DateTime::parse(text.as_bytes()).unwrap());
        assert_eq!(at("1970-01-01 00:00:00"), 0);
        assert_eq!(at("mar/04/2026 10:00:00"), 1_772_618_400);
        assert_eq!(at("2024-02-29 23:59:59") + 1, at("2024-03-01 00:00:00"));
        assert_eq!(offset("-06:00"), Some(-21_600));
        assert_eq!(offset("+05:30"), Some(19_800));
        assert_eq!((offset(""), offset("x")), (Some(0), None));
    }

    #[test]
    fn pools_are_counted() {
        assert_eq!(size("10.5.50.2-10.5.50.254"), 253);
        assert_eq!(size("10.5.50.2-10.5.50.3,10.5.51.0/24,10.9.9.9"), 259);
        assert_eq!(size("10.5.50.9-10.5.50.2"), 0);
        assert_eq!(size(""), 0);
    }
}
