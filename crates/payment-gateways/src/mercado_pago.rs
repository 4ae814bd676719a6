//! Mercado Pago, Payments API. Every POST and PUT carries an idempotency key, so a request whose
//! answer was lost is repeated as it was, inside of the same call only.

mod api;
pub(crate) mod body;
mod causes;
mod charge;
mod event;
mod facts;
pub(crate) mod gateway;
mod proof;
mod read;
mod refund;
mod repeat;
mod status;
mod wire;
