//! Replies and rows: bytes first, nothing lost, nothing refused.

use routeros_proto::decoder::Decoder;
use routeros_proto::limits::Limits;
use routeros_proto::menu::{
    ActiveRow, CookieRow, Field, HotspotProfileRow, HotspotUserRow, SharedUsers,
};
use routeros_proto::reply::{ReplyKind, ReplyRef};
use routeros_proto::request::CommandRef;
use routeros_proto::row::Row;
use routeros_proto::text::Value;
use routeros_proto::value::RateLimit;

use crate::wire::{row, sentence};

/// A decoder that holds exactly this sentence.
fn holding(words: &[&str]) -> Decoder {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(&sentence(words));
    decoder
}

#[test]
fn attributes_split_at_the_second_equals_sign() {
    let words = [
        "!re",
        "=name=iu=c3Eeg",
        "=comment=",
        "=flag",
        "=",
        "=script=a\nb\0=c",
        "=name=2",
    ];
    let mut decoder = holding(&words);
    let reply = ReplyRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
    let attributes: Vec<_> = reply
        .row()
        .attributes()
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let expected: [(&[u8], &[u8]); 6] = [
        (b"name", b"iu=c3Eeg"),
        (b"comment", b""),
        (b"flag", b""),
        (b"", b""),
        (b"script", b"a\nb\0=c"),
        (b"name", b"2"),
    ];
    assert_eq!(attributes, expected);
    assert_eq!(
        reply.row().get("name").unwrap(),
        "iu=c3Eeg",
        "the first of two"
    );
    assert_eq!(reply.row().get("flag"), Some(Value::new(b"")));
    assert_eq!(reply.row().get("nam"), None);
    assert_eq!(reply.row().get("names"), None);
    let owned = reply.row().to_owned();
    assert_eq!(owned.view(), reply.row());
}

#[test]
fn the_tag_is_found_anywhere_and_is_no_attribute() {
    for words in [
        ["!re", ".tag=7", "=a=1", "=b=2"],
        ["!re", "=a=1", ".tag=7", "=b=2"],
        ["!re", "=a=1", "=b=2", ".tag=7"],
    ] {
        let mut decoder = holding(&words);
        let reply = ReplyRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
        assert_eq!(reply.tag(), Some(&b"7"[..]));
        assert_eq!(reply.row().len(), 2);
    }
    let mut decoder = holding(&["!re", ".tag="]);
    let reply = ReplyRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
    assert_eq!((reply.tag(), reply.row().is_empty()), (None, true));
}

#[test]
fn every_reply_word_has_its_kind() {
    for (word, kind) in [
        ("!re", ReplyKind::Re),
        ("!done", ReplyKind::Done),
        ("!trap", ReplyKind::Trap),
        ("!empty", ReplyKind::Empty),
        ("!fatal", ReplyKind::Fatal),
        ("!new", ReplyKind::Other(b"!new")),
        ("!", ReplyKind::Other(b"!")),
    ] {
        assert_eq!(ReplyKind::parse(word.as_bytes()), Some(kind));
        assert_eq!(kind.as_bytes(), word.as_bytes());
    }
    assert_eq!(ReplyKind::parse(b"re"), None);
}

#[test]
fn a_fatal_reason_is_a_bare_word_or_a_message() {
    for (words, reason) in [
        (&["!fatal", "not logged in"][..], "not logged in"),
        (&["!fatal", "=message=bye"], "bye"),
        (&["!fatal", ".tag=3", "/quit", "=message=bye"], "/quit"),
        (&["!fatal"], ""),
    ] {
        let mut decoder = holding(words);
        let reply = ReplyRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
        assert_eq!(reply.reason(), reason);
    }
}

#[test]
fn text_views_never_fail_a_row() {
    let latin = Value::new(b"Se\xF1or \x80");
    assert!(latin.utf8().is_err());
    assert_eq!(latin.lossy(), "Se\u{fffd}or \u{fffd}");
    assert_eq!(latin.windows_1252(), "Señor €");
    assert_eq!(latin.text(), "Señor €");
    assert_eq!(Value::new("Señor".as_bytes()).text(), "Señor");
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(Value::new(&all).windows_1252().chars().count(), 256);
    assert_eq!(
        Value::new(b"\x81\x8D\x8F\x90\x9D").windows_1252(),
        "\u{81}\u{8d}\u{8f}\u{90}\u{9d}"
    );
}

