//! What a captive portal may ask for, besides buying.

pub mod catalogue;
pub mod payment_status;
pub mod reconnect;
