//! What every HTTP face of the server shares: deadlines for connections and bodies, request ids,
//! client addresses, abuse limits, security headers, entity tags and static assets.
//!
//! It knows no tenant, no purchase and no text for people: each face responds in its own words.

pub mod assets;
pub mod body;
pub mod client_address;
pub mod connection;
pub mod etag;
pub mod headers;
pub mod limits;
pub mod request_id;
pub mod serve;
pub mod settings;
