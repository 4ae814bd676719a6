//! The use cases by themselves: what answers (gateways, routers, channels) is mocked, what
//! remembers (store, clock, random, secrets) is faked. See [`harness`].

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod audit;
mod auth;
mod checkout;
mod engine;
mod gateway_events;
mod harness;
mod notifications;
mod operator;
mod platform;
mod portal;
mod refund;
mod review;
mod router_care;
