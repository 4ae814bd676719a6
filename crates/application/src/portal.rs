//! What a captive portal may ask for, beside buying.

pub mod catalogue;
pub mod payment_status;
pub mod profile_info;
pub mod public_config;
pub mod reconnect;
pub mod refusal;
pub mod validate_router;
