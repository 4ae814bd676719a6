//! Integration tests of the protocol crate, one binary.

mod framing;
