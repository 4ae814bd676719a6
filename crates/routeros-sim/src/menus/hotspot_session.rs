//! Who is seen, who is logged in, who may come back.

use crate::kind::Kind;
use crate::menus::path;
use crate::schema::{Column, Menu, Nature, Verb};

const ACTIVE: &[Column] = &[
    Column::fixed("server"),
    Column::fixed("user"),
    Column::fixed("domain"),
    Column::new("address", Kind::Address).read_only(),
    Column::new("mac-address", Kind::Mac).read_only(),
    Column::fixed("login-by"),
    Column::new("uptime", Kind::Duration(&[])).computed(),
    Column::new("idle-time", Kind::Duration(&[]))
        .read_only()
        .preset("0s"),
    Column::new("session-time-left", Kind::Duration(&[])).computed(),
    Column::new("idle-timeout", Kind::Duration(&[])).read_only(),
    Column::new("keepalive-timeout", Kind::Duration(&[])).read_only(),
    Column::new("bytes-in", Kind::Size).computed(),
    Column::new("bytes-out", Kind::Size).computed(),
    Column::new("packets-in", Kind::Size).computed(),
    Column::new("packets-out", Kind::Size).computed(),
    Column::new("limit-bytes-in", Kind::Size).read_only(),
    Column::new("limit-bytes-out", Kind::Size).read_only(),
    Column::new("limit-bytes-total", Kind::Size).read_only(),
    Column::new("radius", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::text("comment").computed(),
];

const HOST: &[Column] = &[
    Column::new("mac-address", Kind::Mac).read_only(),
    Column::new("address", Kind::Address).read_only(),
    Column::new("to-address", Kind::Address).read_only(),
    Column::fixed("server"),
    Column::fixed("bridge-port"),
    Column::new("uptime", Kind::Duration(&[])).computed(),
    Column::new("idle-time", Kind::Duration(&[]))
        .read_only()
        .preset("0s"),
    Column::new("idle-timeout", Kind::Duration(&[])).read_only(),
    Column::new("keepalive-timeout", Kind::Duration(&[])).read_only(),
    Column::new("host-dead-time", Kind::Duration(&[])).read_only(),
    Column::new("bytes-in", Kind::Size).read_only().preset("0"),
    Column::new("bytes-out", Kind::Size).read_only().preset("0"),
    Column::new("packets-in", Kind::Size)
        .read_only()
        .preset("0"),
    Column::new("packets-out", Kind::Size)
        .read_only()
        .preset("0"),
    Column::fixed("found-by").preset("DHCP"),
    Column::new("DHCP", Kind::Bool).read_only().preset("true"),
    Column::new("authorized", Kind::Bool).computed(),
    Column::new("bypassed", Kind::Bool).computed(),
    Column::new("dynamic", Kind::Bool)
        .read_only()
        .preset("true"),
];

const COOKIE: &[Column] = &[
    Column::text("user").required(),
    Column::text("domain"),
    Column::new("mac-address", Kind::Mac).required(),
    Column::new("expires-in", Kind::Duration(&[])).computed(),
    Column::new("mac-cookie", Kind::Bool)
        .read_only()
        .preset("false"),
];

const HOST_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Remove,
    Verb::MakeBinding,
];

const ACTIVE_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Remove,
    Verb::Login,
];

/// `add` is there on some versions only, which a switch decides.
const COOKIE_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Remove,
    Verb::Add,
];

pub(super) const MENUS: &[Menu] = &[
    Menu::table(path::ACTIVE, ACTIVE_VERBS, ACTIVE).nature(Nature::Session),
    Menu::table(path::HOST, HOST_VERBS, HOST).nature(Nature::Since),
    Menu::table(path::COOKIE, COOKIE_VERBS, COOKIE).nature(Nature::Expiring),
];
