//! The repositories: one file each, all implemented by the unit of work.

mod api_keys;
mod audit;
mod inbox;
mod maintenance;
mod outbox;
mod products;
mod purchase_claims;
mod purchase_lists;
mod purchase_people;
mod purchase_query;
mod purchase_sums;
mod purchases;
mod refunds;
mod router_care;
mod routers;
mod tenants;
mod users;
