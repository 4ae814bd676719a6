//! A RouterOS API simulator for tests, as library and binary.
