//! Operators' endpoints (`/api/v1/admin`).
