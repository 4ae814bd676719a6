//! `GET /api/v1/payments/compra/{token}`.

use actix_web::{HttpRequest, HttpResponse, web};
use application::purchase::status::find_purchase;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsPortal;
use crate::portal::purchase_view::{PaidView, answer_question};
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/payments/compra/{token}",
    Access::Portal,
    || web::get().to(handle),
);

/// Cómo está una compra; una vez pagada, con las credenciales.
#[utoipa::path(
    get, path = "/api/v1/payments/compra/{token}", tag = "Pagos",
    params(("token" = String, Path, description = "El campo `compra` de la respuesta al pago")),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "El estado de la compra (pagada, o `UnpaidView`)", body = PaidView),
        (status = 401, description = "API Key no válida", body = crate::wire::error::ErrorView),
        (status = 404, description = "No es una compra de este router", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    let token = request.match_info().get("token").unwrap_or_default();
    let found = find_purchase(&state.app, &portal.0, token).await?;
    let answer = found.ok_or_else(|| ApiError::not_found("Compra no encontrada"))?;
    Ok(answer_question(answer, state.app.now()))
}
