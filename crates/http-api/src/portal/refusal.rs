//! Refusals that portal endpoints share.

use application::portal::catalogue::PortalRefusal;

use crate::error::ApiError;

impl From<PortalRefusal> for ApiError {
    fn from(error: PortalRefusal) -> Self {
        match error {
            PortalRefusal::TenantInactive => Self::unauthorized("Empresa no activa"),
            PortalRefusal::NotFound => Self::not_found("Producto no encontrado o no disponible"),
            PortalRefusal::Failure(failure) => failure.into(),
        }
    }
}
