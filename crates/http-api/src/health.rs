//! Endpoints about the server itself.

pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod openapi_json;
pub(crate) mod ready;
pub(crate) mod root;
