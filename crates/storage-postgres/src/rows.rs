//! Rows of the tables, and how they become what the domain knows.

#![expect(
    clippy::ref_option_ref,
    reason = "in what diesel's AsChangeset derive writes for optional fields"
)]

pub(crate) mod api_key;
pub(crate) mod audit;
pub(crate) mod card;
pub(crate) mod convert;
pub(crate) mod gateway;
pub(crate) mod inbox;
pub(crate) mod outbox;
pub(crate) mod product;
pub(crate) mod purchase;
pub(crate) mod purchase_write;
pub(crate) mod refund;
pub(crate) mod router;
pub(crate) mod router_care;
pub(crate) mod tenant;
pub(crate) mod user;
