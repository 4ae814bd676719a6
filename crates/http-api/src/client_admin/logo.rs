//! `POST /api/v1/admin/mi-empresa/logo`.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use application::operator::logo::{LogoError, upload_logo};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::deadline::{body_timeout, in_time};
use crate::client_admin::company_error::COMPANY_NOT_FOUND;
use crate::client_admin::logo_part::{read_file, too_large};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/admin/mi-empresa/logo",
    Access::TenantAdmin,
    || web::post().to(handle),
);

/// Un logotipo.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read as a stream")]
pub(crate) struct LogoBody {
    /// La imagen: PNG, JPEG o WebP, de 2 MiB como máximo.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Guardado.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogoView {
    /// Texto para personas.
    message: &'static str,
    /// Dirección del logotipo.
    #[schema(example = "/static/logos/logo_EMP_7B20C4D91E_9f01ab.png")]
    logo_url: String,
}

impl From<LogoError> for ApiError {
    fn from(error: LogoError) -> Self {
        match error {
            LogoError::NotAPicture => Self::bad_request("Formato de imagen no permitido"),
            LogoError::TooLarge => too_large(),
            LogoError::NotFound => Self::new(StatusCode::NOT_FOUND, COMPANY_NOT_FOUND),
            LogoError::Failure(failure) => failure.into(),
        }
    }
}

/// Subir el logotipo de la propia empresa; reemplaza al anterior.
#[utoipa::path(
    post, path = "/api/v1/admin/mi-empresa/logo", tag = "Empresa",
    request_body(content = LogoBody, content_type = "multipart/form-data"),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Guardado", body = LogoView),
        (status = 400, description = "No es PNG, JPEG ni WebP", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "Ya no existe", body = crate::wire::error::ErrorView),
        (status = 413, description = "Más de 2 MiB", body = crate::wire::error::ErrorView),
        (status = 422, description = "Falta el archivo", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: Multipart,
) -> Result<web::Json<LogoView>, ApiError> {
    // Far more than any other body.
    let limit = body_timeout(&request) * 2;
    let file = in_time(limit, read_file(body)).await?;
    let logo_url = upload_logo(&state.app, &admin.0, &file.name, file.content).await?;
    Ok(web::Json(LogoView {
        message: "Logo actualizado correctamente",
        logo_url,
    }))
}
