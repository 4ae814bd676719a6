//! `GET /admin/empresas`.

use actix_web::{HttpRequest, web};
use application::platform::tenants::list_tenants;
use domain::contact::Email;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::tenant_view::TenantView;
use crate::wire::list_filter::{ListParams, read_list_filter};

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/admin/empresas", Access::SuperAdmin, || {
        web::get().to(handle)
    });

/// Todas las empresas, de la más antigua a la más nueva.
#[utoipa::path(
    get, path = "/admin/empresas", tag = "Plataforma", params(ListParams), security(("sesion" = [])),
    responses(
        (status = 200, description = "Empresas", body = Vec<TenantView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<TenantView>>, ApiError> {
    let mut query = query_fields(&request);
    let filter = read_list_filter(&mut query);
    query.finish()?;
    let mut tenants = list_tenants(&state.app, &admin.0).await?;
    tenants.retain(|tenant| {
        let email = tenant.contact_email.as_ref().map_or("", Email::as_str);
        let texts = [tenant.id.as_str(), tenant.name.as_str(), email];
        filter.fits(tenant.is_active, tenant.created_at, &texts)
    });
    Ok(web::Json(
        tenants.into_iter().map(TenantView::from).collect(),
    ))
}
