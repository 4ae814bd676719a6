//! The blocking client, against routers that the tests play on threads of their own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use routeros_client::proto::decoder::Decoder;
use routeros_client::proto::limits::Limits;
use routeros_client::proto::mndp::{Neighbor, REQUEST};
use routeros_client::proto::request::CommandRef;
use routeros_client::{
    CallErrorKind, CallOptions, Closed, Command, ConnectOptions, Diagnosis, Effect, Query, Stage,
    blocking,
};

use crate::router::options;

/// What to send for a command; `None` to close.
type Answers = fn(&str, &str) -> Option<Vec<u8>>;

/// A port, and what came in on its one connection.
fn host(answers: Answers) -> (ConnectOptions, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut options = options();
    options.port = listener.local_addr().unwrap().port();
    let host = thread::spawn(move || {
        let (tcp, _) = listener.accept().unwrap();
        serve(tcp, answers)
    });
    (options, host)
}

fn serve(mut tcp: TcpStream, answers: Answers) -> Vec<String> {
    let mut decoder = Decoder::new(Limits::client());
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        while let Some(sentence) = decoder.next_sentence().unwrap() {
            let command = CommandRef::parse(sentence).unwrap();
            let path = String::from_utf8_lossy(command.path()).into_owned();
            let tag = String::from_utf8_lossy(command.tag().unwrap_or_default()).into_owned();
            seen.push(path.clone());
            let answer = if path == "/login" {
                Some(b"\x05!done\x00".to_vec())
            } else {
                answers(&path, &tag)
            };
            match answer {
                Some(bytes) => tcp.write_all(&bytes).unwrap(),
                None => return seen,
            }
        }
        match tcp.read(&mut chunk) {
            Ok(count @ 1..) => decoder.feed(&chunk[..count]),
            _ => return seen,
        }
    }
}

