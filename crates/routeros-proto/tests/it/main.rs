//! Integration tests of the protocol crate, one binary.

#[cfg(test)]
mod connection;
#[cfg(test)]
mod framing;
#[cfg(test)]
mod login;
#[cfg(test)]
mod query;
#[cfg(test)]
mod trap;
#[cfg(test)]
mod wire;
