//! The table row that every endpoint adds to the list of routes.

use actix_web::Route;

/// Who may call an endpoint. The extractor in its handler enforces it; this says it aloud, so
/// that a test can walk every route with every wrong credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Any session.
    Session,
    /// A super admin's session.
    SuperAdmin,
    /// A tenant administrator's session.
    TenantAdmin,
    /// A super admin's session, or a tenant administrator's for its own tenant.
    TenantOrSuperAdmin,
    /// A router API key.
    Portal,
}

/// One endpoint.
#[derive(Clone, Copy)]
pub struct Endpoint {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    pub(crate) route: fn() -> Route,
}

impl Endpoint {
    pub(crate) const fn new(
        method: &'static str,
        path: &'static str,
        access: Access,
        route: fn() -> Route,
    ) -> Self {
        Self {
            method,
            path,
            access,
            route,
        }
    }
}
