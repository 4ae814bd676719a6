//! Commands as a target of serde.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde_core::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};

use crate::command::Command;
use crate::error::EncodeError;
use crate::value::{RouterDuration, boolean};

/// A mistake in a value that is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unwritable(EncodeError);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for Unwritable {}

impl serde_core::ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(EncodeError::InvalidValue { property: "" })
    }
}

type Outcome<T> = Result<T, Unwritable>;

pub(super) fn attributes<T: Serialize + ?Sized>(command: Command, values: &T) -> Command {
    let before = command.clone();
    match values.serialize(Whole(command)) {
        Ok(command) => command,
        Err(Unwritable(error)) => before.failed(error),
    }
}

const fn unwritable() -> Unwritable {
    Unwritable(EncodeError::InvalidValue { property: "" })
}

/// Methods for what cannot be written here.
macro_rules! refused {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Outcome<Self::Ok> {
            Err(unwritable())
        })*
    };
}

/// Variants with content and their like, which no property and no command can hold.
macro_rules! refused_shapes {
    () => {
        fn serialize_tuple_struct(
            self,
            _: &'static str,
            _: usize,
        ) -> Outcome<Self::SerializeTupleStruct> {
            Err(unwritable())
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Outcome<Self::SerializeTupleVariant> {
            Err(unwritable())
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Outcome<Self::SerializeStructVariant> {
            Err(unwritable())
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Outcome<Self::Ok> {
            Err(unwritable())
        }
    };
}

/// The command itself: a struct or a map.
struct Whole(Command);

impl Serializer for Whole {
    type Ok = Command;
    type Error = Unwritable;
    type SerializeSeq = Impossible<Command, Unwritable>;
    type SerializeTuple = Impossible<Command, Unwritable>;
    type SerializeTupleStruct = Impossible<Command, Unwritable>;
    type SerializeTupleVariant = Impossible<Command, Unwritable>;
    type SerializeMap = Pairs;
    type SerializeStruct = Pairs;
    type SerializeStructVariant = Impossible<Command, Unwritable>;

    refused! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_variant(&'static str, u32, &'static str);
    }
    refused_shapes!();

    fn serialize_none(self) -> Outcome<Command> {
        Ok(self.0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Outcome<Command> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome<Command> {
        Ok(self.0)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Outcome<Command> {
        Ok(self.0)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Outcome<Command> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Outcome<Self::SerializeSeq> {
        Err(unwritable())
    }

    fn serialize_tuple(self, _: usize) -> Outcome<Self::SerializeTuple> {
        Err(unwritable())
    }

    fn serialize_map(self, _: Option<usize>) -> Outcome<Pairs> {
        Ok(Pairs {
            command: self.0,
            name: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Outcome<Pairs> {
        self.serialize_map(None)
    }
}

/// Attributes under way.
struct Pairs {
    command: Command,
    name: String,
}

impl Pairs {
    fn push<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        property: &'static str,
        value: &T,
    ) -> Outcome<()> {
        let error = Unwritable(EncodeError::InvalidValue { property });
        let mut bytes = Vec::new();
        if value
            .serialize(Scalar(&mut bytes))
            .map_err(|_shape| error)?
        {
            let command = core::mem::replace(&mut self.command, Command::empty());
            self.command = command.attribute(name, &bytes);
            crate::secret::wipe(&mut bytes);
        }
        Ok(())
    }
}

impl SerializeStruct for Pairs {
    type Ok = Command;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Outcome<()> {
        self.push(name, name, value)
    }

    fn end(self) -> Outcome<Command> {
        Ok(self.command)
    }
}

impl SerializeMap for Pairs {
    type Ok = Command;
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Outcome<()> {
        let mut bytes = Vec::new();
        key.serialize(Scalar(&mut bytes))?;
        self.name = String::from_utf8(bytes).map_err(|_error| unwritable())?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome<()> {
        let name = core::mem::take(&mut self.name);
        self.push(&name, "of a map", value)
    }

    fn end(self) -> Outcome<Command> {
        Ok(self.command)
    }
}

/// One value, appended to the bytes; `false` when there is none.
struct Scalar<'a>(&'a mut Vec<u8>);

/// Methods that write the text of a value.
macro_rules! written {
    ($($method:ident $type:ty;)*) => {
        $(fn $method(self, value: $type) -> Outcome<bool> {
            self.0.extend_from_slice(value.to_string().as_bytes());
            Ok(true)
        })*
    };
}

impl<'a> Serializer for Scalar<'a> {
    type Ok = bool;
    type Error = Unwritable;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = Impossible<bool, Unwritable>;
    type SerializeTupleVariant = Impossible<bool, Unwritable>;
    type SerializeMap = Impossible<bool, Unwritable>;
    type SerializeStruct = Seconds<'a>;
    type SerializeStructVariant = Impossible<bool, Unwritable>;

    written! {
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_f32 f32;
        serialize_f64 f64;
        serialize_char char;
    }
    refused_shapes!();

    fn serialize_bool(self, value: bool) -> Outcome<bool> {
        self.serialize_str(boolean(value))
    }

    fn serialize_str(self, value: &str) -> Outcome<bool> {
        self.serialize_bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Outcome<bool> {
        self.0.extend_from_slice(value);
        Ok(true)
    }

    fn serialize_none(self) -> Outcome<bool> {
        Ok(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Outcome<bool> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome<bool> {
        Ok(true)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Outcome<bool> {
        Ok(true)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Outcome<bool> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Outcome<bool> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Outcome<List<'a>> {
        Ok(List {
            bytes: self.0,
            first: true,
        })
    }

    fn serialize_tuple(self, _: usize) -> Outcome<List<'a>> {
        self.serialize_seq(None)
    }

    fn serialize_map(self, _: Option<usize>) -> Outcome<Self::SerializeMap> {
        Err(unwritable())
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Outcome<Seconds<'a>> {
        if name == "Duration" {
            Ok(Seconds {
                bytes: self.0,
                whole: 0,
                nanos: 0,
            })
        } else {
            Err(unwritable())
        }
    }
}

/// A list with commas between its elements.
struct List<'a> {
    bytes: &'a mut Vec<u8>,
    first: bool,
}

impl SerializeSeq for List<'_> {
    type Ok = bool;
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome<()> {
        if !core::mem::take(&mut self.first) {
            self.bytes.push(b',');
        }
        let start = self.bytes.len();
        value.serialize(Scalar(self.bytes))?;
        // An element with a comma would come back as two.
        let written = self.bytes.get(start..).unwrap_or_default();
        if written.contains(&b',') {
            return Err(unwritable());
        }
        Ok(())
    }

    fn end(self) -> Outcome<bool> {
        Ok(true)
    }
}

impl serde_core::ser::SerializeTuple for List<'_> {
    type Ok = bool;
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome<()> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Outcome<bool> {
        Ok(true)
    }
}

/// The two fields of a [`Duration`].
struct Seconds<'a> {
    bytes: &'a mut Vec<u8>,
    whole: u64,
    nanos: u32,
}

impl SerializeStruct for Seconds<'_> {
    type Ok = bool;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Outcome<()> {
        let mut digits = Vec::new();
        value.serialize(Scalar(&mut digits))?;
        let digits = core::str::from_utf8(&digits).unwrap_or_default();
        match name {
            "secs" => self.whole = digits.parse().map_err(|_error| unwritable())?,
            _ => self.nanos = digits.parse().map_err(|_error| unwritable())?,
        }
        Ok(())
    }

    fn end(self) -> Outcome<bool> {
        let duration = RouterDuration::from(Duration::new(self.whole, self.nanos));
        self.bytes
            .extend_from_slice(duration.to_string().as_bytes());
        Ok(true)
    }
}
