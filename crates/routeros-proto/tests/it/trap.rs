//! Traps: categories first, then messages, and nothing missing breaks them.

use routeros_proto::trap::{HotspotRefusal, TrapCategory, TrapClass, TrapRef};

use crate::wire::row;

fn class(category: Option<&str>, message: &str) -> TrapClass {
    let mut pairs = vec![("message", message)];
    pairs.extend(category.map(|category| ("category", category)));
    TrapRef::new(row(&pairs).view()).class()
}

#[test]
fn messages_seen_in_the_wild_are_classified() {
    use TrapClass::{
        BadValue, Duplicate, Interrupted, Limit, Login, NoSuchCommand, NotFound, Other, Permission,
        Transient,
    };
    let table = [
        ("invalid user name or password (6)", Login),
        ("cannot log in", Login),
        ("not enough permissions (9)", Permission),
        ("no such command", NoSuchCommand),
        ("no such command prefix", NoSuchCommand),
        ("no such command or directory (adress)", NoSuchCommand),
        ("no such item", NotFound),
        ("no such item (4)", NotFound),
        ("unknown parameter", BadValue),
        ("unknown parameter foo", BadValue),
        ("missing value(s) of argument(s) name", BadValue),
        ("input does not match any value of profile", BadValue),
        ("input does not match any value of interface", BadValue),
        (
            "ambiguous value of server, more than one possible value matches input",
            BadValue,
        ),
        ("invalid value for argument ip", BadValue),
        (
            "invalid value of mac-address, mac address required",
            BadValue,
        ),
        (
            "failure: already have user with this name for this server",
            Duplicate,
        ),
        ("failure: already have such address", Duplicate),
        ("failure: item with such name already exists", Duplicate),
        ("failure: profile with such name exists", Duplicate),
        ("FAILURE: Already Have User With This Name", Duplicate),
        ("expected end of command (line 1 column 5)", BadValue),
        ("interrupted", Interrupted),
        ("unknown host IP 10.5.50.2", NotFound),
        ("your uptime limit is reached", Limit),
        ("wrong MAC provided", BadValue),
        ("invalid username or password", Login),
        ("std failure: timeout (13)", Transient),
        (
            "action timed out - try again, if error continues contact MikroTik support and send \
             a supout file (13)",
            Transient,
        ),
        ("busy", Transient),
        ("already authorizing, retry later", Transient),
        ("no more sessions are allowed for user bob", Limit),
        ("user bob has reached uptime limit", Limit),
        ("user bob has reached traffic limit", Limit),
        ("session limit reached", Limit),
        ("hotspot service is shutting down", Transient),
        ("failure: 301 Moved Permanently", Other),
        ("", Other),
    ];
    for (message, expected) in table {
        assert_eq!(class(None, message), expected, "{message}");
    }
}

#[test]
fn the_category_counts_first() {
    assert_eq!(class(Some("2"), "whatever"), TrapClass::Interrupted);
    assert_eq!(class(Some("0"), "no such item"), TrapClass::NotFound);
    assert_eq!(
        class(Some("0"), "no such command prefix"),
        TrapClass::NoSuchCommand
    );
    assert_eq!(class(Some("0"), "something new"), TrapClass::NotFound);
    // Taken for "gone", these would leave something in place.
    assert_eq!(
        class(Some("0"), "not enough permissions (9)"),
        TrapClass::Permission
    );
    assert_eq!(
        class(Some("0"), "std failure: timeout (13)"),
        TrapClass::Transient
    );
    assert_eq!(
        class(Some("1"), "not enough permissions (9)"),
        TrapClass::Permission
    );
    assert_eq!(class(Some("1"), "something new"), TrapClass::BadValue);
    assert_eq!(
        class(Some("1"), "failure: already have such entry"),
        TrapClass::Duplicate
    );
    assert_eq!(class(Some("99"), "no such item"), TrapClass::NotFound);
    assert_eq!(class(Some("x"), "cannot log in"), TrapClass::Login);
}

#[test]
fn whatever_is_missing_the_rest_is_kept() {
    let bare = row(&[]);
    let trap = TrapRef::new(bare.view());
    assert_eq!(
        (trap.category(), trap.message().as_bytes()),
        (None, &b""[..])
    );
    assert_eq!(trap.class(), TrapClass::Other);
    assert_eq!(trap.to_string(), "no message");
    let odd = row(&[("category", "42"), ("extra", "kept")]);
    let trap = TrapRef::new(odd.view()).to_owned();
    assert_eq!(trap.view().category(), Some(TrapCategory::Other(42)));
    assert_eq!(trap.view().row().get("extra").unwrap(), "kept");
}

#[test]
fn hotspot_refusals_are_told_apart() {
    let table = [
        ("unknown host IP 10.0.0.9", HotspotRefusal::UnknownHost),
        ("wrong MAC provided", HotspotRefusal::WrongMac),
        (
            "invalid username (bob): this MAC address is not yours",
            HotspotRefusal::WrongMac,
        ),
        ("your uptime limit is reached", HotspotRefusal::UptimeLimit),
        (
            "user bob has reached uptime limit",
            HotspotRefusal::UptimeLimit,
        ),
        (
            "user bob has reached traffic limit",
            HotspotRefusal::TrafficLimit,
        ),
        (
            "no more sessions are allowed for user bob",
            HotspotRefusal::SharedUsers,
        ),
        ("session limit reached", HotspotRefusal::SessionLimit),
        (
            "invalid username or password",
            HotspotRefusal::BadCredentials,
        ),
        (
            "already authorizing, retry later",
            HotspotRefusal::AlreadyAuthorizing,
        ),
        (
            "hotspot service is shutting down",
            HotspotRefusal::ShuttingDown,
        ),
    ];
    for (message, expected) in table {
        let trap = row(&[("message", message)]);
        assert_eq!(
            TrapRef::new(trap.view()).hotspot_refusal(),
            Some(expected),
            "{message}"
        );
    }
    assert_eq!(
        TrapRef::new(row(&[("message", "busy")]).view()).hotspot_refusal(),
        None
    );
}
