//! Where the walk takes place, and what it leaves to play with.

use crate::demo::ports::Ports;

/// Where the walk takes place.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The ports of everything.
    pub(crate) ports: Ports,
    /// Whether the database was there before and stays, with what earlier demos left in it.
    pub(crate) kept_database: bool,
    /// Tells this run from others, where a name must not come twice.
    pub(crate) run: String,
}

/// What one can play with afterwards.
#[derive(Debug)]
pub(crate) struct Sold {
    /// The operator's log-in.
    pub(crate) operator_email: String,
    /// The password for that.
    pub(crate) operator_password: String,
    /// The router's API key, as a portal uses it.
    pub(crate) api_key: String,
    /// The router.
    pub(crate) router: String,
    /// The product that was sold.
    pub(crate) product: i64,
    /// The customer's hotspot user.
    pub(crate) user: String,
    /// The password for that.
    pub(crate) password: String,
}
