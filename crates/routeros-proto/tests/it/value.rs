//! Values: every spelling, every refusal, and round trips.

use core::time::Duration;

use proptest::prelude::*;
use routeros_proto::value::{
    Date, DateTime, Id, MacAddress, RateLimit, RouterDuration, Stage, Timeout, Version,
    parse_boolean, parse_counter, parse_rate, parse_size,
};

fn duration(text: &str) -> Option<Duration> {
    RouterDuration::parse(text.as_bytes())
        .ok()
        .map(Duration::from)
}

#[test]
fn durations_are_read_in_all_spellings() {
    let (minute, hour, day, week) = (60, 3600, 86_400, 604_800);
    let table = [
        ("0s", 0),
        ("0", 0),
        ("1w2d3h4m5s", week + 2 * day + 3 * hour + 4 * minute + 5),
        ("1d", day),
        ("90m", 90 * minute),
        ("48h", 2 * day),
        ("5400", 5400),
        ("00:05:00", 5 * minute),
        ("01:22:53", hour + 22 * minute + 53),
        ("1d01:22:53", day + hour + 22 * minute + 53),
        (
            "3w6d22:23:36",
            3 * week + 6 * day + 22 * hour + 23 * minute + 36,
        ),
        ("1d00:00:00", day),
        ("2w00:00:01", 2 * week + 1),
        ("100:00:00", 100 * hour),
        ("1:00:00", hour),
        ("18446744073709551615", u64::MAX),
    ];
    for (text, seconds) in table {
        assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
    }
    let fractions = [
        ("500ms", 500_000_000),
        ("1ms500us", 1_500_000),
        ("7ns", 7),
        ("00:00:00.510", 510_000_000),
        ("00:00:00.5", 500_000_000),
        ("00:00:00.000000001", 1),
        // The trap: minutes and milliseconds.
        ("1m1ms", 60_001_000_000),
        ("1m", 60_000_000_000),
        ("1ms", 1_000_000),
    ];
    for (text, nanos) in fractions {
        assert_eq!(duration(text), Some(Duration::from_nanos(nanos)), "{text}");
    }
}

#[test]
fn what_is_no_duration_is_refused() {
    let texts = [
        "",
        " ",
        "s",
        "1x",
        "1h1h",
        "1m1h",
        "1s1m",
        "1ms1ms",
        "-1s",
        "+1s",
        "1.5",
        "1.5s",
        "1h30",
        "30 s",
        "1H",
        "00:60:00",
        "00:00:60",
        "00:0:00",
        "00:00",
        "1:2:3:4",
        ":00:00",
        "1h00:00:00",
        "1d1w00:00:00",
        "00:00:00.",
        "00:00:00.1234567890",
        "00:00:00s",
        "1d00:00:00s",
        "none",
        "never",
        "18446744073709551616",
        "18446744073709551615w",
        "99999999999999999999999999w",
    ];
    for text in texts {
        assert_eq!(duration(text), None, "{text}");
    }
}

#[test]
fn durations_print_in_the_unit_form() {
    let table = [
        ("00:05:00", "5m"),
        ("90m", "1h30m"),
        ("86400", "1d"),
        ("1000ms", "1s"),
        ("1500us", "1ms500us"),
        ("00:00:00", "0s"),
        ("8d", "1w1d"),
    ];
    for (text, printed) in table {
        assert_eq!(
            RouterDuration::parse(text.as_bytes()).unwrap().to_string(),
            printed
        );
    }
}

#[test]
fn words_take_the_place_of_durations_where_allowed() {
    assert_eq!(Timeout::parse(b""), Ok(Timeout::None));
    for text in ["none", "never", "immediately", "unlimited", "2m"] {
        assert_eq!(Timeout::parse(text.as_bytes()).unwrap().to_string(), text);
    }
    assert_eq!(
        Timeout::parse(b"2m").unwrap().duration(),
        Some(RouterDuration::from_secs(120))
    );
    assert!(Timeout::parse(b"sometimes").is_err());
}

