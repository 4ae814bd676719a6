//! Child processes that never outlive this command.
//!
//! Every child runs in a process group of its own, so that Ctrl-C reaches only us and we end the
//! children in order. Guards stop them on success, error and panic; a signal ends the waiting loops, which drops
//! the guards; and where this process is killed outright, its janitor does the same from outside.

pub(crate) mod child;
pub(crate) mod interrupt;
pub(crate) mod janitor;
pub(crate) mod tail;
