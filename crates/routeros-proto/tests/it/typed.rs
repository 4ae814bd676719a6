//! Rows and commands from and to types of the caller's.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::decoder::Decoder;
use routeros_proto::error::EncodeError;
use routeros_proto::limits::Limits;
use routeros_proto::request::CommandRef;
use routeros_proto::row::Row;
use routeros_proto::value::{Id, MacAddress};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Service {
    Any,
    Pppoe,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Everything {
    name: String,
    disabled: bool,
    mtu: u16,
    balance: i64,
    #[serde(rename = "limit-uptime")]
    limit: Duration,
    mac_address: MacAddress,
    remote_address: IpAddr,
    servers: Vec<Ipv4Addr>,
    range: (u8, u8),
    service: Service,
    comment: Option<String>,
    rate: Option<u64>,
}

fn everything() -> Everything {
    Everything {
        name: "añ=a\n".to_owned(),
        disabled: true,
        mtu: 1500,
        balance: -7,
        limit: Duration::from_millis(5_400_500),
        mac_address: MacAddress::parse(b"AA:BB:CC:00:01:FF").unwrap(),
        remote_address: "2001:db8::1".parse().unwrap(),
        servers: vec![Ipv4Addr::new(9, 9, 9, 9), Ipv4Addr::new(1, 1, 1, 1)],
        range: (1, 9),
        service: Service::Pppoe,
        comment: None,
        rate: Some(9),
    }
}

/// The attributes of a command as a row, as a router would print them back.
fn echo(command: &Command) -> Row {
    let mut wire = Vec::new();
    command.encode(None, &mut wire).unwrap();
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(&wire);
    let sentence = decoder.next_sentence().unwrap().unwrap();
    CommandRef::parse(sentence).unwrap().attributes().to_owned()
}

#[test]
fn what_is_written_is_read_back() {
    let command = Command::new("/a/add").attributes(&everything());
    let row = echo(&command);
    assert_eq!(row.get("limit-uptime").unwrap(), "1h30m500ms");
    assert_eq!(row.get("servers").unwrap(), "9.9.9.9,1.1.1.1");
    assert!(
        row.get("comment").is_none(),
        "nothing is left out, not empty"
    );
    assert_eq!(row.read::<Everything>().unwrap(), everything());
}

#[test]
fn rows_may_hold_more_less_and_other_spellings() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Few<'a> {
        #[serde(rename = ".id")]
        id: Id,
        name: &'a str,
        running: bool,
        free_memory: u64,
        comment: Option<&'a str>,
        limit: Option<u64>,
        list: Vec<u8>,
        #[serde(default)]
        uptime: Duration,
    }
    let row = Row::from_pairs([
        ("unknown", "x"),
        (".id", "*1a"),
        ("name", "a"),
        ("running", "yes"),
        ("free-memory", "16.0MiB"),
        ("limit", ""),
        ("list", ""),
    ])
    .unwrap();
    let few: Few<'_> = row.read().unwrap();
    assert_eq!(few.id, Id::from_number(0x1A));
    assert_eq!(
        (few.name, few.running, few.free_memory),
        ("a", true, 16 << 20)
    );
    assert_eq!((few.comment, few.limit, few.list.len()), (None, None, 0));
    let map: BTreeMap<String, String> = row.read().unwrap();
    assert_eq!(map["free-memory"], "16.0MiB");
    let code_page = Row::from_pairs([("name", &b"a\xF1o"[..])]).unwrap();
    let map: BTreeMap<String, String> = code_page.read().unwrap();
    assert_eq!(map["name"], "año");
}

#[test]
fn errors_name_the_property_and_show_no_value() {
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Strict {
        #[expect(dead_code, reason = "only read")]
        mtu: u8,
        #[expect(dead_code, reason = "only read")]
        mac_address: MacAddress,
        #[expect(dead_code, reason = "only read")]
        service: Service,
    }
    let good = [
        ("mtu", "1"),
        ("mac-address", "AA:BB:CC:00:01:FF"),
        ("service", "any"),
    ];
    for (name, value) in [
        ("mtu", "hunter2"),
        ("mtu", "256"),
        ("mac-address", "hunter2"),
        ("service", "hunter2"),
    ] {
        let pairs = good.map(|(known, text)| (known, if known == name { value } else { text }));
        let error = Row::from_pairs(pairs)
            .unwrap()
            .read::<Strict>()
            .unwrap_err();
        assert_eq!(error.property(), Some(name), "{error}");
        assert!(error.to_string().contains(name), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let error = Row::from_pairs([("mtu", "1")]).unwrap().read::<Strict>();
    assert_eq!(
        error.unwrap_err().to_string(),
        "property `mac-address`: missing"
    );
}

#[test]
fn what_no_attribute_can_hold_is_an_error_of_the_command() {
    #[derive(Serialize)]
    struct Nested {
        good: u8,
        inner: BTreeMap<String, u8>,
    }
    #[derive(Serialize)]
    struct Commas<'a> {
        list: &'a [&'a str],
    }
    let nested = Nested {
        good: 1,
        inner: BTreeMap::new(),
    };
    let error = Command::new("/a/add").attributes(&nested).error();
    assert_eq!(error, Some(EncodeError::InvalidValue { property: "inner" }));
    let commas = Commas { list: &["a,b"] };
    let error = Command::new("/a/add").attributes(&commas).error();
    assert_eq!(error, Some(EncodeError::InvalidValue { property: "list" }));
    let named = BTreeMap::from([("a=b", 1)]);
    let error = Command::new("/a/add").attributes(&named).error();
    assert_eq!(error, Some(EncodeError::InvalidName));
    assert!(Command::new("/a/add").attributes(&7).error().is_some());
    let first = Command::new("wrong").attributes(&named).error();
    assert_eq!(first, Some(EncodeError::InvalidCommand));
}

#[test]
fn secrets_stay_secret() {
    let secret = BTreeMap::from([("password", "hunter2")]);
    let command = Command::new("/ppp/secret/add").attributes(&secret);
    assert!(command.is_secret());
    assert!(!format!("{command:?}").contains("hunter2"));
}
