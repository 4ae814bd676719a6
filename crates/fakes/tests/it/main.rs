//! The fake gateway and the fake routers keep state as the real ones do, and fail where told.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod gateway;
mod hotspot;