#[test]
fn a_server_reads_what_a_client_asked() {
    let mut decoder = holding(&[
        "/ip/hotspot/user/print",
        "=.proplist=.id,name",
        "?name=a",
        "=detail=",
        "?#!",
        ".tag=x",
    ]);
    let command = CommandRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
    assert_eq!(
        command.menu_and_verb(),
        (&b"/ip/hotspot/user"[..], &b"print"[..])
    );
    assert_eq!(
        command.queries().collect::<Vec<_>>(),
        [&b"name=a"[..], b"#!"]
    );
    assert_eq!(
        command.proplist().unwrap().collect::<Vec<_>>(),
        [&b".id"[..], b"name"]
    );
    assert_eq!(command.tag(), Some(&b"x"[..]));
    assert_eq!(command.attributes().len(), 2);
    let mut reply = holding(&["!done"]);
    assert!(CommandRef::parse(reply.next_sentence().unwrap().unwrap()).is_err());
}

#[test]
fn a_hotspot_user_tells_missing_from_empty_and_keeps_the_unknown() {
    let row = row(&[
        (".id", "*1F"),
        ("name", "V7K2"),
        ("comment", ""),
        ("limit-uptime", "1d00:00:00"),
        ("bytes-in", "576577503641"),
        ("mac-address", "nonsense"),
        ("disabled", "true"),
        ("otp-secret", "x"),
        ("from-the-future", "1"),
    ]);
    let user = HotspotUserRow::new(row.view());
    assert_eq!(user.id().value().unwrap().number(), 0x1F);
    assert_eq!(user.limit_uptime().value().unwrap().as_secs(), 86_400);
    assert_eq!(user.bytes_in().value(), Some(576_577_503_641));
    assert_eq!(user.disabled().value(), Some(true));
    assert!(user.password().is_missing());
    assert_eq!(user.comment(), Field::Empty);
    assert_eq!(user.mac_address(), Field::Invalid(Value::new(b"nonsense")));
    let unknown: Vec<_> = user.unknown().map(|(name, _)| name).collect();
    assert_eq!(unknown, [&b"otp-secret"[..], b"from-the-future"]);
}

#[test]
fn secrets_in_rows_are_not_shown() {
    let row = row(&[
        ("name", "a"),
        ("password", "hunter2"),
        ("otp-secret", "abc42"),
    ]);
    let user = HotspotUserRow::new(row.view());
    let shown = format!("{row:?} {user:?} {:?}", user.password());
    assert!(
        !shown.contains("hunter2") && !shown.contains("abc42"),
        "{shown}"
    );
    assert_eq!(user.password().value().unwrap().expose(), b"hunter2");
}

#[test]
fn other_hotspot_rows_are_typed_too() {
    let profile = row(&[
        ("name", "1h"),
        ("shared-users", "unlimited"),
        ("rate-limit", "1M/2M"),
        ("keepalive-timeout", "2m"),
        ("idle-timeout", "none"),
    ]);
    let profile = HotspotProfileRow::new(profile.view());
    assert_eq!(profile.shared_users().value(), Some(SharedUsers::Unlimited));
    assert_eq!(
        profile.rate_limit().value(),
        Some(RateLimit::new(1_000_000, 2_000_000))
    );
    assert_eq!(profile.idle_timeout().value().unwrap().duration(), None);
    let active = row(&[
        ("address", "10.5.50.2"),
        ("uptime", "01:22:53"),
        ("radius", "false"),
    ]);
    let active = ActiveRow::new(active.view());
    assert_eq!(active.address().value().unwrap().to_string(), "10.5.50.2");
    assert_eq!(active.uptime().value().unwrap().to_string(), "1h22m53s");
    assert!(active.session_time_left().is_missing());
    let cookie = row(&[
        ("user", "a"),
        ("expires-in", "2d23:59:59"),
        ("mac-cookie", "yes"),
    ]);
    assert_eq!(
        CookieRow::new(cookie.view()).mac_cookie().value(),
        Some(true)
    );
}

#[test]
fn rows_compare_by_content() {
    let minimal = row(&[("name", "a")]);
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(b"\x03!re\x80\x07=name=a\x05.tag=\x00");
    let reply = ReplyRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
    assert_eq!(
        reply.row().to_owned(),
        minimal,
        "a long spelling of a length changes nothing"
    );
    assert_ne!(minimal, Row::default());
}
