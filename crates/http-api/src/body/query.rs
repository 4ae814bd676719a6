//! Query and path parameters.

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde_json::{Map, Value};

use crate::body::fields::Fields;

/// The query parameters as fields; of repeated ones the last counts. Values are texts, and the
/// readers for numbers accept them as such.
pub(crate) fn query_fields(request: &HttpRequest) -> Fields {
    let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map(Query::into_inner)
        .unwrap_or_default();
    let map: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    Fields::new("query", map)
}

/// The path parameters as fields.
pub(crate) fn path_fields(request: &HttpRequest) -> Fields {
    let map: Map<String, Value> = request
        .match_info()
        .iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())))
        .collect();
    Fields::new("path", map)
}
