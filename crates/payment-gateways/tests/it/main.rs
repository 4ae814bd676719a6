//! The adapters against scripted servers, the stateful sandboxes, and the vendors' own API
//! descriptions.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod conekta_faults;
mod conekta_sandbox;
mod events;
mod fixtures;
mod mercado_pago_faults;
mod mercado_pago_sandbox;
mod openapi;
mod stub;
