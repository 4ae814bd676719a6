//! What is wrong with a field.

use serde::Serialize;
use utoipa::ToSchema;

/// One problem of a request, in the shape that panels know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Where: `body`, `query` or `path`, then the field.
    loc: Vec<String>,
    /// What, for people.
    msg: String,
    /// What, for programs.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Problem {
    /// A problem with a field of the body, the query or the path.
    pub(crate) fn of_field(
        place: &str,
        field: &str,
        kind: &'static str,
        msg: impl Into<String>,
    ) -> Self {
        Self {
            loc: vec![place.to_owned(), field.to_owned()],
            msg: msg.into(),
            kind,
        }
    }

    /// A problem with the whole body.
    pub(crate) fn of_body(kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec!["body".to_owned()],
            msg: msg.into(),
            kind,
        }
    }
}
