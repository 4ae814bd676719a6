//! The adapters against scripted servers, the stateful sandboxes, and the vendors' own API
//! descriptions.

mod conekta_faults;
mod conekta_sandbox;
mod fixtures;
mod mercado_pago_faults;
mod mercado_pago_sandbox;
mod notices;
mod openapi;
mod stub;
