//! `GET /api/v1/admin/mi-empresa/auditoria`.

use actix_web::{HttpRequest, web};
use application::platform::audit_log::tenant_log;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::audit::{AuditPageView, page_view, read_query};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/mi-empresa/auditoria",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// La bitácora de la propia empresa. Los filtros se combinan.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/auditoria", tag = "Empresa",
    params(
        ("accion" = Option<String>, Query, description = "Solo acciones que empiezan así (`router.`)"),
        ("desde" = Option<String>, Query, description = "Desde esta fecha o fecha con hora (UTC), incluida"),
        ("hasta" = Option<String>, Query, description = "Hasta esta fecha o fecha con hora (UTC), incluida"),
        ("limit" = Option<i64>, Query, description = "Tamaño de la página, de 1 a 500", minimum = 1, maximum = 500),
        ("offset" = Option<i64>, Query, description = "Entradas omitidas", minimum = 0),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Entradas", body = AuditPageView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<AuditPageView>, ApiError> {
    let mut fields = query_fields(&request);
    let query = read_query(&mut fields);
    fields.finish()?;
    let (limit, offset) = (query.limit, query.offset);
    let page = tenant_log(&state.app, &admin.0, query).await?;
    Ok(web::Json(page_view(page, limit, offset)))
}
