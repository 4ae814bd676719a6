//! Selling access: the purchase from the first click to the last refund.
//!
//! [`start`] is the request's part. Everything it may leave undone is finished by
//! [`advance`], which workers run over claimed purchases. Both use the same steps: `charge`,
//! `facts`, `access`, `refund`.

mod access;
pub mod advance;
pub mod answer;
mod charge;
pub(crate) mod facts;
mod keys;
mod late;
pub mod lookup;
mod notices;
mod opened;
mod reconcile;
mod refund;
pub mod repeat;
pub mod request;
pub mod request_refund;
pub mod resolve;
mod run;
mod save;
mod schedule;
pub mod start;
mod undo;
