//! Refusals that the company's endpoints share.

use application::operator::company::CompanyError;

use crate::error::ApiError;

pub(super) const COMPANY_NOT_FOUND: &str = "Empresa no encontrada";

impl From<CompanyError> for ApiError {
    fn from(error: CompanyError) -> Self {
        match error {
            CompanyError::NotFound => Self::not_found(COMPANY_NOT_FOUND),
            CompanyError::Failure(failure) => failure.into(),
        }
    }
}
