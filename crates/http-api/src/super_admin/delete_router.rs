//! `DELETE /admin/empresas/{empresa_id}/routers/{router_id}`.

use actix_web::{HttpRequest, web};
use application::platform::routers::{DeleteRouterError, delete_router};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::{ROUTER_NOT_FOUND, router_ids};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "DELETE",
    "/admin/empresas/{empresa_id}/routers/{router_id}",
    Access::SuperAdmin,
    || web::delete().to(handle),
);

/// El router eliminado.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedRouterView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router_id: String,
    /// La empresa.
    empresa_id: String,
}

impl From<DeleteRouterError> for ApiError {
    fn from(error: DeleteRouterError) -> Self {
        match error {
            DeleteRouterError::NotFound => Self::not_found(ROUTER_NOT_FOUND),
            DeleteRouterError::InUse(in_use) if in_use.products > 0 => Self::bad_request(format!(
                "No se puede eliminar el router porque tiene {} producto(s) asociado(s)",
                in_use.products
            )),
            DeleteRouterError::InUse(in_use) => Self::bad_request(format!(
                "No se puede eliminar el router porque tiene {} transacción(es) asociada(s)",
                in_use.purchases
            )),
            DeleteRouterError::Failure(failure) => failure.into(),
        }
    }
}

/// Eliminar un router sin productos ni ventas, con sus llaves.
#[utoipa::path(
    delete, path = "/admin/empresas/{empresa_id}/routers/{router_id}", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Eliminado", body = DeletedRouterView),
        (status = 400, description = "Tiene productos o ventas", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<DeletedRouterView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    delete_router(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(DeletedRouterView {
        message: "Router eliminado exitosamente",
        router_id: router.as_str().to_owned(),
        empresa_id: tenant.as_str().to_owned(),
    }))
}
