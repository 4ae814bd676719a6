//! The hotspot port on RouterOS routers.
