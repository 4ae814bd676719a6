//! Answers that a caller may have already: named by a tag, and sent only when it changed.

use std::hash::{DefaultHasher, Hasher};

use actix_web::http::header::{
    CacheControl, CacheDirective, ETag, EntityTag, Header, IfNoneMatch, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::error::{ApiError, log_chain};

/// Whether the caller has what this tag names.
pub(crate) fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// `200` with this body, or `304` to who has it. It is for one caller, who asks each time.
pub(crate) fn json_or_not_modified<T: Serialize>(
    request: &HttpRequest,
    body: &T,
) -> Result<HttpResponse, ApiError> {
    let text = serde_json::to_string(body).map_err(|error| {
        log_chain(&error);
        ApiError::internal()
    })?;
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    // Weak: compressed it is the same to its reader, but not the same bytes.
    let tag = EntityTag::new_weak(format!("{:016x}-{:x}", hasher.finish(), text.len()));
    let known = is_known(request, &tag);
    let mut answer = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header(ETag(tag))
        .insert_header(CacheControl(vec![
            CacheDirective::Private,
            CacheDirective::NoCache,
        ]))
        // The same address is another catalogue to another key.
        .append_header((VARY, "Accept-Encoding, X-API-Key, Authorization"));
    if known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type("application/json").body(text))
}
