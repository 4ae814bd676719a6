//! `GET /admin/usuarios`.

use actix_web::{HttpRequest, web};
use application::platform::users::list_users;
use application::vocabulary::UserFilter;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::wire::list_filter::{ListParams, read_list_filter};
use crate::wire::user::UserView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/admin/usuarios", Access::SuperAdmin, || {
        web::get().to(handle)
    });

/// Usuarios del panel. Un filtro desconocido no encuentra a nadie.
#[utoipa::path(
    get, path = "/admin/usuarios", tag = "Plataforma",
    params(
        ("rol" = Option<String>, Query, description = "`super_admin` o `cliente_admin`"),
        ("empresa_id" = Option<String>, Query, description = "Empresa"),
        ListParams,
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Usuarios", body = Vec<UserView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<UserView>>, ApiError> {
    let mut query = query_fields(&request);
    let filter = UserFilter {
        role: query.optional_text(&["rol"], 50, true),
        tenant_id: query.optional_text(&["empresa_id"], 50, true),
    };
    let narrow = read_list_filter(&mut query);
    query.finish()?;
    let mut users = list_users(&state.app, &admin.0, &filter).await?;
    users.retain(|user| {
        let texts = [user.email.as_str(), user.name.as_str()];
        narrow.fits(user.is_active, user.created_at, &texts)
    });
    Ok(web::Json(users.iter().map(UserView::from).collect()))
}
