//! The fields of a request, read one by one. Every problem is collected instead of stopping at
//! the first.
//!
//! Readers return a placeholder where a field is bad; [`Fields::finish`] then refuses the request,
//! so the placeholder is never used.

use std::ops::RangeInclusive;

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde_json::{Map, Value};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{RefOr, Required};

use crate::error::{ApiError, Problem};

/// The fields of a body, a query or a path.
pub(crate) struct Fields {
    place: &'static str,
    map: Map<String, Value>,
    problems: Vec<Problem>,
    /// What was read, while a reader is described.
    described: Option<Vec<Described>>,
}

/// A field as its reader describes it.
pub(super) struct Described {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) is_required: bool,
    /// Of the value when it is sent and not null.
    pub(super) schema: Schema,
    pub(super) example: Option<Value>,
}

/// What a reader describes.
pub(crate) struct Description(Vec<Described>);

impl Fields {
    pub(crate) fn new(place: &'static str, map: Map<String, Value>) -> Self {
        Self {
            place,
            map,
            problems: Vec::new(),
            described: None,
        }
    }

    /// The query parameters; of repeated ones the last counts. Values are texts, and the readers
    /// for numbers accept them as such.
    pub(crate) fn of_query(request: &HttpRequest) -> Self {
        let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map(Query::into_inner)
            .unwrap_or_default();
        let map = pairs
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        Self::new("query", map)
    }

    pub(crate) fn empty(place: &'static str) -> Self {
        Self::new(place, Map::new())
    }

    /// What a reader reads, found out by running it on nothing.
    pub(crate) fn describe<T>(
        place: &'static str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Description {
        let mut fields = Self::empty(place);
        fields.described = Some(Vec::new());
        read(&mut fields);
        Description(fields.described.unwrap_or_default())
    }

    pub(super) fn note(&mut self, field: impl FnOnce() -> Described) {
        if let Some(described) = &mut self.described {
            described.push(field());
        }
    }

    /// Refuses the request if any field was bad.
    ///
    /// # Errors
    /// `422` with every problem.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.into_error())
        }
    }

    /// The refusal with every problem found.
    pub(crate) fn into_error(self) -> ApiError {
        ApiError::invalid(&self.problems)
    }

    /// Whether no problem was found so far.
    pub(crate) fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a problem that a reader could not see by itself.
    pub(crate) fn problem(&mut self, field: &str, kind: &'static str, msg: impl Into<String>) {
        self.problems
            .push(Problem::of_field(self.place, field, kind, msg));
    }

    pub(crate) fn missing(&mut self, field: &str) {
        self.problem(field, "missing", "Este campo es obligatorio");
    }

    /// Whether the field is sent, null included.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// Whether the field is sent as null.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(Value::is_null)
    }

    /// Refuses null for what must exist.
    pub(crate) fn refuse_null(&mut self, name: &str) {
        if self.is_null(name) {
            self.problem(name, "null_value", "No puede ser nulo");
        }
    }

    /// Any JSON value, null if absent.
    pub(crate) fn json(&self, name: &str) -> Value {
        self.map.get(name).cloned().unwrap_or(Value::Null)
    }

    /// The value under the first of these names that is sent, unless it is null.
    pub(super) fn present(&self, names: &[&str]) -> Option<Value> {
        names
            .iter()
            .find_map(|name| self.map.get(*name))
            .filter(|value| !value.is_null())
            .cloned()
    }
}

impl Description {
    /// The schema of a body with these fields.
    pub(super) fn into_object(self, about: &str) -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(about));
        let object = self.0.into_iter().fold(object, |object, field| {
            let object = if field.is_required {
                object.required(field.name)
            } else {
                object
            };
            object.property(field.name, field.into_property())
        });
        RefOr::T(Schema::Object(object.build()))
    }

    /// The parameters of a query with these fields.
    pub(crate) fn into_parameters(self) -> Vec<Parameter> {
        self.0.into_iter().map(Described::into_parameter).collect()
    }
}

impl Described {
    fn into_property(self) -> Schema {
        let Self {
            about,
            is_required,
            mut schema,
            example,
            ..
        } = self;
        let (kind, description, shown, values) = match &mut schema {
            Schema::Array(array) => (
                &mut array.schema_type,
                &mut array.description,
                &mut array.example,
                None,
            ),
            Schema::Object(Object {
                schema_type,
                description,
                example,
                enum_values,
                ..
            }) => (schema_type, description, example, enum_values.as_mut()),
            _ => return schema,
        };
        if let (SchemaType::Type(kind_if_sent), false) = (&*kind, is_required) {
            *kind = SchemaType::Array(vec![kind_if_sent.clone(), Type::Null]);
            if let Some(values) = values {
                values.push(Value::Null);
            }
        }
        *description = Some(about.to_owned());
        *shown = example;
        schema
    }

    fn into_parameter(self) -> Parameter {
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .description(Some(self.about))
            .required(Required::False)
            .schema(Some(self.schema))
            .example(self.example)
            .build()
    }
}

/// The whole number under this name in the path.
///
/// # Errors
/// `422`.
pub(crate) fn path_number(
    request: &HttpRequest,
    name: &'static str,
    range: RangeInclusive<i64>,
) -> Result<i64, ApiError> {
    let text = request.match_info().get(name).unwrap_or_default();
    let mut path = Fields::new("path", Map::from_iter([(name.to_owned(), text.into())]));
    let number = path.field(name, "").integer(range);
    path.finish()?;
    Ok(number)
}

/// The id under this name in the path.
///
/// # Errors
/// `422` for what is no number.
pub(crate) fn path_id(request: &HttpRequest, name: &'static str) -> Result<i64, ApiError> {
    path_number(request, name, i64::MIN..=i64::MAX)
}
