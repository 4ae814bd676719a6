//! The router itself.

use crate::kind::Kind;
use crate::menus::path;
use crate::schema::{Column, Menu, Nature, READ, SINGLE, Unique, Verb};
use crate::version::Version;

const IDENTITY: &[Column] = &[Column::text("name").preset("MikroTik")];

const RESOURCE: &[Column] = &[
    Column::new("uptime", Kind::Duration(&[])).computed(),
    Column::text("version").computed(),
    Column::fixed("build-time").preset("2025-02-06 09:10:27"),
    Column::fixed("factory-software").preset("6.44.6"),
    Column::new("free-memory", Kind::Size)
        .read_only()
        .preset("815792128"),
    Column::new("total-memory", Kind::Size)
        .read_only()
        .preset("1073741824"),
    Column::fixed("cpu").preset("ARM64"),
    Column::new("cpu-count", Kind::Size).read_only().preset("4"),
    Column::new("cpu-frequency", Kind::Size)
        .read_only()
        .preset("864"),
    Column::new("cpu-load", Kind::Size).read_only().preset("3"),
    Column::new("free-hdd-space", Kind::Size)
        .read_only()
        .preset("94482432"),
    Column::new("total-hdd-space", Kind::Size)
        .read_only()
        .preset("134217728"),
    Column::new("write-sect-since-reboot", Kind::Size)
        .read_only()
        .preset("1024"),
    Column::new("write-sect-total", Kind::Size)
        .read_only()
        .preset("81920"),
    Column::fixed("bad-blocks").preset("0"),
    Column::fixed("architecture-name").preset("arm64"),
    Column::fixed("board-name").preset("hAP ax^2"),
    Column::fixed("platform").preset("MikroTik"),
];

const CLOCK: &[Column] = &[
    Column::text("time").computed(),
    Column::text("date").computed(),
    Column::new("time-zone-autodetect", Kind::Bool).preset("true"),
    Column::text("time-zone-name").preset("UTC"),
    Column::fixed("gmt-offset").preset("+00:00"),
    Column::new("dst-active", Kind::Bool)
        .read_only()
        .preset("false"),
];

const ROUTERBOARD: &[Column] = &[
    Column::new("routerboard", Kind::Bool)
        .read_only()
        .preset("true"),
    Column::fixed("model").preset("C52iG-5HaxD2HaxD"),
    Column::fixed("serial-number").preset("HE000000001"),
    Column::fixed("firmware-type").preset("ipq6000"),
    Column::fixed("factory-firmware").preset("7.4.1"),
    Column::text("current-firmware").computed(),
    Column::text("upgrade-firmware").computed(),
];

const DEVICE_MODE: &[Column] = &[
    Column::fixed("mode").preset("advanced"),
    Column::new("hotspot", Kind::Bool)
        .read_only()
        .preset("true"),
    Column::new("scheduler", Kind::Bool)
        .read_only()
        .preset("true"),
    Column::new("fetch", Kind::Bool).read_only().preset("true"),
    Column::new("container", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("flagged", Kind::Bool)
        .read_only()
        .preset("false"),
];

const INTERFACE: &[Column] = &[
    Column::text("name").required(),
    Column::fixed("default-name"),
    Column::fixed("type").preset("ether"),
    Column::new("mtu", Kind::Size).preset("1500"),
    Column::new("mac-address", Kind::Mac).read_only(),
    Column::new("running", Kind::Bool)
        .read_only()
        .preset("true"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const SERVICE: &[Column] = &[
    Column::fixed("name"),
    Column::new("port", Kind::Size),
    Column::text("address").preset(""),
    Column::text("certificate"),
    Column::new("max-sessions", Kind::Size)
        .read_only()
        .preset("20")
        .since(Version::V7_17),
    Column::fixed("vrf").preset("main").since(Version::V7_17),
    Column::new("invalid", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("disabled", Kind::Bool).preset("false"),
];

const USER_ACTIVE: &[Column] = &[
    Column::text("when").computed(),
    Column::fixed("name"),
    Column::fixed("address"),
    Column::fixed("via").preset("api"),
    Column::fixed("group").preset("full"),
    Column::new("radius", Kind::Bool)
        .read_only()
        .preset("false"),
];

const PRINT: &[Verb] = &[Verb::Print];

/// The first interfaces and services cannot be removed and none can be added.
const INTERFACE_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Set,
    Verb::Enable,
    Verb::Disable,
];

pub(super) const MENUS: &[Menu] = &[
    Menu::single(path::IDENTITY, SINGLE, IDENTITY),
    Menu::single(path::RESOURCE, PRINT, RESOURCE),
    Menu::single(path::CLOCK, SINGLE, CLOCK),
    Menu::single(path::ROUTERBOARD, PRINT, ROUTERBOARD),
    Menu::single(path::DEVICE_MODE, PRINT, DEVICE_MODE).since(Version::V7_17),
    Menu::table(path::INTERFACE, INTERFACE_VERBS, INTERFACE).named(Unique::Name),
    Menu::table(path::SERVICE, INTERFACE_VERBS, SERVICE).named(Unique::Name),
    Menu::table(path::USER_ACTIVE, READ, USER_ACTIVE).nature(Nature::Since),
];
