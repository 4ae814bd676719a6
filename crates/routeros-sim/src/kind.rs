//! The types of properties: what input they take, how they print and how they compare.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use crate::refusal::Refusal;
use crate::value::{duration, mac, number};

/// The type of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any bytes.
    Text,
    /// `true` or `false`; takes `yes` and `no` too.
    Bool,
    /// A duration, or one of these words.
    Duration(&'static [&'static str]),
    /// A decimal number, or one of these words.
    Number(&'static [&'static str]),
    /// A number of bytes; takes `10M`.
    Size,
    /// A MAC address.
    Mac,
    /// An IP address.
    Address,
    /// An IPv4 address with the length of its prefix, which is 32 unless said.
    Prefix,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words, with commas between.
    Choices(&'static [&'static str]),
    /// The name of an item of another menu, or one of these words. Stored by id, so that a
    /// renamed item keeps its references.
    Reference(&'static str, &'static [&'static str]),
}

impl Kind {
    /// The stored form of an input. References are looked up elsewhere and pass as text here.
    pub(crate) fn canonical(self, argument: &str, input: &[u8]) -> Result<Vec<u8>, Refusal> {
        if matches!(self, Self::Text | Self::Reference(..)) {
            return Ok(input.to_vec());
        }
        let refusal = || match self {
            Self::Mac => Refusal::mac_required(argument),
            Self::Choice(_) | Self::Choices(_) => Refusal::no_match(argument),
            _ => Refusal::invalid(argument),
        };
        let text = std::str::from_utf8(input).map_err(|_not_text| refusal())?;
        let stored = match self {
            Self::Bool => boolean(text).map(|value| value.to_string()),
            Self::Duration(words) => {
                word(words, text).or_else(|| duration::parse(text).map(duration::format))
            }
            Self::Number(words) => {
                word(words, text).or_else(|| number::plain(text).map(|value| value.to_string()))
            }
            Self::Size => number::size(text).map(|value| value.to_string()),
            Self::Mac => mac::canonical(text),
            Self::Address => text.parse::<IpAddr>().ok().map(|value| value.to_string()),
            Self::Prefix => prefix(text).map(|(address, bits)| format!("{address}/{bits}")),
            Self::Choice(words) => word(words, text),
            Self::Choices(words) => text
                .split(',')
                .map(|part| word(words, part))
                .collect::<Option<Vec<_>>>()
                .map(|parts| parts.join(",")),
            Self::Text | Self::Reference(..) => Some(text.to_owned()),
        };
        stored.map(String::into_bytes).ok_or_else(refusal)
    }

    /// Orders a stored value against a wanted one, by type.
    pub(crate) fn order(self, stored: &[u8], wanted: &[u8]) -> Ordering {
        let by_type = match self {
            Self::Number(_) | Self::Size => both(stored, wanted, number::size),
            Self::Duration(_) => both(stored, wanted, duration::parse),
            Self::Address => both(stored, wanted, |text| text.parse::<Ipv4Addr>().ok()),
            _ => None,
        };
        by_type.unwrap_or_else(|| stored.cmp(wanted))
    }

    /// Whether a stored value equals a wanted one. Typed values are equal in any spelling.
    pub(crate) fn equals(self, stored: &[u8], wanted: &[u8], lenient_booleans: bool) -> bool {
        let typed = match self {
            Self::Bool => lenient_booleans,
            Self::Duration(_) | Self::Mac | Self::Address | Self::Size => true,
            _ => false,
        };
        stored == wanted
            || typed
                && self
                    .canonical("", wanted)
                    .is_ok_and(|wanted| wanted == stored)
    }
}

/// Reads an address with the length of its prefix.
pub(crate) fn prefix(text: &str) -> Option<(Ipv4Addr, u32)> {
    let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
    let bits = bits.parse().ok().filter(|bits| *bits <= 32)?;
    Some((address.parse().ok()?, bits))
}

/// Reads a boolean in both spellings.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

fn word(words: &[&str], text: &str) -> Option<String> {
    words.contains(&text).then(|| text.to_owned())
}

fn both<T: Ord>(
    stored: &[u8],
    wanted: &[u8],
    read: impl Fn(&str) -> Option<T>,
) -> Option<Ordering> {
    let read = |bytes| std::str::from_utf8(bytes).ok().and_then(&read);
    Some(read(stored)?.cmp(&read(wanted)?))
}