#[test]
fn rate_limits_follow_the_grammar() {
    let parse = |text: &str| RateLimit::parse(text.as_bytes());
    let full = parse("64k/128k 256k/512k 96k/192k 10/20s 3 32k/64k")
        .unwrap()
        .unwrap();
    assert_eq!((full.rate.rx, full.rate.tx), (64_000, 128_000));
    assert_eq!(full.burst.map(|burst| burst.tx), Some(512_000));
    assert_eq!(full.threshold.map(|threshold| threshold.rx), Some(96_000));
    assert_eq!(full.burst_time.map(|time| time.tx.as_secs()), Some(20));
    assert_eq!(
        (full.priority, full.minimum.map(|minimum| minimum.rx)),
        (Some(3), Some(32_000))
    );
    let same = [
        ("1000k", "1M/1M"),
        ("512k/1M", " 512k/1000k "),
        ("1M 2M", "1M/1M 2M/2M 1M/1M 1s/1s"),
        ("1M 0/0 0/0 0/0 5", "1M/1M 0 1M 1s 5"),
        ("1M 0/0 0/0 0/0 8 0/0", "1M"),
    ];
    for (left, right) in same {
        assert_eq!(parse(left), parse(right), "{left} = {right}");
    }
    assert_ne!(parse("1M"), parse("1M/2M"));
    assert_ne!(parse("1M 2M"), parse("1M"));
    for text in ["", "  "] {
        assert_eq!(parse(text), Ok(None));
    }
    let wrong = [
        "x",
        "1M/",
        "/1M",
        "1M/2M/3M",
        "1M 1M 1M 1s 0",
        "1M 1M 1M 1s 9",
        "1M 1M 1M 1s 10",
        "1M 1M 1M x",
        "1M 1M 1M 1s 8 1M 1M",
        "1.5M",
        "-1",
        "99999999999999999999",
        "20000000000G",
    ];
    for text in wrong {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn ids_are_numbers() {
    assert_eq!(Id::parse(b"*1a"), Id::parse(b"*1A"));
    assert_eq!(Id::parse(b"*0"), Ok(Id::from_number(0)));
    assert_eq!(Id::parse(b"*FFFFFFFF").unwrap().to_string(), "*FFFFFFFF");
    for text in [
        "",
        "*",
        "1A",
        "*1G",
        "**1",
        "*1,*2",
        "ether1",
        "*+1",
        "*11112222333344445",
    ] {
        assert!(Id::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn mac_addresses_have_one_form_on_output() {
    for text in ["aA:bB:0c:00:01:fF", "AA-BB-0C-00-01-FF"] {
        assert_eq!(
            MacAddress::parse(text.as_bytes()).unwrap().to_string(),
            "AA:BB:0C:00:01:FF"
        );
    }
    assert!(MacAddress::parse(b"00:00:00:00:00:00").unwrap().is_any());
    let wrong = [
        "",
        "AABBCCDDEEFF",
        "AA:BB:CC:DD:EE",
        "AA:BB:CC:DD:EE:F",
        "AA:BB:CC:DD:EE:FF:00",
        "AA:BB-CC:DD:EE:FF",
        "AA:BB:CC:DD:EE:GG",
        "AA:BB:CC:DD:EE:FF ",
        "AA.BB.CC.DD.EE.FF",
        "A:BBB:CC:DD:EE:FF",
        "=AA:BB:CC:DD:EE:F",
    ];
    for text in wrong {
        assert!(MacAddress::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn numbers_and_booleans_are_exact() {
    assert_eq!(parse_counter(b"18446744073709551615"), Ok(u64::MAX));
    for text in ["", "-1", "+1", "1 ", "0x1", "18446744073709551616"] {
        assert!(parse_counter(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(parse_rate(b"1G"), Ok(1_000_000_000));
    assert!(parse_rate(b"k").is_err());
    assert_eq!(parse_size(b"16.0MiB"), Ok(16 << 20));
    assert_eq!(parse_size(b"16777216"), Ok(16 << 20));
    for text in [
        "MiB",
        "1.MiB",
        ".5MiB",
        "1.0.0MiB",
        "1.0MB",
        "99999999999999TiB",
    ] {
        assert!(parse_size(text.as_bytes()).is_err(), "{text}");
    }
    for (text, value) in [
        ("true", true),
        ("yes", true),
        ("false", false),
        ("no", false),
    ] {
        assert_eq!(parse_boolean(text.as_bytes()), Ok(value));
    }
    for text in ["", "True", "1", "on"] {
        assert!(parse_boolean(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn dates_are_read_in_both_styles_and_must_exist() {
    let date = Date::new(2024, 2, 29).unwrap();
    assert_eq!(Date::parse(b"feb/29/2024"), Ok(date));
    assert_eq!(Date::parse(b"Feb/29/2024"), Ok(date));
    assert_eq!(Date::parse(b"2024-02-29"), Ok(date));
    let wrong = [
        "",
        "2023-02-29",
        "1900-02-29",
        "2024-00-01",
        "2024-13-01",
        "2024-04-31",
        "0000-01-01",
        "24-02-03",
        "2024-2-03",
        "2024/02/03",
        "foo/01/2024",
        "feb/1/2024",
        "2024-02-03 ",
        "2024-02-0x",
    ];
    for text in wrong {
        assert!(Date::parse(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(
        DateTime::parse(b"2024-02-29 23:59:59").unwrap().to_string(),
        "2024-02-29 23:59:59"
    );
    for text in [
        "2024-02-29",
        "2024-02-29 24:00:00",
        "2024-02-29 1:00:00",
        "2024-02-29T01:00:00",
    ] {
        assert!(DateTime::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn versions_are_never_refused_and_are_ordered() {
    let parse = |text: &str| Version::parse(text.as_bytes());
    assert_eq!(parse("6.49.19 (long-term)"), Version::new(6, 49, 19));
    assert_eq!(
        parse("7.20rc1"),
        Version {
            stage: Stage::Candidate(1),
            ..Version::new(7, 20, 0)
        }
    );
    assert_eq!(parse("7.21beta2 (testing)").stage, Stage::Beta(2));
    assert_eq!(parse("nonsense").major, 0);
    assert_eq!(parse("").major, 0);
    let order = [
        "6.42.12",
        "6.43",
        "6.49.19",
        "7.1",
        "7.9",
        "7.20beta2",
        "7.20rc1",
        "7.20",
        "8.0",
    ];
    assert!(order.is_sorted_by(|left, right| parse(left) < parse(right)));
    for (text, empty, plain, iso) in [
        ("6.42", false, false, false),
        ("6.43", false, true, false),
        ("7.9", false, true, false),
        ("7.10", false, true, true),
        ("7.17", false, true, true),
        ("7.18", true, true, true),
        ("8.0", true, true, true),
    ] {
        let version = parse(text);
        let facts = (
            version.sends_empty(),
            version.has_plain_login(),
            version.has_iso_dates(),
        );
        assert_eq!(facts, (empty, plain, iso), "{text}");
        assert_eq!(version.to_string(), text);
    }
}

fn rates() -> impl Strategy<Value = String> {
    (
        0..5_000_u64,
        prop_oneof![Just(""), Just("k"), Just("M"), Just("G")],
    )
        .prop_map(|(number, unit)| format!("{number}{unit}"))
}

fn pairs() -> impl Strategy<Value = String> {
    (rates(), prop::option::of(rates()))
        .prop_map(|(rx, tx)| tx.map_or(rx.clone(), |tx| format!("{rx}/{tx}")))
}

proptest! {
    #[test]
    fn a_printed_duration_reads_as_the_same_value(seconds: u64, nanos in 0..1_000_000_000_u32) {
        let duration = RouterDuration::from(Duration::new(seconds, nanos));
        prop_assert_eq!(RouterDuration::parse(duration.to_string().as_bytes()), Ok(duration));
    }

    #[test]
    fn the_clock_form_reads_as_the_unit_form(
        days in 0..9_u64, hours in 0..24_u64, minutes in 0..60_u64, seconds in 0..60_u64,
    ) {
        let clock = format!("{days}d{hours:02}:{minutes:02}:{seconds:02}");
        let units = format!("{days}d{hours}h{minutes}m{seconds}s");
        prop_assert_eq!(duration(&clock), duration(&units));
        prop_assert!(duration(&clock).is_some());
    }

    #[test]
    fn a_printed_rate_limit_means_the_same(
        rate in pairs(), burst in pairs(), threshold in pairs(), time in 0..100_u64,
        priority in 1..9_u8, minimum in pairs(), fields in 1..7_usize,
    ) {
        let all = [rate, burst, threshold, time.to_string(), priority.to_string(), minimum];
        let text = all[..fields].join(" ");
        let limit = RateLimit::parse(text.as_bytes()).unwrap().unwrap();
        let printed = limit.to_string();
        prop_assert_eq!(RateLimit::parse(printed.as_bytes()).unwrap(), Some(limit), "{}", printed);
    }

    #[test]
    fn a_printed_date_reads_as_the_same(year in 1..10_000_u16, month in 1..13_u8, day in 1..32_u8) {
        if let Ok(date) = Date::new(year, month, day) {
            prop_assert_eq!(Date::parse(date.to_string().as_bytes()), Ok(date));
            prop_assert_eq!(Date::parse(date.old_style().to_string().as_bytes()), Ok(date));
        }
    }

    #[test]
    fn a_printed_mac_or_id_reads_as_the_same(octets: [u8; 6], number: u64) {
        let (mac, id) = (MacAddress::new(octets), Id::from_number(number));
        prop_assert_eq!(MacAddress::parse(mac.to_string().as_bytes()), Ok(mac));
        prop_assert_eq!(Id::parse(id.to_string().as_bytes()), Ok(id));
    }
}
