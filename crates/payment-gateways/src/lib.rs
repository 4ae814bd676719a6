//! Conekta and Mercado Pago behind the payment port.
//!
//! Both adapters speak JSON over one bounded HTTP client each: no redirects, no proxy, limited
//! waits, limited answers. What an answer means is decided by what the caller may do next (see
//! [`ports::payments`]); whatever leaves room for doubt about moved money is *unknown*.
//!
//! Nothing here reads a clock (beyond deadlines), draws random numbers or touches the
//! environment, and no key, card token or customer's data reaches an error or a log.

mod conekta;
mod http;
mod marks;
mod mercado_pago;
mod outcome;
mod text;
mod tolerant;

pub use crate::conekta::ConektaGateway;
pub use crate::http::{ConektaConfig, ConfigError, MercadoPagoConfig};
pub use crate::mercado_pago::{MercadoPagoGateway, accepts_notification_url};
