//! The sandboxes over real HTTP.

mod conekta_orders;
mod conekta_refunds;
mod conekta_rules;
mod control;
mod faults;
mod mercado_pago_payments;
mod mercado_pago_rules;
mod program;
mod telegram;
mod webhooks;
mod world;
