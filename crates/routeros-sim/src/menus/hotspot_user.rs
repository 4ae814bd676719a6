//! Hotspot users and their profiles.

use crate::kind::Kind;
use crate::menus::path;
use crate::schema::{Column, Menu, Nature, Unique, Verb};
use crate::version::Version;

const NONE: &[&str] = &["none"];

const USER: &[Column] = &[
    Column::new("server", Kind::Reference("/ip/hotspot", &["all"])).preset("all"),
    Column::text("name").required(),
    Column::text("password").secret(),
    Column::text("otp-secret").secret().since(Version::V7_17),
    Column::new("address", Kind::Address),
    Column::new("mac-address", Kind::Mac),
    Column::new("profile", Kind::Reference("/ip/hotspot/user/profile", &[])).preset("default"),
    Column::text("routes"),
    Column::text("email"),
    Column::new("limit-uptime", Kind::Duration(&[])),
    Column::new("limit-bytes-in", Kind::Size),
    Column::new("limit-bytes-out", Kind::Size),
    Column::new("limit-bytes-total", Kind::Size),
    Column::new("uptime", Kind::Duration(&[])).computed(),
    Column::new("bytes-in", Kind::Size).computed(),
    Column::new("bytes-out", Kind::Size).computed(),
    Column::new("packets-in", Kind::Size).computed(),
    Column::new("packets-out", Kind::Size).computed(),
    Column::new("default", Kind::Bool).read_only(),
    Column::new("dynamic", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

const PROFILE: &[Column] = &[
    Column::text("name").required(),
    Column::text("address-pool").preset("none"),
    Column::new("session-timeout", Kind::Duration(NONE)).preset("0s"),
    Column::new("idle-timeout", Kind::Duration(NONE)).preset("none"),
    Column::new("keepalive-timeout", Kind::Duration(NONE)).preset("2m"),
    Column::new("status-autorefresh", Kind::Duration(NONE)).preset("1m"),
    Column::new("shared-users", Kind::Number(&["unlimited"])).preset("1"),
    Column::text("rate-limit"),
    Column::new("add-mac-cookie", Kind::Bool).preset("true"),
    Column::new("mac-cookie-timeout", Kind::Duration(&[])).preset("3d"),
    Column::text("address-list"),
    Column::text("incoming-filter"),
    Column::text("outgoing-filter"),
    Column::text("incoming-packet-mark"),
    Column::text("outgoing-packet-mark"),
    Column::new("open-status-page", Kind::Choice(&["always", "http-login"])).preset("always"),
    Column::new("transparent-proxy", Kind::Bool).preset("false"),
    Column::new("advertise", Kind::Bool).preset("false"),
    Column::text("advertise-url"),
    Column::text("advertise-interval"),
    Column::text("advertise-timeout"),
    Column::text("on-login"),
    Column::text("on-logout"),
    Column::text("parent-queue"),
    Column::text("insert-queue-before"),
    Column::text("queue-type"),
    Column::new("default", Kind::Bool)
        .read_only()
        .preset("false"),
];

const USER_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Add,
    Verb::Set,
    Verb::Unset,
    Verb::Remove,
    Verb::Enable,
    Verb::Disable,
    Verb::ResetCounters,
];

const PROFILE_VERBS: &[Verb] = &[
    Verb::Print,
    Verb::Listen,
    Verb::Find,
    Verb::Add,
    Verb::Set,
    Verb::Unset,
    Verb::Remove,
];

pub(super) const MENUS: &[Menu] = &[
    Menu::table(path::USER, USER_VERBS, USER)
        .named(Unique::NamePerServer)
        .nature(Nature::Used),
    Menu::table(path::PROFILE, PROFILE_VERBS, PROFILE).named(Unique::Name),
];
