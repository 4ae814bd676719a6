//! Types that a property can be read as.

use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use crate::secret::SecretRef;
use crate::text::Value;
use crate::value::boolean::parse_boolean;
use crate::value::date::DateTime;
use crate::value::duration::{RouterDuration, Timeout};
use crate::value::error::ValueError;
use crate::value::id::Id;
use crate::value::mac::MacAddress;
use crate::value::number::parse_counter;
use crate::value::rate_limit::RateLimit;
use crate::value::version::Version;

/// A type that a property can have.
///
/// ```
/// use routeros_proto::menu::Field;
/// use routeros_proto::text::Value;
/// use routeros_proto::value::{FromValue, ValueError, parse_counter};
/// #[derive(Debug, PartialEq)]
/// struct Percent(u64);
/// impl FromValue<'_> for Percent {
///     fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
///         parse_counter(value.as_bytes()).map(Self)
///     }
/// }
/// assert_eq!(Field::read(Some(Value::new(b"42"))), Field::Value(Percent(42)));
/// ```
pub trait FromValue<'a>: Sized {
    /// Reads a text that is not empty.
    ///
    /// # Errors
    /// [`ValueError`] when it is not of the type.
    fn from_value(value: Value<'a>) -> Result<Self, ValueError>;
}

/// Types that are read from bytes alone.
macro_rules! from_bytes {
    ($($type:ty = $parse:expr;)*) => {
        $(impl FromValue<'_> for $type {
            fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
                $parse(value.as_bytes())
            }
        })*
    };
}

from_bytes! {
    Id = Id::parse;
    bool = parse_boolean;
    u64 = parse_counter;
    RouterDuration = RouterDuration::parse;
    Timeout = Timeout::parse;
    MacAddress = MacAddress::parse;
    DateTime = DateTime::parse;
    Version = |text| Ok(Version::parse(text));
}

impl<'a> FromValue<'a> for Value<'a> {
    fn from_value(value: Self) -> Result<Self, ValueError> {
        Ok(value)
    }
}

impl<'a> FromValue<'a> for SecretRef<'a> {
    fn from_value(value: Value<'a>) -> Result<Self, ValueError> {
        Ok(Self::new(value.as_bytes()))
    }
}

impl FromValue<'_> for RateLimit {
    fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
        // White space alone is no limit either, but then the row should have had nothing.
        Self::parse(value.as_bytes())?.ok_or(ValueError::new("rate limit"))
    }
}

/// Types that are read with [`FromStr`](core::str::FromStr), by what they are called.
macro_rules! from_text {
    ($($type:ty = $name:literal;)*) => {
        $(impl FromValue<'_> for $type {
            fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
                let text = value.utf8().ok().and_then(|text| text.parse().ok());
                text.ok_or(ValueError::new($name))
            }
        })*
    };
}

from_text! {
    u8 = "number";
    u16 = "number";
    u32 = "number";
    usize = "number";
    i8 = "number";
    i16 = "number";
    i32 = "number";
    i64 = "number";
    f32 = "number";
    f64 = "number";
    IpAddr = "IP address";
    Ipv4Addr = "IPv4 address";
    Ipv6Addr = "IPv6 address";
}

impl FromValue<'_> for Duration {
    fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
        RouterDuration::parse(value.as_bytes()).map(Self::from)
    }
}

/// The best guess at the text; see [`Value::text`].
impl FromValue<'_> for String {
    fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
        Ok(value.text().into_owned())
    }
}

impl<'a> FromValue<'a> for &'a str {
    fn from_value(value: Value<'a>) -> Result<Self, ValueError> {
        value.utf8().or(Err(ValueError::new("UTF-8 text")))
    }
}
