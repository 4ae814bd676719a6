//! What the application needs from the outside, as traits, with in-memory fakes.
