//! Files that are part of the program: scripts, styles and pages.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};

/// A file, by the name that it has in its folder.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Last part of its path.
    pub name: &'static str,
    /// With its character set.
    pub content_type: &'static str,
    /// All of it.
    pub content: &'static str,
}

impl Asset {
    /// The file of this name.
    #[must_use]
    pub fn find<'a>(assets: &'a [Self], name: &str) -> Option<&'a Self> {
        assets.iter().find(|asset| asset.name == name)
    }

    /// `200` with the file. Browsers ask for it each time: it changes with the program.
    #[must_use]
    pub fn response(&self) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(self.content_type)
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(self.content)
    }
}

/// `200` with an HTML page under this content security policy.
#[must_use]
pub fn page(html: &'static str, policy: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(html)
}
