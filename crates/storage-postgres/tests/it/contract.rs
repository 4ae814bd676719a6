//! What every store must do.

test_support::store_contract!(crate::support::fresh);
