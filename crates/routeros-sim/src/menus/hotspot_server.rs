//! Hotspot servers, their profiles, and bindings.

use crate::kind::Kind;
use crate::menus::path;
use crate::schema::{Column, EDIT, Menu, Unique, Verb};
use crate::version::Version;

const NONE: &[&str] = &["none"];

/// The ways a customer may log in.
const LOGIN_BY: &[&str] = &[
    "cookie",
    "http-chap",
    "http-pap",
    "https",
    "mac",
    "mac-cookie",
    "trial",
];

const SERVER: &[Column] = &[
    Column::text("name").required(),
    Column::new("interface", Kind::Reference("/interface", &[])).required(),
    Column::text("address-pool").preset("none"),
    Column::new("profile", Kind::Reference("/ip/hotspot/profile", &[])).preset("default"),
    Column::new("idle-timeout", Kind::Duration(NONE)).preset("5m"),
    Column::new("keepalive-timeout", Kind::Duration(NONE)).preset("none"),
    Column::new("login-timeout", Kind::Duration(NONE)).preset("none"),
    Column::new("addresses-per-mac", Kind::Number(&["unlimited"])).preset("2"),
    Column::fixed("proxy-status").preset("running"),
    Column::new("invalid", Kind::Bool)
        .read_only()
        .preset("false"),
    Column::new("HTTPS", Kind::Bool).read_only().preset("false"),
    Column::new("disabled", Kind::Bool).preset("false"),
];

const SERVER_PROFILE: &[Column] = &[
    Column::text("name").required(),
    Column::new("hotspot-address", Kind::Address).preset("0.0.0.0"),
    Column::text("dns-name"),
    Column::text("html-directory").preset("hotspot"),
    Column::text("html-directory-override"),
    Column::text("rate-limit"),
    Column::new("login-by", Kind::Choices(LOGIN_BY)).preset("cookie,http-chap"),
    Column::new("http-cookie-lifetime", Kind::Duration(&[])).preset("3d"),
    Column::text("ssl-certificate").preset("none"),
    Column::new("https-redirect", Kind::Bool).preset("true"),
    Column::new("use-radius", Kind::Bool).preset("false"),
    Column::new("trial-uptime-limit", Kind::Duration(&[])).since(Version::V7_17),
    Column::new("trial-uptime-reset", Kind::Duration(&[])).since(Version::V7_17),
    Column::text("trial-user-profile"),
    Column::text("mac-auth-password").secret(),
    Column::new("default", Kind::Bool)
        .read_only()
        .preset("false"),
];

const BINDING: &[Column] = &[
    Column::new("mac-address", Kind::Mac),
    Column::new("address", Kind::Address),
    Column::new("to-address", Kind::Address),
    Column::new("server", Kind::Reference("/ip/hotspot", &["all"])).preset("all"),
    Column::new("type", Kind::Choice(&["regular", "bypassed", "blocked"])).preset("regular"),
    Column::new("bypassed", Kind::Bool).computed(),
    Column::new("blocked", Kind::Bool).computed(),
    Column::new("disabled", Kind::Bool).preset("false"),
    Column::text("comment"),
];

/// As an ordinary menu, in an order that matters.
const BINDING_VERBS: &[Verb] = &[
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
    Menu::table(path::SERVER, EDIT, SERVER).named(Unique::Name),
    Menu::table(path::SERVER_PROFILE, EDIT, SERVER_PROFILE).named(Unique::Name),
    Menu::table(path::BINDING, BINDING_VERBS, BINDING),
];
