//! In-memory fakes that keep state, for tests and simulations.
