//! Error bodies, for the API description.

use serde::Serialize;
use utoipa::ToSchema;

use crate::body::problem::Problem;

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

/// Un mensaje.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// Texto para personas.
    #[schema(example = "Hecho")]
    message: &'static str,
}

impl MessageView {
    /// A message.
    pub(crate) const fn new(message: &'static str) -> Self {
        Self { message }
    }
}
