//! `/system/identity` and `/system/resource`: one row each, without an id.

use crate::menu::field::Size;
use crate::menu::typed::typed_row;
use crate::text::Value;
use crate::value::{DateTime, RouterDuration, Version};

typed_row! {
    /// The row of `/system/identity`.
    ///
    /// ```
    /// use routeros_proto::menu::IdentityRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("name", "Caf\u{e9}")])?;
    /// assert_eq!(IdentityRow::new(row.view()).name().value().unwrap().text(), "Caf\u{e9}");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    IdentityRow {
        /// Name of the router.
        name: Value<'a> = "name",
    }
}

typed_row! {
    /// The row of `/system/resource`.
    ///
    /// ```
    /// use routeros_proto::menu::ResourceRow;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("version", "7.18.2 (stable)"), ("free-memory", "16.0MiB")])?;
    /// let resource = ResourceRow::new(row.view());
    /// assert!(resource.version().value().unwrap().sends_empty());
    /// assert_eq!(resource.free_memory().value().unwrap().0, 16 << 20);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    ResourceRow {
        /// Time since the start.
        uptime: RouterDuration = "uptime",
        /// Version of RouterOS.
        version: Version = "version",
        /// When this version was built.
        build_time: DateTime = "build-time",
        /// Version the board left the factory with.
        factory_software: Version = "factory-software",
        /// Bytes.
        free_memory: Size = "free-memory",
        /// Bytes.
        total_memory: Size = "total-memory",
        /// Name of the processor.
        cpu: Value<'a> = "cpu",
        /// Number of cores.
        cpu_count: u64 = "cpu-count",
        /// MHz.
        cpu_frequency: u64 = "cpu-frequency",
        /// Percent.
        cpu_load: u64 = "cpu-load",
        /// Bytes.
        free_hdd_space: Size = "free-hdd-space",
        /// Bytes.
        total_hdd_space: Size = "total-hdd-space",
        /// Sectors written since the start.
        write_sect_since_reboot: u64 = "write-sect-since-reboot",
        /// Sectors written ever.
        write_sect_total: u64 = "write-sect-total",
        /// Percent.
        bad_blocks: Value<'a> = "bad-blocks",
        /// Such as `arm64`.
        architecture_name: Value<'a> = "architecture-name",
        /// Such as `hAP ac^2`.
        board_name: Value<'a> = "board-name",
        /// `MikroTik`.
        platform: Value<'a> = "platform",
    }
}
