//! The platform owner's endpoints (`/admin`).
