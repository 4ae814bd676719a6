//! Integration tests of the protocol crate, one binary.

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod attributes;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod framing;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod login;
#[cfg(test)]
mod model;
#[cfg(test)]
mod query;
#[cfg(test)]
mod row;
#[cfg(test)]
mod trap;
#[cfg(test)]
#[cfg(feature = "serde")]
mod typed;
#[cfg(test)]
mod value;
#[cfg(test)]
mod wire;
