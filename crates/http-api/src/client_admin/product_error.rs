//! Refusals that the endpoints of products share.

use application::operator::products::ProductError;

use crate::error::ApiError;

pub(super) fn refused(error: ProductError, router_not_found: &str) -> ApiError {
    match error {
        ProductError::NotFound => ApiError::not_found("Producto no encontrado"),
        ProductError::RouterNotFound => ApiError::not_found(router_not_found),
        ProductError::Duplicate => {
            ApiError::conflict("Ya existe un producto para este perfil en este router")
        }
        ProductError::Failure(failure) => failure.into(),
    }
}
