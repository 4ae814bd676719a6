//! Asynchronous RouterOS API client and connection pool.
