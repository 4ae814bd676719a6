//! Files that anybody may read (`/static`).

pub(crate) mod logo;
