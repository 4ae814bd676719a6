//! From a stored item to what is printed.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::time::Duration;

use crate::item::{Facts, Item, Session, Usage};
use crate::kind::{Kind, prefix};
use crate::menus::path;
use crate::router::Router;
use crate::schema::{Access, Column, Menu};
use crate::value::{date, duration};

impl Router {
    /// The printed bytes of a property; `None` when the row does not have it.
    pub(crate) fn property<'a>(
        &self,
        menu: &Menu,
        item: &'a Item,
        column: &Column,
    ) -> Option<Cow<'a, [u8]>> {
        if column.access == Access::Computed {
            let text = self.computed(menu, item, column.name)?;
            return Some(Cow::Owned(text.into_bytes()));
        }
        match (column.kind, item.get(column.name)) {
            (Kind::Reference(of, _), Some(stored)) => {
                Some(Cow::Owned(self.reference_text(of, stored)))
            }
            (_, Some(stored)) => Some(Cow::Borrowed(stored)),
            (_, None) => column.preset.map(|text| Cow::Borrowed(text.as_bytes())),
        }
    }

    /// The printed text of a property, by name.
    pub(crate) fn text(&self, path: &str, id: u64, name: &str) -> Option<String> {
        let table = self.table(path)?;
        let column = table.menu.column(self.version, name.as_bytes())?;
        let value = self.property(table.menu, table.get(id)?, column)?;
        Some(String::from_utf8_lossy(&value).into_owned())
    }

    /// A property as a duration; `None` for words such as `none`, and for nothing.
    pub(crate) fn duration(&self, path: &str, id: u64, name: &str) -> Option<Duration> {
        duration::parse(&self.text(path, id, name)?).filter(|value| !value.is_zero())
    }

    /// A property as a number; `None` for words and for nothing.
    pub(crate) fn number(&self, path: &str, id: u64, name: &str) -> Option<u64> {
        self.text(path, id, name)?.parse().ok()
    }

    fn computed(&self, menu: &Menu, item: &Item, name: &str) -> Option<String> {
        if menu.path == path::BINDING {
            let kind = item.get("type").unwrap_or(b"regular");
            return Some((kind == name.as_bytes()).to_string());
        }
        match (menu.path, name) {
            (path::ADDRESS, "network") => return network(item.get("address")?),
            (path::ADDRESS, "actual-interface") => {
                let stored = item.get("interface")?;
                let name = self.reference_text(path::INTERFACE, stored);
                return Some(String::from_utf8_lossy(&name).into_owned());
            }
            (path::FILE, "size") => {
                let contents = item.get("contents").unwrap_or_default();
                return Some(contents.len().to_string());
            }
            _ => {}
        }
        match &item.facts {
            Facts::Used(usage) => used(usage, name),
            Facts::Session(session) => self.of_session(session, name),
            Facts::Since(_) if name == "authorized" => {
                let mut sessions = self.items(path::ACTIVE);
                let here = sessions.any(|active| match &active.facts {
                    Facts::Session(session) => session.host == item.id,
                    _ => false,
                });
                Some(here.to_string())
            }
            Facts::Since(_) if name == "bypassed" => Some(self.bound(item, "bypassed").to_string()),
            Facts::Since(since) if name == "when" => Some(format!(
                "{} {}",
                date::date(self.version, *since),
                date::time(*since)
            )),
            Facts::Since(since) => Some(self.ago(*since)),
            Facts::Expires(at) => Some(self.until(*at)),
            Facts::None => self.of_system(name),
        }
    }

    fn of_session(&self, session: &Session, name: &str) -> Option<String> {
        let packets = |bytes: u64| bytes.div_ceil(1000).to_string();
        match name {
            "uptime" => Some(self.ago(session.started)),
            "session-time-left" => session.ends.map(|ends| self.until(ends)),
            "bytes-in" => Some(session.bytes_in.to_string()),
            "bytes-out" => Some(session.bytes_out.to_string()),
            "packets-in" => Some(packets(session.bytes_in)),
            "packets-out" => Some(packets(session.bytes_out)),
            "comment" => self.text(path::USER, session.user, "comment"),
            _ => None,
        }
    }

    fn of_system(&self, name: &str) -> Option<String> {
        let now = self.clock.now();
        match name {
            "uptime" => Some(duration::format_seconds(self.uptime())),
            "version" => Some(self.version_text.clone()),
            "time" => Some(date::time(now)),
            "date" => Some(date::date(self.version, now)),
            "current-firmware" | "upgrade-firmware" => {
                self.version_text.split(' ').next().map(str::to_owned)
            }
            _ => None,
        }
    }

    /// Whether a binding of this type covers a host.
    pub(crate) fn bound(&self, host: &Item, kind: &str) -> bool {
        self.items(path::BINDING).any(|binding| {
            let fits = |name| match binding.get(name) {
                Some(wanted) => host.get(name) == Some(wanted),
                None => true,
            };
            binding.get("type") == Some(kind.as_bytes())
                && binding.get("disabled") != Some(b"true")
                && (binding.get("mac-address").is_some() || binding.get("address").is_some())
                && fits("mac-address")
                && fits("address")
        })
    }

    fn ago(&self, since: u64) -> String {
        let run = self.clock.now().saturating_sub(since);
        duration::format_seconds(Duration::from_millis(run))
    }

    fn until(&self, at: u64) -> String {
        let left = at.saturating_sub(self.clock.now());
        duration::format_seconds(Duration::from_millis(left))
    }
}

/// The first address of a prefix.
fn network(stored: &[u8]) -> Option<String> {
    let (address, bits) = prefix(std::str::from_utf8(stored).ok()?)?;
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    Some(Ipv4Addr::from(u32::from(address) & mask).to_string())
}

fn used(usage: &Usage, name: &str) -> Option<String> {
    match name {
        "uptime" => Some(duration::format_seconds(usage.uptime)),
        "bytes-in" => Some(usage.bytes_in.to_string()),
        "bytes-out" => Some(usage.bytes_out.to_string()),
        "packets-in" => Some(usage.bytes_in.div_ceil(1000).to_string()),
        "packets-out" => Some(usage.bytes_out.div_ceil(1000).to_string()),
        _ => None,
    }
}
