//! Tests of the HTTP surface: the real routes, middleware and error texts over real sockets, on
//! top of an application whose ports are fakes that keep state. See [`harness`] for how to add a
//! module.

mod access;
mod decisions;
mod docs;
mod harness;
mod hotspot;
mod limits;
mod logos;
mod onboarding;
mod openapi;
mod refunds;
mod telegram;
mod webhooks;
