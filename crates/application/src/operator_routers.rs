//! The operator's own routers.

pub mod list;
pub mod profiles;
pub mod test_connection;
pub mod update;
