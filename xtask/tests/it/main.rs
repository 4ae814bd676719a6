//! The commands, run as their users run them.

#[cfg(test)]
mod janitor;
#[cfg(test)]
mod postgres;