fn sentence(words: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words {
        bytes.push(u8::try_from(word.len()).unwrap());
        bytes.extend_from_slice(word.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn done(tag: &str) -> Vec<u8> {
    sentence(&["!done", &format!(".tag={tag}"), "=ret=*1"])
}

fn row(tag: &str) -> Vec<u8> {
    sentence(&["!re", &format!(".tag={tag}"), "=name=a", "=mtu=1500"])
}

#[test]
fn ten_lines_list_and_add() {
    let (options, host) = host(|path, tag| {
        Some(match path {
            "/ppp/secret/print" => [row(tag), done(tag)].concat(),
            _ => done(tag),
        })
    });
    let mut router = blocking::connect(&options).unwrap();
    let mut secrets = router.menu("/ppp/secret");
    let id = secrets.add([("name", "ana")]).unwrap();
    secrets.set(&id, [("comment", "x")]).unwrap();
    let rows = secrets.filter(Query::is_false("disabled")).list().unwrap();
    assert_eq!(rows[0].parse::<u16>("mtu").unwrap(), 1500);
    secrets.remove(&id).unwrap();
    drop(router);
    let paths = [
        "/login",
        "/ppp/secret/add",
        "/ppp/secret/set",
        "/ppp/secret/print",
    ];
    assert_eq!(host.join().unwrap()[..4], paths);
}

#[test]
fn a_trap_a_timeout_and_a_cut_are_told_apart() {
    let (options, host) = host(|path, tag| match path {
        "/trap" => {
            let tag = &format!(".tag={tag}");
            let trap = sentence(&["!trap", tag, "=message=no such item"]);
            Some([trap, sentence(&["!done", tag])].concat())
        }
        "/silent" | "/cancel" => Some(Vec::new()),
        _ => None,
    });
    let mut router = blocking::connect(&options).unwrap();
    let trap = router.execute(&Command::new("/trap")).unwrap_err();
    assert_eq!(trap.effect(), Effect::Refused);
    assert!(trap.to_string().contains("/trap on 127.0.0.1:"), "{trap}");
    let brief = CallOptions::timeout(Duration::from_millis(30));
    let silent = router.execute_with(&Command::new("/silent"), brief);
    let effect = Effect::Unknown;
    let kind = silent.unwrap_err().kind().clone();
    assert!(matches!(kind, CallErrorKind::TimedOut { effect: found } if found == effect));
    let cut = router.execute(&Command::new("/cut")).unwrap_err();
    assert_eq!(cut.effect(), Effect::Unknown);
    assert!(matches!(
        cut.kind(),
        CallErrorKind::Closed {
            cause: Closed::Eof { .. } | Closed::Io(_),
            ..
        }
    ));
    assert!(router.end().is_some());
    let late = router.execute(&Command::new("/late")).unwrap_err();
    assert_eq!(late.effect(), Effect::None);
    assert_eq!(
        host.join().unwrap(),
        ["/login", "/trap", "/silent", "/cancel", "/cut"]
    );
}

#[test]
fn rows_come_one_by_one_and_dropping_them_cancels() {
    let (options, host) = host(|path, tag| {
        Some(match path {
            "/log/listen" => [row(tag), row(tag)].concat(),
            "/cancel" => {
                let first = &format!(".tag={}", tag.parse::<u64>().unwrap() - 1);
                let trap = sentence(&["!trap", first, "=category=2", "=message=interrupted"]);
                [trap, sentence(&["!done", first]), done(tag)].concat()
            }
            _ => done(tag),
        })
    });
    let mut router = blocking::connect(&options).unwrap();
    let mut log = router.menu("/log");
    let mut rows = log.listen().unwrap();
    assert_eq!(rows.next().unwrap().unwrap().text("name").unwrap(), "a");
    rows.cancel().unwrap();
    let mut rows = log.listen().unwrap();
    rows.next().unwrap().unwrap();
    drop(rows);
    // The connection is as good as before.
    router.execute(&Command::new("/next")).unwrap();
    drop(router);
    let seen = host.join().unwrap();
    let listen = ["/log/listen", "/cancel", "/log/listen", "/cancel", "/next"];
    assert_eq!(seen[1..], listen);
}

#[test]
fn what_is_wrong_with_a_connection_is_said() {
    let mut closed = options();
    closed.port = 1;
    let error = blocking::connect(&closed).unwrap_err();
    assert_eq!(error.diagnosis(), &Diagnosis::Refused);
    closed.host = "[::1]:8728".to_owned();
    let error = blocking::connect(&closed).unwrap_err();
    assert!(matches!(error.diagnosis(), Diagnosis::InvalidSettings(_)));
    // Nobody answers: the login ends by its own time.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut silent = options();
    silent.port = listener.local_addr().unwrap().port();
    silent.timeouts.login = Duration::from_millis(30);
    let error = blocking::connect(&silent).unwrap_err();
    assert_eq!(
        (error.stage(), error.diagnosis()),
        (Stage::Login, &Diagnosis::Silent)
    );
}

#[test]
fn the_longest_times_are_times() {
    let (mut options, host) = host(|_, tag| Some(done(tag)));
    options.timeouts.connect = Duration::MAX;
    options.timeouts.login = Duration::MAX;
    options.timeouts.total = Duration::MAX;
    options.timeouts.command = Duration::MAX;
    let mut router = blocking::connect(&options).unwrap();
    router.execute(&Command::new("/a")).unwrap();
    drop(router);
    host.join().unwrap();
}

#[test]
fn neighbours_are_asked_for_and_found() {
    let router = UdpSocket::bind("127.0.0.1:0").unwrap();
    let target = router.local_addr().unwrap();
    let announcer = thread::spawn(move || {
        let mut question = [0; 64];
        let (length, from) = router.recv_from(&mut question).unwrap();
        assert_eq!(question[..length], REQUEST);
        router.send_to(b"not an announcement", from).unwrap();
        let neighbor = Neighbor::new()
            .with_identity("cafe")
            .with_version("7.18.2 (stable)");
        router.send_to(&neighbor.datagram(1), from).unwrap();
    });
    let found = blocking::discover("127.0.0.1:0", target, Duration::from_millis(300)).unwrap();
    announcer.join().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, target);
    assert_eq!(found[0].1.identity().unwrap(), "cafe");
}
