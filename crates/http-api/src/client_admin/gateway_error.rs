//! What the endpoints that configure gateways share.

use application::edit::Edit;
use application::operator::gateway_settings::ConfigureGatewayError;
use domain::gateway::GatewayMode;
use domain::secret::Secret;

use crate::body::fields::Fields;
use crate::client_admin::company_error::COMPANY_NOT_FOUND;
use crate::error::ApiError;

/// Longest key or token.
pub(super) const MAX_KEY: usize = 1024;

impl From<ConfigureGatewayError> for ApiError {
    fn from(error: ConfigureGatewayError) -> Self {
        match error {
            ConfigureGatewayError::NotFound => Self::not_found(COMPANY_NOT_FOUND),
            ConfigureGatewayError::Inactive => Self::bad_request("Empresa inactiva"),
            ConfigureGatewayError::Failure(failure) => failure.into(),
        }
    }
}

/// `test` or `live`, if sent.
pub(super) fn read_mode(fields: &mut Fields, names: &[&str]) -> Option<GatewayMode> {
    fields.optional_choice(names, GatewayMode::from_str_name, "test o live")
}

/// A secret that is kept when absent, null or empty.
pub(super) fn keep_or_set_secret(fields: &mut Fields, names: &[&str]) -> Edit<Secret> {
    fields
        .optional_secret(names, MAX_KEY)
        .map_or(Edit::Keep, |text| Edit::Set(Secret::new(text.trim())))
}

/// A text that is kept when absent, null or empty.
pub(super) fn keep_or_set_text(fields: &mut Fields, names: &[&str]) -> Edit<String> {
    fields
        .optional_text(names, 255, true)
        .map_or(Edit::Keep, Edit::Set)
}

/// What is said when a key tells another mode than the configured one.
pub(super) fn mode_warning(told: Option<GatewayMode>) -> Option<&'static str> {
    match told {
        Some(GatewayMode::Live) => Some(
            "La llave es de producción (live), pero el modo configurado es test. Revise cuál de los dos es el correcto.",
        ),
        Some(GatewayMode::Test) => Some(
            "La llave es de pruebas (test), pero el modo configurado es live. Revise cuál de los dos es el correcto.",
        ),
        None => None,
    }
}
