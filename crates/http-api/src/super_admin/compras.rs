//! `GET /admin/compras`.

use actix_web::{HttpRequest, web};
use application::purchase::review::list_unfinished;
use domain::ids::TenantId;
use domain::purchase::PurchaseState;

use crate::body::fields::Fields;
use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::purchase_view::PurchaseView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/admin/compras", Access::SuperAdmin, || {
        web::get().to(handle)
    });

/// Reads a comma list of states; none is an empty list.
fn read_states(query: &mut Fields) -> Vec<PurchaseState> {
    let Some(text) = query.optional_text(&["estado"], 200, true) else {
        return Vec::new();
    };
    let names = text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let states: Option<Vec<_>> = names.map(PurchaseState::from_str_name).collect();
    states.unwrap_or_else(|| {
        let known = PurchaseState::ALL.map(PurchaseState::as_str).join(", ");
        query.problem(
            "estado",
            "enum",
            format!("Debe ser uno o varios de: {known}"),
        );
        Vec::new()
    })
}

/// Compras que esperan la decisión de una persona, o las que están en los estados pedidos; como
/// máximo 500, de la más nueva a la más antigua.
#[utoipa::path(
    get, path = "/admin/compras", tag = "Plataforma",
    params(
        ("estado" = Option<String>, Query, description = "Estados separados por comas: created, charging, verifying, pending, paid, declined, failed, given_up, mismatch, refunding, refunded, charged_back. Sin él, las que esperan a una persona"),
        ("empresa_id" = Option<String>, Query, description = "Solo de esta empresa"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Compras", body = Vec<PurchaseView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<PurchaseView>>, ApiError> {
    let mut query = query_fields(&request);
    let states = read_states(&mut query);
    let tenant = query.optional_text(&["empresa_id"], 50, true);
    query.finish()?;
    let found = match tenant.as_deref().map(TenantId::parse) {
        // Nobody could have this id.
        Some(Err(_)) => Vec::new(),
        Some(Ok(id)) => list_unfinished(&state.app, &admin.0, &states, Some(&id)).await?,
        None => list_unfinished(&state.app, &admin.0, &states, None).await?,
    };
    Ok(web::Json(
        found.into_iter().map(PurchaseView::from).collect(),
    ))
}
