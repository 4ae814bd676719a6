//! What happens around every request.

pub(crate) mod cors_refusal;
pub(crate) mod head;
pub(crate) mod request_id;
pub(crate) mod security_headers;
