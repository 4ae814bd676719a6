//! What a device may reach before it is logged in.

use crate::kind::Kind;
use crate::schema::{Column, Menu, Verb};

const HTTP: &[Column] = &[
    Column::new("action", Kind::Choice(&["allow", "deny"])).preset("allow"),
    Column::text("dst-host"),
    Column::text("dst-port"),
    Column::text("path"),
    Column::text("method"),
    Column::new("server", Kind::Reference("/ip/hotspot", &["all"])),
    Column::new("src-address", Kind::Address),
    Column::new("dst-address", Kind::Address),
    Column::new("hits", Kind::Size).read_only().preset("0"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const IP: &[Column] = &[
    Column::new("action", Kind::Choice(&["accept", "drop", "reject"])).preset("accept"),
    Column::text("dst-address"),
    Column::text("dst-host"),
    Column::text("dst-port"),
    Column::text("protocol"),
    Column::new("server", Kind::Reference("/ip/hotspot", &["all"])),
    Column::text("src-address"),
    Column::new("invalid", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Add,
    Verb::Set,
    Verb::Unset,
    Verb::Remove,
    Verb::Enable,
    Verb::Disable,
    Verb::Move,
];

pub(super) const MENUS: &[Menu] = &[
    Menu::table("/ip/hotspot/walled-garden", VERBS, HTTP),
    Menu::table("/ip/hotspot/walled-garden/ip", VERBS, IP),
];
