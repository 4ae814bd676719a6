//! Rows and commands from and to types of the caller's, over serde (feature `serde`).
//!
//! | Rust | in a row | in a command |
//! |---|---|---|
//! | `bool` | `true`, `false`, `yes`, `no` | `yes`, `no` |
//! | integers, floats | decimal; unsigned ones also as sizes, `16.0MiB` | decimal |
//! | `String`, `&str`, `char` | UTF-8, else windows-1252 for `String` | as it is |
//! | [`Duration`](core::time::Duration), [`RouterDuration`] | any spelling | `1h30m` |
//! | [`MacAddress`], [`Id`], IP addresses | their text | their text |
//! | `Vec<T>`, tuples | separated by commas | separated by commas |
//! | `Option<T>` | missing or empty is `None` | `None` is left out |
//! | enums without content | the name of the variant | the name of the variant |
//! | structs, maps | only the row itself | only the command itself |
//!
//! Properties that a type does not know are passed over. Errors name the property and never hold a
//! value. A field under `#[serde(flatten)]` sees texts only.

mod de;
mod error;
mod ser;

use core::fmt;

use serde_core::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::command::Command;
pub use error::RowError;

use crate::menu::Size;
use crate::row::{Row, RowRef};
use crate::value::{DateTime, Id, MacAddress, RouterDuration, Timeout, ValueError, parse_size};

impl<'a> RowRef<'a> {
    /// Reads the row as a `T`; see [`typed`](crate::typed).
    ///
    /// # Errors
    /// [`RowError`], which names the property.
    ///
    /// ```
    /// use core::time::Duration;
    /// use routeros_proto::row::Row;
    ///
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "kebab-case")]
    /// struct Interface<'a> {
    ///     name: &'a str,
    ///     running: bool,
    ///     mtu: Option<u32>,
    ///     last_link_up: Duration,
    /// }
    ///
    /// let row = Row::from_pairs([
    ///     ("name", "ether1"), ("running", "true"), ("mtu", "1500"), ("last-link-up", "1h30m"),
    /// ])?;
    /// let interface: Interface<'_> = row.view().read()?;
    /// assert_eq!((interface.name, interface.running, interface.mtu), ("ether1", true, Some(1500)));
    /// assert_eq!(interface.last_link_up.as_secs(), 5400);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read<T: Deserialize<'a>>(self) -> Result<T, RowError> {
        T::deserialize(de::RowDeserializer::new(self))
    }
}

impl Row {
    /// Reads the row as a `T`; see [`RowRef::read`].
    ///
    /// # Errors
    /// [`RowError`], which names the property.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, RowError> {
        self.view().read()
    }
}

impl Command {
    /// Adds an attribute for every field of `values`, a struct or a map; see
    /// [`typed`](crate::typed). What cannot be written is the command's
    /// [`error`](Self::error), which names the field.
    ///
    /// ```
    /// use routeros_proto::command::Command;
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename_all = "kebab-case")]
    /// struct Secret<'a> {
    ///     name: &'a str,
    ///     disabled: bool,
    ///     remote_address: Option<core::net::Ipv4Addr>,
    /// }
    ///
    /// let ana = Secret { name: "ana", disabled: false, remote_address: None };
    /// let add = Command::new("/ppp/secret/add").attributes(&ana);
    /// assert_eq!(format!("{add:?}"), "[/ppp/secret/add, =name=ana, =disabled=no]");
    /// ```
    #[must_use]
    pub fn attributes<T: Serialize + ?Sized>(self, values: &T) -> Self {
        ser::attributes(self, values)
    }
}

/// Reads the text of a value with a function.
struct Parse<T, F> {
    expected: &'static str,
    read: F,
    kind: core::marker::PhantomData<T>,
}

impl<T, F: Fn(&[u8]) -> Result<T, ValueError>> Visitor<'_> for Parse<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.expected)
    }

    fn visit_str<E: serde_core::de::Error>(self, text: &str) -> Result<T, E> {
        self.visit_bytes(text.as_bytes())
    }

    fn visit_bytes<E: serde_core::de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        (self.read)(bytes).map_err(E::custom)
    }
}

/// Types that are written as their `Display` and read by a function.
macro_rules! by_text {
    ($($type:ty = $parse:expr, $name:literal;)*) => {
        $(
            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_str(Parse {
                        expected: $name,
                        read: $parse,
                        kind: core::marker::PhantomData,
                    })
                }
            }

            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }
        )*
    };
}

by_text! {
    Id = Id::parse, "id";
    MacAddress = MacAddress::parse, "MAC address";
    RouterDuration = RouterDuration::parse, "duration";
    Timeout = Timeout::parse, "duration";
    DateTime = DateTime::parse, "date";
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parse {
            expected: "size",
            read: |text: &[u8]| parse_size(text).map(Size),
            kind: core::marker::PhantomData,
        })
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// A rate limit; a row without one has no text at all, so `Option` is what reads both.
impl<'de> Deserialize<'de> for crate::value::RateLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = deserializer.deserialize_str(Parse {
            expected: "rate limit",
            read: Self::parse,
            kind: core::marker::PhantomData,
        })?;
        read.ok_or_else(|| D::Error::custom("not a rate limit"))
    }
}

impl Serialize for crate::value::RateLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
