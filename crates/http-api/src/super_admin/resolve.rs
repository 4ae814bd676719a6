//! `POST /admin/compras/{id}/resolver`.

use actix_web::{HttpRequest, web};
use application::purchase::review::{Decision, ResolveError, resolve};
use domain::ids::PurchaseId;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::query::path_fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::purchase_view::PurchaseView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/admin/compras/{id}/resolver",
    Access::SuperAdmin,
    || web::post().to(handle),
);

/// Qué se decide y por qué.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct ResolveBody {
    /// `reembolsar`, `conceder` o `cerrar`.
    #[schema(example = "reembolsar")]
    accion: String,
    /// Queda en la bitácora; sin datos del cliente.
    #[schema(example = "El router se desmontó", max_length = 500)]
    motivo: String,
}

/// The decision; `None` together with a problem.
fn read(fields: &mut Fields) -> (Option<Decision>, String) {
    let word = fields.text(&["accion"], 50);
    let decision = Decision::from_str_name(&word);
    if !word.is_empty() && decision.is_none() {
        fields.problem("accion", "enum", "Debe ser reembolsar, conceder o cerrar");
    }
    (decision, fields.text(&["motivo"], 500))
}

impl From<ResolveError> for ApiError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::NotFound => Self::not_found("Compra no encontrada"),
            ResolveError::Busy => Self::conflict(
                "El servidor está trabajando en esta compra. Intente de nuevo en un minuto.",
            )
            .retry_after(30),
            ResolveError::DoesNotFit => Self::bad_request(
                "La acción no corresponde al estado de la compra. Consúltela de nuevo antes de decidir.",
            ),
            ResolveError::Failure(failure) => failure.into(),
        }
    }
}

/// Decidir sobre una compra que el servidor no puede terminar por sí mismo. Queda en la bitácora.
#[utoipa::path(
    post, path = "/admin/compras/{id}/resolver", tag = "Plataforma",
    params(("id" = i64, Path, description = "Número de la compra")),
    request_body = ResolveBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Decidido; el servidor sigue desde ahí", body = PurchaseView),
        (status = 400, description = "La acción no corresponde al estado", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 409, description = "El servidor trabaja en ella", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<PurchaseView>, ApiError> {
    let mut path = path_fields(&request);
    let id = PurchaseId::new(path.integer(&["id"], i64::MIN..=i64::MAX));
    path.finish()?;
    let mut fields = body.fields()?;
    let (Some(decision), reason) = read(&mut fields) else {
        return Err(fields.into_error());
    };
    fields.finish()?;
    let purchase = resolve(&state.app, &admin.0, id, decision, &reason).await?;
    Ok(web::Json(purchase.into()))
}
