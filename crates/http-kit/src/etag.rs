//! Entity tags: responses that a caller may have already are sent only when they changed.

use std::hash::{DefaultHasher, Hasher};

use actix_web::http::header::{
    CacheControl, CacheDirective, ETag, EntityTag, Header, IfNoneMatch, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Whether the caller has what this tag names.
#[must_use]
pub fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// `200` with this body, or `304` to who has it. It is for one caller, who asks each time.
///
/// # Errors
/// When the body cannot be written as JSON.
pub fn json_or_not_modified<T: Serialize>(
    request: &HttpRequest,
    body: &T,
) -> Result<HttpResponse, serde_json::Error> {
    let text = serde_json::to_string(body)?;
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    // Weak: compressed it is the same to its reader, but not the same bytes.
    let tag = EntityTag::new_weak(format!("{:016x}-{:x}", hasher.finish(), text.len()));
    let known = is_known(request, &tag);
    let mut response = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header(ETag(tag))
        .insert_header(CacheControl(vec![
            CacheDirective::Private,
            CacheDirective::NoCache,
        ]))
        // The same address is another response to another credential.
        .append_header((VARY, "Accept-Encoding, X-API-Key, Authorization"));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type("application/json").body(text))
}
