//! Reading requests. A body is declared once, as a function that reads its fields; the same
//! function, run without a request, describes the body. Every problem of a request is found and
//! reported at once.

pub(crate) mod field;
pub(crate) mod fields;
pub(crate) mod raw;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::error::ApiError;

/// A JSON body: its name and text in the API description, and the function that reads it.
pub(crate) struct Body<T> {
    name: &'static str,
    about: &'static str,
    read: fn(&mut Fields) -> T,
}

impl<T> Body<T> {
    /// A body. `read` calls every reader whatever the others found, so that all problems are
    /// reported and all fields are described.
    pub(crate) const fn new(
        name: &'static str,
        about: &'static str,
        read: fn(&mut Fields) -> T,
    ) -> Self {
        Self { name, about, read }
    }

    /// Its name in the API description.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Its schema, under its name.
    pub(crate) fn schema(&self) -> (String, RefOr<Schema>) {
        let schema = Fields::describe("body", self.read).into_object(self.about);
        (self.name.to_owned(), schema)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// `422` with every problem, or what [`RawBody::fields`] fails with.
    pub(crate) fn read(&self, body: RawBody) -> Result<T, ApiError> {
        self.read_fields(body.fields()?)
    }

    /// Reads a body that may be left out.
    ///
    /// # Errors
    /// As [`Body::read`].
    pub(crate) fn read_optional(&self, body: RawBody) -> Result<T, ApiError> {
        self.read_fields(body.optional_fields()?)
    }

    pub(crate) fn read_fields(&self, mut fields: Fields) -> Result<T, ApiError> {
        let read = (self.read)(&mut fields);
        fields.finish()?;
        Ok(read)
    }
}

/// A multipart body that holds one file.
pub(crate) struct Upload {
    /// Its name in the API description.
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The name of the part with the file.
    pub(crate) part: &'static str,
    pub(crate) about_part: &'static str,
}

impl Upload {
    pub(crate) fn schema(&self) -> Schema {
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some(self.about_part));
        ObjectBuilder::new()
            .description(Some(self.about))
            .property(self.part, file)
            .required(self.part)
            .into()
    }
}
