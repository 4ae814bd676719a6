//! Rows as a source of serde.

use core::time::Duration;

use serde_core::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::row::{Attributes, RowRef};
use crate::text::Value;
use crate::typed::error::RowError;
use crate::value::{
    FromValue, RouterDuration, ValueError, parse_boolean, parse_counter, parse_size,
};

/// A whole row.
pub(super) struct RowDeserializer<'de> {
    row: RowRef<'de>,
}

impl<'de> RowDeserializer<'de> {
    pub(super) const fn new(row: RowRef<'de>) -> Self {
        Self { row }
    }
}

impl<'de> Deserializer<'de> for RowDeserializer<'de> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_map(RowAccess {
            attributes: self.row.attributes(),
            name: &[],
            value: Value::default(),
        })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_unit()
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The attributes of a row, one after the other.
struct RowAccess<'de> {
    attributes: Attributes<'de>,
    name: &'de [u8],
    value: Value<'de>,
}

impl<'de> MapAccess<'de> for RowAccess<'de> {
    type Error = RowError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, RowError> {
        let Some((name, value)) = self.attributes.next() else {
            return Ok(None);
        };
        (self.name, self.value) = (name, value);
        seed.deserialize(Name(name)).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, RowError> {
        seed.deserialize(Property(self.value))
            .map_err(|error| error.at(self.name))
    }
}

/// The name of a property. Fields are told apart by its bytes, so that most names are never looked
/// at as text.
struct Name<'de>(&'de [u8]);

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        Property(Value::new(self.0)).deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_borrowed_bytes(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map struct enum ignored_any
    }
}

/// The value of one property, or one element of a list.
#[derive(Clone, Copy)]
struct Property<'de>(Value<'de>);

impl<'de> Property<'de> {
    fn parse<T: FromValue<'de>>(self) -> Result<T, RowError> {
        Ok(T::from_value(self.0)?)
    }

    /// An unsigned number, or a size in one of the router's units.
    #[inline]
    fn unsigned<T: TryFrom<u64>>(self) -> Result<T, RowError> {
        let number =
            parse_counter(self.0.as_bytes()).or_else(|_error| parse_size(self.0.as_bytes()));
        let number = number.map_err(|_error| ValueError::new("number"))?;
        Ok(T::try_from(number).or(Err(ValueError::new("number of this size")))?)
    }
}

/// Methods that hand a parsed value to the visitor.
macro_rules! parsed {
    ($($method:ident $visit:ident $read:expr;)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
                visitor.$visit($read(self)?)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Property<'de> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        self.deserialize_str(visitor)
    }

    parsed! {
        deserialize_bool visit_bool |this: Self| parse_boolean(this.0.as_bytes());
        deserialize_i8 visit_i8 Self::parse;
        deserialize_i16 visit_i16 Self::parse;
        deserialize_i32 visit_i32 Self::parse;
        deserialize_i64 visit_i64 Self::parse;
        deserialize_u8 visit_u8 Self::unsigned;
        deserialize_u16 visit_u16 Self::unsigned;
        deserialize_u32 visit_u32 Self::unsigned;
        deserialize_u64 visit_u64 Self::unsigned;
        deserialize_f32 visit_f32 Self::parse;
        deserialize_f64 visit_f64 Self::parse;
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self.0.utf8() {
            Ok(text) => visitor.visit_borrowed_str(text),
            Err(_) => visitor.visit_string(self.0.windows_1252().into_owned()),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_borrowed_bytes(self.0.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_borrowed_bytes(self.0.as_bytes())
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        if self.0.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        let bytes = self.0.as_bytes();
        visitor.visit_seq(List((!bytes.is_empty()).then_some(bytes)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, RowError> {
        Err(RowError::new("a property holds no map"))
    }

    /// Only [`Duration`], which serde takes for a struct of seconds and nanoseconds.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        if name != "Duration" {
            return Err(RowError::new("a property holds no struct"));
        }
        let duration = RouterDuration::parse(self.0.as_bytes())?;
        visitor.visit_seq(Seconds {
            duration: Duration::from(duration),
            given: 0,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_enum(self)
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_unit()
    }
}

/// The elements of a list; `None` after the last.
struct List<'de>(Option<&'de [u8]>);

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = RowError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, RowError> {
        let Some(rest) = self.0 else {
            return Ok(None);
        };
        let mut parts = rest.splitn(2, |byte| *byte == b',');
        let element = parts.next().unwrap_or_default();
        self.0 = parts.next();
        seed.deserialize(Property(Value::new(element))).map(Some)
    }
}

/// The two fields of a [`Duration`].
struct Seconds {
    duration: Duration,
    given: u8,
}

impl<'de> SeqAccess<'de> for Seconds {
    type Error = RowError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, RowError> {
        use serde_core::de::IntoDeserializer as _;
        let number = match self.given {
            0 => self.duration.as_secs(),
            1 => u64::from(self.duration.subsec_nanos()),
            _ => return Ok(None),
        };
        self.given = self.given.saturating_add(1);
        let number: serde_core::de::value::U64Deserializer<RowError> = number.into_deserializer();
        seed.deserialize(number).map(Some)
    }
}

/// A variant by its name.
impl<'de> EnumAccess<'de> for Property<'de> {
    type Error = RowError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), RowError> {
        Ok((seed.deserialize(self)?, self))
    }
}

impl<'de> VariantAccess<'de> for Property<'de> {
    type Error = RowError;

    fn unit_variant(self) -> Result<(), RowError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, RowError> {
        Err(RowError::new("a variant has no content"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, RowError> {
        Err(RowError::new("a variant has no content"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, RowError> {
        Err(RowError::new("a variant has no content"))
    }
}
