//! HTTP endpoints, wire types, error texts and OpenAPI.
