//! The adapters from outside, through their ports.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod secrets;
mod tokens;
