//! A limit for requests of every kind, so that no endpoint is without one.

use std::net::IpAddr;

use domain::ids::ApiKeyId;
use governor::clock::DefaultClock;
use http_kit::limits::{Limiter, Throttled};

use crate::error::ApiError;

/// Probes of load balancers, and what every visitor of every portal loads: cheap reads that an
/// address shared by a whole café may ask for at any rate.
const FREE: [&str; 3] = ["/health", "/api/v1/config/public", CATALOGUE];

const CATALOGUE: &str = "/api/v1/catalogo_perfiles_venta";

/// Whether requests for this path are not counted.
pub(crate) fn is_free(path: &str) -> bool {
    let item = path.strip_prefix(CATALOGUE);
    FREE.contains(&path) || item.is_some_and(|id| id.starts_with('/'))
}

/// Requests per address, and those of portals per key. `None`: switched off.
pub(crate) struct RequestLimits {
    by_address: Option<Limiter<IpAddr, DefaultClock>>,
    by_key: Option<Limiter<ApiKeyId, DefaultClock>>,
}

impl RequestLimits {
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            by_address: Limiter::new(per_minute, DefaultClock::default()),
            by_key: Limiter::new(per_minute, DefaultClock::default()),
        }
    }

    pub(crate) fn check_address(&self, address: IpAddr) -> Result<(), Throttled> {
        self.by_address
            .as_ref()
            .map_or(Ok(()), |limit| limit.check(&address))
    }

    /// Counts a request with this key.
    ///
    /// # Errors
    /// `429`.
    pub(crate) fn check_key(&self, key: &ApiKeyId) -> Result<(), ApiError> {
        self.by_key
            .as_ref()
            .map_or(Ok(()), |limit| limit.check(key))
            .map_err(too_many)
    }
}

pub(crate) fn too_many(throttled: Throttled) -> ApiError {
    ApiError::too_many("Demasiadas solicitudes.", throttled.retry_after)
}
