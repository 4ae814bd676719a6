//! Error bodies.

use serde::Serialize;
use utoipa::ToSchema;

/// Un error, con un texto para personas.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorView {
    /// Qué pasó y qué hacer.
    #[schema(example = "Credenciales incorrectas")]
    detail: String,
}

/// Los campos que no son válidos.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemsView {
    /// Un elemento por campo.
    detail: Vec<Problem>,
}

/// Los campos que no son válidos, o un texto: una clave que ya se usó con otros datos.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what ApiError writes")]
pub(crate) enum ProblemsOrErrorView {
    Problems(ProblemsView),
    Error(ErrorView),
}

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
