//! Tests of the HTTP surface: the real routes, middleware and error texts over real sockets, on
//! top of an application whose ports are fakes that keep state. See [`harness`] for how to add a
//! module.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod access;
mod decisions;
mod docs;
mod harness;
mod hotspot;
mod limits;
mod lists;
mod logos;
mod money;
mod onboarding;
mod openapi;
mod operators;
mod outcomes;
mod platform;
mod purchases;
mod refunds;
mod refusals;
mod repeats;
mod router_kit;
mod sales;
mod telegram;
mod transport;
mod twins;
mod webhooks;
