//! The platform owner's endpoints (`/admin`).

mod api_key_view;
pub(crate) mod create_router;
pub(crate) mod create_tenant;
pub(crate) mod create_user;
pub(crate) mod dashboard;
pub(crate) mod delete_router;
pub(crate) mod find_router;
pub(crate) mod find_user;
pub(crate) mod key_status;
pub(crate) mod list_keys;
pub(crate) mod list_routers;
pub(crate) mod list_tenants;
pub(crate) mod list_users;
mod path;
pub(crate) mod regenerate_key;
pub(crate) mod revoke_key;
mod router_error;
mod router_view;
pub(crate) mod tenant_stats;
mod tenant_view;
pub(crate) mod toggle_router;
pub(crate) mod toggle_tenant;
pub(crate) mod toggle_user;
