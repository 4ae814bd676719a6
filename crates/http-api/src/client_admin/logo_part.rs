//! The one file of a multipart body, read with bounds.

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use application::operator::logo::MAX_LOGO;
use futures::TryStreamExt;

use crate::body::fields::Fields;
use crate::error::ApiError;

/// The part that holds the file.
const PART: &str = "file";
/// Parts of a body at most.
const MAX_PARTS: usize = 8;
/// How much of a body that is too large is still read, so that the sender gets to see why.
const MAX_DRAINED: usize = 16 * 1024 * 1024;

/// An uploaded file.
pub(super) struct UploadedFile {
    /// As the sender calls it; empty if it does not say.
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

pub(super) fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "El logo no debe pesar más de 2 MiB",
    )
}

fn invalid(kind: &'static str, msg: &str) -> ApiError {
    let mut fields = Fields::empty("body");
    fields.problem(PART, kind, msg);
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
pub(super) async fn read_file(mut body: Multipart) -> Result<UploadedFile, ApiError> {
    let mut file = None;
    let mut read = 0;
    let mut parts = 0;
    while let Some(mut part) = body.try_next().await.map_err(|_garbage| malformed())? {
        parts += 1;
        if parts > MAX_PARTS {
            return Err(malformed());
        }
        let wanted = file.is_none() && part.name() == Some(PART);
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
