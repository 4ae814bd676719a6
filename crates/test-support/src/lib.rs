//! Test databases, builders and contract suites.
