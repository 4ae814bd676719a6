//! `/ip/hotspot/user`, its profiles, and `/ip/hotspot/ip-binding`.

use core::net::IpAddr;

use crate::menu::field::SharedUsers;
use crate::menu::typed::typed_row;
use crate::secret::SecretRef;
use crate::text::Value;
use crate::value::{Id, MacAddress, RateLimit, RouterDuration, Timeout};

typed_row! {
    /// A row of `/ip/hotspot/user`. Limits and counters are cumulative over the life of the row,
    /// not per session.
    ///
    /// ```
    /// use routeros_proto::menu::HotspotUserRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([(".id", "*1F"), ("limit-uptime", "1h"), ("new", "7")])?;
    /// let user = HotspotUserRow::new(row.view());
    /// assert_eq!(user.limit_uptime().value().unwrap().as_secs(), 3600);
    /// assert_eq!(user.unknown().count(), 1);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    HotspotUserRow {
        /// The id; `*0` is the built-in `default-trial`.
        id: Id = ".id",
        /// Unique per server.
        name: Value<'a> = "name",
        /// Missing without the `sensitive` policy, which does not mean empty.
        password: SecretRef<'a> = "password",
        /// Name of the profile.
        profile: Value<'a> = "profile",
        /// Name of the server, or `all`.
        server: Value<'a> = "server",
        /// The only device that may log in; all zeros for any.
        mac_address: MacAddress = "mac-address",
        /// Static address; `0.0.0.0` for none. No restriction on who logs in.
        address: IpAddr = "address",
        /// Total time of use; 0 for no limit.
        limit_uptime: RouterDuration = "limit-uptime",
        /// Total bytes from the client; 0 for no limit.
        limit_bytes_in: u64 = "limit-bytes-in",
        /// Total bytes to the client; 0 for no limit.
        limit_bytes_out: u64 = "limit-bytes-out",
        /// Total bytes; 0 for no limit.
        limit_bytes_total: u64 = "limit-bytes-total",
        /// Time used so far. Updated when a session ends.
        uptime: RouterDuration = "uptime",
        /// Bytes from the client so far.
        bytes_in: u64 = "bytes-in",
        /// Bytes to the client so far.
        bytes_out: u64 = "bytes-out",
        /// Packets from the client so far.
        packets_in: u64 = "packets-in",
        /// Packets to the client so far.
        packets_out: u64 = "packets-out",
        /// Checked for shape by some versions.
        email: Value<'a> = "email",
        /// Free text.
        comment: Value<'a> = "comment",
        /// Routes added while logged in.
        routes: Value<'a> = "routes",
        /// Whether logging in is refused.
        disabled: bool = "disabled",
        /// Made by the router itself.
        dynamic: bool = "dynamic",
        /// The built-in row.
        default: bool = "default",
    }
}

typed_row! {
    /// A row of `/ip/hotspot/user/profile`: speed and number of devices live here.
    ///
    /// ```
    /// use routeros_proto::menu::HotspotProfileRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("name", "1h"), ("rate-limit", "512k/1M")])?;
    /// let profile = HotspotProfileRow::new(row.view());
    /// assert_eq!(profile.rate_limit().value().unwrap().rate.tx, 1_000_000);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    HotspotProfileRow {
        /// The id.
        id: Id = ".id",
        /// Unique.
        name: Value<'a> = "name",
        /// Name of the pool, or `none`.
        address_pool: Value<'a> = "address-pool",
        /// How long one login lasts; 0 for no limit.
        session_timeout: Timeout = "session-timeout",
        /// Silence after which a session ends.
        idle_timeout: Timeout = "idle-timeout",
        /// Absence after which a session ends.
        keepalive_timeout: Timeout = "keepalive-timeout",
        /// How often the status page reloads.
        status_autorefresh: Timeout = "status-autorefresh",
        /// Devices at a time.
        shared_users: SharedUsers = "shared-users",
        /// Speed; empty for no limit.
        rate_limit: RateLimit = "rate-limit",
        /// Whether a device that logged in once is let in again by its MAC.
        add_mac_cookie: bool = "add-mac-cookie",
        /// For how long.
        mac_cookie_timeout: Timeout = "mac-cookie-timeout",
        /// Address list that holds the client while logged in.
        address_list: Value<'a> = "address-list",
        /// Script, possibly of many lines.
        on_login: Value<'a> = "on-login",
        /// Script, possibly of many lines.
        on_logout: Value<'a> = "on-logout",
        /// Parent of the client's queue.
        parent_queue: Value<'a> = "parent-queue",
        /// `always` or `http-login`.
        open_status_page: Value<'a> = "open-status-page",
        /// Whether web traffic goes through the router's proxy.
        transparent_proxy: bool = "transparent-proxy",
        /// Whether advertisements are shown.
        advertise: bool = "advertise",
        /// The built-in profile, which cannot be removed.
        default: bool = "default",
    }
}

typed_row! {
    /// A row of `/ip/hotspot/ip-binding`.
    ///
    /// ```
    /// use routeros_proto::menu::IpBindingRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("type", "bypassed"), ("disabled", "no")])?;
    /// let binding = IpBindingRow::new(row.view());
    /// assert_eq!(binding.kind().value().unwrap(), "bypassed");
    /// assert_eq!(binding.disabled().value(), Some(false));
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    IpBindingRow {
        /// The id.
        id: Id = ".id",
        /// The device.
        mac_address: MacAddress = "mac-address",
        /// Its address; a single one, a prefix or a range.
        address: Value<'a> = "address",
        /// The address it is translated to.
        to_address: Value<'a> = "to-address",
        /// Name of the server, or `all`.
        server: Value<'a> = "server",
        /// `regular`, `bypassed` or `blocked`.
        kind: Value<'a> = "type",
        /// Free text.
        comment: Value<'a> = "comment",
        /// Whether it counts.
        disabled: bool = "disabled",
    }
}
