//! Refusals that the endpoints of routers share.

use application::platform::error::RouterError;

use crate::error::ApiError;
use crate::super_admin::path::{ROUTER_NOT_FOUND, TENANT_NOT_FOUND};

impl From<RouterError> for ApiError {
    fn from(error: RouterError) -> Self {
        match error {
            RouterError::TenantNotFound => Self::not_found(TENANT_NOT_FOUND),
            RouterError::NotFound => Self::not_found(ROUTER_NOT_FOUND),
            RouterError::Failure(failure) => failure.into(),
        }
    }
}
