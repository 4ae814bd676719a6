//! `GET /admin/empresas/{empresa_id}/routers/{router_id}/api-keys`.

use actix_web::{HttpRequest, web};
use application::platform::api_keys::list_keys;
use domain::api_key::ApiKey;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::router_ids;
use crate::wire::time::{iso, optional_iso};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// El registro de una llave. La llave misma no se guarda.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeyView {
    /// Identificador.
    key_id: String,
    /// Router.
    router_id: String,
    /// Empresa.
    empresa_id: String,
    /// Cuándo se emitió (UTC).
    issued_at: String,
    /// Cuándo expira (UTC).
    expires_at: String,
    /// Si se revocó.
    revoked: bool,
    /// Cuándo se revocó (UTC).
    revoked_at: Option<String>,
    /// Último uso (UTC), con unos segundos de retraso.
    last_used: Option<String>,
    /// Usos, con unos segundos de retraso.
    use_count: i64,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            key_id: key.id.as_str().to_owned(),
            router_id: key.router_id.as_str().to_owned(),
            empresa_id: key.tenant_id.as_str().to_owned(),
            issued_at: iso(key.issued_at),
            expires_at: iso(key.expires_at),
            revoked: key.revoked_at.is_some(),
            revoked_at: optional_iso(key.revoked_at),
            last_used: optional_iso(key.last_used_at),
            use_count: key.use_count,
        }
    }
}

/// Todas las llaves de un router, de la más nueva a la más antigua.
#[utoipa::path(
    get, path = "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Llaves", body = Vec<ApiKeyView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<ApiKeyView>>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let keys = list_keys(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(keys.into_iter().map(ApiKeyView::from).collect()))
}
