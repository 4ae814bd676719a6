//! Entity tags: responses that a caller may have already are sent only when they changed.

use std::hash::{DefaultHasher, Hasher};

use actix_web::http::header::{
    CacheControl, CacheDirective, ETag, EntityTag, Header, IfNoneMatch, VARY,
};
use actix_web::web::Bytes;
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

/// A text with its entity tag.
#[derive(Debug, Clone)]
pub struct Tagged {
    text: Bytes,
    tag: EntityTag,
}

impl Tagged {
    /// Tags a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        // Weak: compressed it is the same to its reader, but not the same bytes.
        let tag = EntityTag::new_weak(format!("{:016x}-{:x}", hasher.finish(), text.len()));
        Self {
            text: text.into(),
            tag,
        }
    }

    /// `200` with the text as JSON, or `304` to who has it. It is for one caller, who asks each
    /// time.
    #[must_use]
    pub fn response(&self, request: &HttpRequest) -> HttpResponse {
        let known = is_known(request, &self.tag);
        let mut response = if known {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header(ETag(self.tag.clone()))
            .insert_header(CacheControl(vec![
                CacheDirective::Private,
                CacheDirective::NoCache,
            ]))
            // The same address is another response to another credential.
            .append_header((VARY, "Accept-Encoding, X-API-Key, Authorization"));
        if known {
            return response.finish();
        }
        response
            .content_type("application/json")
            .body(self.text.clone())
    }
}

/// `200` with this body, or `304` to who has it.
///
/// # Errors
/// When the body cannot be written as JSON.
pub fn json_or_not_modified<T: Serialize>(
    request: &HttpRequest,
    body: &T,
) -> Result<HttpResponse, serde_json::Error> {
    Ok(Tagged::new(serde_json::to_string(body)?).response(request))
}
