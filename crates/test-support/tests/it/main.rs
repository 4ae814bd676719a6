//! The fakes keep the contracts, and what is theirs alone.

mod memory_store;
mod memory_store_contract;
