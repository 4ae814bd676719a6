//! `GET /static/logos/{archivo}`.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CacheControl, CacheDirective, ETag, EntityTag,
};
use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::logo::find_logo;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::state::State;
use crate::wire::etag::is_known;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/static/logos/{archivo}", Access::Public, || {
        web::get().to(handle)
    });

/// A logo's address changes with its content: a year is as long as for ever.
const MAX_AGE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// El logotipo de una empresa.
#[utoipa::path(
    get, path = "/static/logos/{archivo}", tag = "Servicio",
    params(("archivo" = String, Path, description = "El nombre que da `logo_url`")),
    responses(
        (status = 200, description = "La imagen", content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "La que ya tiene"),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().get("archivo").unwrap_or_default();
    let found = find_logo(&state.app, name).await?;
    let logo = found.ok_or_else(|| ApiError::not_found("No encontrado"))?;
    let tag = EntityTag::new_strong(logo.etag);
    let known = is_known(&request, &tag);
    let mut answer = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header(ETag(tag))
        .insert_header(CacheControl(vec![
            CacheDirective::Public,
            CacheDirective::MaxAge(MAX_AGE_SECONDS),
            CacheDirective::Extension("immutable".to_owned(), None),
        ]))
        // Somebody else's upload: whatever it is, it runs nothing.
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    if known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type(logo.content_type).body(logo.content))
}
