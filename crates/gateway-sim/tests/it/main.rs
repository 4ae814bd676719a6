//! The sandboxes over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod conekta_orders;
mod conekta_rules;
mod control;
mod faults;
mod mercado_pago_payments;
mod telegram;
mod webhooks;
mod world;
