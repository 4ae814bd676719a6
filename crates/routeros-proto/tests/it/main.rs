//! Integration tests of the protocol crate, one binary.

#[cfg(test)]
mod framing;
#[cfg(test)]
mod query;
