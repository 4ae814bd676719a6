//! The company's logo.

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CacheControl, CacheDirective, ETag, EntityTag,
};
use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::logo::{LogoError, MAX_LOGO, find_logo, upload_logo};
use futures::TryStreamExt;
use http_kit::body::{body_timeout, in_time};
use http_kit::etag::is_known;
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

use crate::body::Upload;
use crate::body::fields::Fields;
use crate::endpoint::{Access, Endpoint, get, post, tagged};
use crate::error::{ApiError, ProblemsView};
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::texts::{NOT_FOUND, TENANT_NOT_FOUND};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Empresa",
        [
            post("/api/v1/admin/mi-empresa/logo", Access::TenantAdmin, upload)
                .id("subirLogo")
                .summary("Subir el logotipo de la propia empresa; reemplaza al anterior.")
                .upload(&LOGO)
                .ok::<LogoView>("Guardado")
                .refuses(400, "No es PNG, JPEG ni WebP")
                .refuses(404, "Ya no existe")
                .refuses(413, "Más de 2 MiB")
                .responds::<ProblemsView>(422, "Falta el archivo"),
        ],
    )
}

/// What browsers fetch, without a session.
pub(crate) fn public_endpoints() -> Vec<Endpoint> {
    tagged(
        "Servicio",
        [get("/static/logos/{archivo}", Access::Public, download)
            .id("obtenerLogo")
            .summary("El logotipo de una empresa.")
            .path_text("archivo", "El nombre que da `logo_url`")
            .ok_content("La imagen", "image/png", Vec::<u8>::schema())
            .responds_empty(304, "La que ya tiene")
            .refuses(404, "No existe")],
    )
}

static LOGO: Upload = Upload {
    name: "LogoBody",
    about: "Un logotipo.",
    part: "file",
    about_part: "La imagen: PNG, JPEG o WebP, de 2 MiB como máximo.",
};

/// Guardado.
#[derive(Serialize, ToSchema)]
struct LogoView {
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
            LogoError::NotFound => Self::new(StatusCode::NOT_FOUND, TENANT_NOT_FOUND),
            LogoError::Failure(failure) => failure.into(),
        }
    }
}

async fn upload(
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

/// A logo's address changes with its content, so it never expires.
const MAX_AGE_SECONDS: u32 = 365 * 24 * 60 * 60;

async fn download(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().get("archivo").unwrap_or_default();
    let found = find_logo(&state.app, name).await?;
    let logo = found.ok_or_else(|| ApiError::not_found(NOT_FOUND))?;
    let tag = EntityTag::new_strong(logo.etag);
    let known = is_known(&request, &tag);
    let mut response = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header(ETag(tag))
        .insert_header(CacheControl(vec![
            CacheDirective::Public,
            CacheDirective::MaxAge(MAX_AGE_SECONDS),
            CacheDirective::Extension("immutable".to_owned(), None),
        ]))
        // An upload by others: whatever it holds must not run.
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(logo.content_type).body(logo.content))
}

/// Parts of a body at most.
const MAX_PARTS: usize = 8;
/// How much of a body that is too large is still read, so that the sender gets to see why.
const MAX_DRAINED: usize = 16 * 1024 * 1024;

/// An uploaded file.
struct UploadedFile {
    /// As the sender calls it; empty if it does not say.
    name: String,
    content: Vec<u8>,
}

fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "El logo no debe pesar más de 2 MiB",
    )
}

fn invalid(kind: &'static str, msg: &str) -> ApiError {
    let mut fields = Fields::empty("body");
    fields.problem(LOGO.part, kind, msg);
    fields.into_error()
}

fn malformed() -> ApiError {
    invalid(
        "multipart_invalid",
        "El cuerpo debe ser multipart/form-data con el archivo en file",
    )
}

/// Reads the part `file`; others are skipped.
///
/// # Errors
/// `413` when there is too much, `422` when there is no such part or the body is malformed.
async fn read_file(mut body: Multipart) -> Result<UploadedFile, ApiError> {
    let mut file = None;
    let mut read = 0;
    let mut parts = 0;
    while let Some(mut part) = body.try_next().await.map_err(|_garbage| malformed())? {
        parts += 1;
        if parts > MAX_PARTS {
            return Err(malformed());
        }
        let wanted = file.is_none() && part.name() == Some(LOGO.part);
        let content = read_part(&mut part, &mut read, wanted).await?;
        if wanted {
            let name = part
                .content_disposition()
                .and_then(|disposition| disposition.get_filename())
                .unwrap_or_default()
                .to_owned();
            file = Some(UploadedFile { name, content });
        }
    }
    if read > MAX_LOGO {
        return Err(too_large());
    }
    file.ok_or_else(|| invalid("missing", "Este campo es obligatorio"))
}

/// Reads a part to its end; keeps it if wanted, and never more than a logo may have.
async fn read_part(part: &mut Field, read: &mut usize, keep: bool) -> Result<Vec<u8>, ApiError> {
    let mut content = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(|_garbage| malformed())? {
        *read = read.saturating_add(chunk.len());
        if *read > MAX_DRAINED {
            return Err(too_large());
        }
        if keep && *read <= MAX_LOGO {
            content.extend_from_slice(&chunk);
        }
    }
    Ok(content)
}
