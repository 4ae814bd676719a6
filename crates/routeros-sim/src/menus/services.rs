//! What a set-up touches beside the hotspot: the router's own users, certificates, pools, DHCP.

use crate::kind::Kind;
use crate::menus::path;
use crate::schema::{Column, EDIT, Menu, READ, Unique};

const GROUP: &[Column] = &[
    Column::text("name").required(),
    Column::text("policy").preset("read"),
    Column::text("comment"),
];

const USER: &[Column] = &[
    Column::text("name").required(),
    Column::text("password").secret(),
    Column::new("group", Kind::Reference(path::ACCOUNT_GROUP, &[])).required(),
    Column::text("address").preset(""),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const CERTIFICATE: &[Column] = &[
    Column::text("name").required(),
    Column::text("common-name").required(),
    Column::new("key-size", Kind::Number(&[])).preset("2048"),
    Column::new("days-valid", Kind::Number(&[])).preset("365"),
    Column::text("key-usage"),
    // There once the certificate is signed.
    Column::fixed("fingerprint"),
];

const POOL: &[Column] = &[
    Column::text("name").required(),
    Column::text("ranges").required(),
    Column::text("next-pool").preset("none"),
    Column::text("comment"),
];

const POOL_USED: &[Column] = &[
    Column::fixed("pool"),
    Column::new("address", Kind::Address).read_only(),
    Column::fixed("owner").preset("hotspot"),
    Column::fixed("info"),
];

const DHCP_SERVER: &[Column] = &[
    Column::text("name").required(),
    Column::new("interface", Kind::Reference(path::INTERFACE, &[])).required(),
    Column::text("address-pool").preset("static-only"),
    Column::new("lease-time", Kind::Duration(&[])).preset("30m"),
    Column::new(
        "dhcp-option-set",
        Kind::Reference(path::DHCP_OPTION_SETS, &["none"]),
    ),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const DHCP_OPTION: &[Column] = &[
    Column::text("name").required(),
    Column::new("code", Kind::Number(&[])).required(),
    Column::text("value"),
    Column::text("comment"),
];

const DHCP_OPTION_SETS: &[Column] = &[
    Column::text("name").required(),
    Column::text("options"),
    Column::text("comment"),
];

pub(super) const MENUS: &[Menu] = &[
    Menu::table(path::ACCOUNT_GROUP, EDIT, GROUP).named(Unique::Name),
    Menu::table(path::ACCOUNT, EDIT, USER).named(Unique::Name),
    Menu::table(path::CERTIFICATE, EDIT, CERTIFICATE).named(Unique::Name),
    Menu::table(path::POOL, EDIT, POOL).named(Unique::Name),
    Menu::table(path::POOL_USED, READ, POOL_USED),
    Menu::table(path::DHCP_SERVER, EDIT, DHCP_SERVER).named(Unique::Name),
    Menu::table(path::DHCP_OPTION, EDIT, DHCP_OPTION).named(Unique::Name),
    Menu::table(path::DHCP_OPTION_SETS, EDIT, DHCP_OPTION_SETS).named(Unique::Name),
];
