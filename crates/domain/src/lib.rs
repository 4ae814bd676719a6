//! Types and rules of selling WiFi access: no I/O, no clock, no randomness.
