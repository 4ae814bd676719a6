//! `/ip/hotspot/active`, `host` and `cookie`: who is there now.

use core::net::IpAddr;

use crate::menu::typed::typed_row;
use crate::text::Value;
use crate::value::{Id, MacAddress, RouterDuration, Timeout};

typed_row! {
    /// A row of `/ip/hotspot/active`. The id does not outlive the session.
    ///
    /// ```
    /// use routeros_proto::menu::ActiveRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("user", "V7K2"), ("uptime", "12m44s")])?;
    /// let session = ActiveRow::new(row.view());
    /// assert_eq!(session.uptime().value().unwrap().as_secs(), 764);
    /// assert!(session.session_time_left().is_missing());
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    ActiveRow {
        /// The id.
        id: Id = ".id",
        /// Name of the server.
        server: Value<'a> = "server",
        /// Name of the user.
        user: Value<'a> = "user",
        /// RADIUS domain.
        domain: Value<'a> = "domain",
        /// Address of the client.
        address: IpAddr = "address",
        /// Device of the client.
        mac_address: MacAddress = "mac-address",
        /// `cookie`, `http-chap`, `http-pap`, `https`, `mac`, `mac-cookie` or `trial`.
        login_by: Value<'a> = "login-by",
        /// Length of the session.
        uptime: RouterDuration = "uptime",
        /// Silence so far.
        idle_time: RouterDuration = "idle-time",
        /// What is left; missing when no limit applies.
        session_time_left: RouterDuration = "session-time-left",
        /// Silence after which the session ends.
        idle_timeout: Timeout = "idle-timeout",
        /// Absence after which the session ends.
        keepalive_timeout: Timeout = "keepalive-timeout",
        /// Bytes from the client.
        bytes_in: u64 = "bytes-in",
        /// Bytes to the client.
        bytes_out: u64 = "bytes-out",
        /// Packets from the client.
        packets_in: u64 = "packets-in",
        /// Packets to the client.
        packets_out: u64 = "packets-out",
        /// Bytes from the client that are allowed.
        limit_bytes_in: u64 = "limit-bytes-in",
        /// Bytes to the client that are allowed.
        limit_bytes_out: u64 = "limit-bytes-out",
        /// Bytes that are allowed.
        limit_bytes_total: u64 = "limit-bytes-total",
        /// Whether RADIUS let the client in.
        radius: bool = "radius",
        /// The user's comment.
        comment: Value<'a> = "comment",
    }
}

typed_row! {
    /// A row of `/ip/hotspot/host`: a device that the hotspot sees, logged in or not.
    ///
    /// ```
    /// use routeros_proto::menu::HostRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("address", "10.5.50.2"), ("authorized", "false")])?;
    /// let host = HostRow::new(row.view());
    /// assert_eq!(host.authorized().value(), Some(false));
    /// assert!(host.address().value().unwrap().is_ipv4());
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    HostRow {
        /// The id.
        id: Id = ".id",
        /// The device.
        mac_address: MacAddress = "mac-address",
        /// Its address.
        address: IpAddr = "address",
        /// The address it is translated to.
        to_address: IpAddr = "to-address",
        /// Name of the server.
        server: Value<'a> = "server",
        /// Port of the bridge it is behind.
        bridge_port: Value<'a> = "bridge-port",
        /// Since when it is seen.
        uptime: RouterDuration = "uptime",
        /// Silence so far.
        idle_time: RouterDuration = "idle-time",
        /// Silence after which it is forgotten.
        idle_timeout: Timeout = "idle-timeout",
        /// Absence after which it is forgotten.
        keepalive_timeout: Timeout = "keepalive-timeout",
        /// Time since it was last seen.
        host_dead_time: RouterDuration = "host-dead-time",
        /// Bytes from the client.
        bytes_in: u64 = "bytes-in",
        /// Bytes to the client.
        bytes_out: u64 = "bytes-out",
        /// Packets from the client.
        packets_in: u64 = "packets-in",
        /// Packets to the client.
        packets_out: u64 = "packets-out",
        /// Whether it is logged in.
        authorized: bool = "authorized",
        /// Whether it needs no login.
        bypassed: bool = "bypassed",
        /// Whether its address was given by the hotspot.
        dynamic: bool = "dynamic",
        /// How it was found, in versions that say so.
        found_by: Value<'a> = "found-by",
    }
}

typed_row! {
    /// A row of `/ip/hotspot/cookie`: lets a device back in without a password.
    ///
    /// ```
    /// use routeros_proto::menu::CookieRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("mac-address", "AA:BB:CC:00:01:FF"), ("expires-in", "3d")])?;
    /// let cookie = CookieRow::new(row.view());
    /// assert_eq!(cookie.expires_in().value().unwrap().as_secs(), 259_200);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    CookieRow {
        /// The id.
        id: Id = ".id",
        /// Name of the user.
        user: Value<'a> = "user",
        /// RADIUS domain.
        domain: Value<'a> = "domain",
        /// The device.
        mac_address: MacAddress = "mac-address",
        /// What is left of its life.
        expires_in: RouterDuration = "expires-in",
        /// Whether it is bound to the device rather than to a browser.
        mac_cookie: bool = "mac-cookie",
    }
}
