//! Conekta, API version 2.3.0: an order first, then its one charge. No idempotency key, so nothing
//! that moves money is ever sent twice.

mod api;
mod charge;
mod codes;
mod event;
mod facts;
pub(crate) mod gateway;
mod proof;
mod read;
mod refund;
mod refusal;
mod requests;
mod status;
mod wire;
