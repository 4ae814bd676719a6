//! Sans-io RouterOS API protocol for clients and servers.
