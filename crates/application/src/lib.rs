//! The use cases: authorisation, transaction boundaries, the purchase.
