//! Captive portals' endpoints.
