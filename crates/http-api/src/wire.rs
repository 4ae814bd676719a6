//! Shapes that several endpoints share.

pub(crate) mod audit;
pub(crate) mod error;
pub(crate) mod etag;
pub(crate) mod json;
pub(crate) mod list_filter;
pub(crate) mod moment;
pub(crate) mod payment_state;
pub(crate) mod router_tls;
pub(crate) mod time;
pub(crate) mod url_text;
pub(crate) mod user;
