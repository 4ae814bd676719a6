//! `GET /admin/auditoria`.

use actix_web::{HttpRequest, web};
use application::platform::audit_log::platform_log;
use domain::ids::TenantId;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::wire::audit::{AuditPageView, page_view, read_query};

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/admin/auditoria", Access::SuperAdmin, || {
        web::get().to(handle)
    });

/// La bitácora de toda la plataforma. Los filtros se combinan.
#[utoipa::path(
    get, path = "/admin/auditoria", tag = "Plataforma",
    params(
        ("empresa_id" = Option<String>, Query, description = "Solo de esta empresa"),
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
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<AuditPageView>, ApiError> {
    let mut fields = query_fields(&request);
    let query = read_query(&mut fields);
    let tenant = fields.optional_text(&["empresa_id"], 50, true);
    fields.finish()?;
    let (limit, offset) = (query.limit, query.offset);
    let page = match tenant.as_deref().map(TenantId::parse) {
        // Nobody could have this id, so nothing was done about it.
        Some(Err(_)) => (0, Vec::new()),
        Some(Ok(id)) => platform_log(&state.app, &admin.0, Some(id), query).await?,
        None => platform_log(&state.app, &admin.0, None, query).await?,
    };
    Ok(web::Json(page_view(page, limit, offset)))
}
