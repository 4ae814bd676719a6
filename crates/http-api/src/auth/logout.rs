//! `POST /api/v1/auth/logout`.

use actix_web::web;
use application::auth::session::logout;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AnySession;
use crate::state::State;
use crate::wire::error::MessageView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("POST", "/api/v1/auth/logout", Access::Session, || {
        web::post().to(handle)
    });

/// Cerrar esta sesión: el token deja de valer.
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "Sesión", security(("sesion" = [])),
    responses(
        (status = 200, description = "Sesión cerrada", body = MessageView),
        (status = 401, description = "Token inválido", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    session: AnySession,
) -> Result<web::Json<MessageView>, ApiError> {
    logout(&state.app, &session.0).await?;
    Ok(web::Json(MessageView::new("Sesión cerrada exitosamente")))
}
