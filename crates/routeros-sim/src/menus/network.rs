//! Menus of a router that sells no WiFi: addresses, PPP, queues, the log, scripts and files.

use crate::kind::Kind;
use crate::menus::path;
use crate::schema::{Column, EDIT, Menu, READ, Unique, Verb};

const ADDRESS: &[Column] = &[
    Column::new("address", Kind::Prefix).required(),
    Column::new("network", Kind::Address).computed(),
    Column::new("interface", Kind::Reference(path::INTERFACE, &[])).required(),
    Column::new("actual-interface", Kind::Reference(path::INTERFACE, &[])).computed(),
    Column::new("invalid", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("dynamic", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const PPP_SECRET: &[Column] = &[
    Column::text("name").required(),
    Column::new(
        "service",
        Kind::Choice(&["any", "async", "l2tp", "ovpn", "pppoe", "pptp", "sstp"]),
    )
    .preset("any"),
    Column::text("caller-id").preset(""),
    Column::text("password").secret().preset(""),
    Column::new("profile", Kind::Reference(path::PPP_PROFILE, &[])).preset("default"),
    Column::new("local-address", Kind::Address),
    Column::new("remote-address", Kind::Address),
    Column::text("routes").preset(""),
    Column::new("limit-bytes-in", Kind::Size).preset("0"),
    Column::new("limit-bytes-out", Kind::Size).preset("0"),
    Column::fixed("last-logged-out").preset("1970-01-01 00:00:00"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const PPP_PROFILE: &[Column] = &[
    Column::text("name").required(),
    Column::text("local-address"),
    Column::text("remote-address"),
    Column::text("rate-limit"),
    Column::new("only-one", Kind::Choice(&["default", "no", "yes"])).preset("default"),
    Column::new("session-timeout", Kind::Duration(&[])),
    Column::new("idle-timeout", Kind::Duration(&[])),
    Column::text("dns-server"),
    Column::text("on-up").preset(""),
    Column::text("on-down").preset(""),
    Column::new("default", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::text("comment"),
];

const PPP_ACTIVE: &[Column] = &[
    Column::fixed("name"),
    Column::fixed("service").preset("pppoe"),
    Column::fixed("caller-id").preset(""),
    Column::fixed("address"),
    Column::new("uptime", Kind::Duration(&[])).read_only(),
    Column::fixed("encoding").preset(""),
    Column::new("radius", Kind::Bool)
        .read_only()
        .preset("false"),
];

const QUEUE: &[Column] = &[
    Column::text("name").required(),
    Column::text("target").required(),
    Column::text("dst"),
    Column::text("parent").preset("none"),
    Column::text("packet-marks").preset(""),
    Column::text("priority").preset("8/8"),
    Column::text("queue").preset("default-small/default-small"),
    Column::text("limit-at").preset("0/0"),
    Column::text("max-limit").preset("0/0"),
    Column::text("burst-limit").preset("0/0"),
    Column::text("burst-threshold").preset("0/0"),
    Column::text("burst-time").preset("0s/0s"),
    Column::fixed("rate").preset("0/0"),
    Column::fixed("bytes").preset("0/0"),
    Column::fixed("packets").preset("0/0"),
    Column::new("invalid", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("dynamic", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const LOG: &[Column] = &[
    Column::fixed("time"),
    Column::fixed("topics"),
    Column::fixed("message"),
];

const SCRIPT: &[Column] = &[
    Column::text("name").required(),
    Column::fixed("owner").preset("admin"),
    Column::text("policy").preset("read,write,policy,test"),
    Column::new("dont-require-permissions", Kind::Bool).preset("false"),
    Column::new("run-count", Kind::Size).read_only().preset("0"),
    Column::text("source").preset(""),
    Column::new("invalid", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::text("comment"),
];

const FILE: &[Column] = &[
    Column::text("name").required(),
    Column::fixed("type").preset(".txt file"),
    Column::new("size", Kind::Size).computed(),
    Column::fixed("creation-time").preset("2026-09-26 12:00:00"),
    Column::text("contents").preset(""),
];

const QUEUE_VERBS: &[Verb] = &[
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

const NAMED_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Add,
    Verb::Set,
    Verb::Unset,
    Verb::Remove,
];

const ACTIVE_VERBS: &[Verb] = &[Verb::Print, Verb::Listen, Verb::Find, Verb::Remove];

pub(super) const MENUS: &[Menu] = &[
    Menu::table(path::ADDRESS, EDIT, ADDRESS),
    Menu::table(path::PPP_SECRET, EDIT, PPP_SECRET).named(Unique::Name),
    Menu::table(path::PPP_PROFILE, NAMED_VERBS, PPP_PROFILE).named(Unique::Name),
    Menu::table(path::PPP_ACTIVE, ACTIVE_VERBS, PPP_ACTIVE).named(Unique::No),
    Menu::table(path::QUEUE, QUEUE_VERBS, QUEUE).named(Unique::Name),
    Menu::table(path::LOG, READ, LOG),
    Menu::table(path::SCRIPT, NAMED_VERBS, SCRIPT).named(Unique::Name),
    Menu::table(path::FILE, NAMED_VERBS, FILE).named(Unique::Name),
];
