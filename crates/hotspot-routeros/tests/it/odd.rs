//! Routers that are not our simulator: what they say is legal, but not what one expects.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::credentials::HotspotName;
use domain::router::TlsMode;
use hotspot_routeros::config::HotspotConfig;
use ports::hotspot::{
    Activation, HotspotError, HotspotGateway, HotspotUser, RemovalOutcome, RouterAccess,
};
use routeros_client::proto::decoder::Decoder;
use routeros_client::proto::limits::Limits;
use routeros_client::proto::request::CommandRef;
use routeros_sim::Simulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{access, activation, config, gateway, removal, reservation};

/// How a router talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Each byte on its own.
    Dribbling,
    /// Lengths in more bytes than needed, empty sentences in between.
    Verbose,
    /// Reply words that nobody knows, rows for tags that nobody sent, `!empty` everywhere.
    Chatty,
    /// The tag last, attributes in another order, more of them than asked for, old code page.
    Untidy,
    /// Answers a query with the whole table.
    Deaf,
}

type Users = Arc<Mutex<Vec<Vec<(String, String)>>>>;

/// A router with one stranger in its table.
struct Odd {
    manner: Manner,
    users: Users,
}

impl Odd {
    async fn start(manner: Manner) -> (RouterAccess, Users) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stranger = [(".id", "*1"), ("name", "stranger"), ("disabled", "true")];
        let stranger = stranger.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let users: Users = Arc::new(Mutex::new(vec![stranger.to_vec()]));
        // Only for the rest of the settings.
        let model = Simulator::builder().account("api", "secret");
        let mut access = access(&model.start().await.unwrap(), TlsMode::None);
        access.port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&users);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let users = Arc::clone(&shared);
                tokio::spawn(Self { manner, users }.serve(stream));
            }
        });
        (access, users)
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut decoder = Decoder::new(Limits::client());
        let mut chunk = [0; 4096];
        loop {
            let answer = match decoder.next_sentence().unwrap() {
                Some(sentence) => self.answer(&CommandRef::parse(sentence).unwrap()),
                None => match stream.read(&mut chunk).await {
                    Ok(count) if count > 0 => {
                        decoder.feed(&chunk[..count]);
                        continue;
                    }
                    _ => return,
                },
            };
            if self.manner == Manner::Dribbling {
                for byte in answer {
                    drop(stream.write_all(&[byte]).await);
                    tokio::task::yield_now().await;
                }
            } else {
                drop(stream.write_all(&answer).await);
            }
        }
    }

    fn answer(&self, command: &CommandRef<'_>) -> Vec<u8> {
        let given = |name: &str| {
            let value = command.attributes().get(name)?;
            Some(value.text().into_owned())
        };
        let mut users = self.users.lock().unwrap();
        let mut out = Vec::new();
        let tag = command.tag().map(|tag| [b".tag=", tag].concat());
        let mut say = |words: &[String]| self.sentence(&mut out, words, tag.as_deref());
        let found = |users: &[Vec<(String, String)>], id: &str| {
            users.iter().position(|user| user[0].1 == id)
        };
        match command.path() {
            b"/ip/hotspot/user/add" => {
                let name = given("name").unwrap();
                if users.iter().any(|user| user[1].1 == name) {
                    let text = "=message=failure: already have user with this name for this server";
                    say(&words(&["!trap", text, "=category=42", "=hint=x"]));
                    say(&words(&["!done", "=took=3"]));
                    return out;
                }
                let id = format!("*{:X}", users.len() + 16);
                let mut user = vec![(".id".to_owned(), id.clone())];
                let attributes = command.attributes().attributes();
                user.extend(attributes.map(|(name, value)| {
                    let name = String::from_utf8(name.to_vec()).unwrap();
                    let yes = name == "disabled" && value == "yes";
                    let value = if yes { "true".into() } else { value.text() };
                    (name, value.into_owned())
                }));
                users.push(user);
                say(&words(&["!done", "=took=3", &format!("=ret={id}")]));
            }
            b"/ip/hotspot/user/print" => {
                let wanted = command.queries().next().unwrap_or_default().to_vec();
                for user in users.iter() {
                    let query = format!("=name={}", user[1].1);
                    if self.manner == Manner::Deaf || query.as_bytes() == wanted {
                        let mut row = vec!["!re".to_owned()];
                        row.extend(user.iter().map(|(name, value)| format!("={name}={value}")));
                        say(&row);
                    }
                }
                say(&words(&["!done"]));
            }
            b"/ip/hotspot/user/set" => {
                let text = if let Some(at) = found(&users, &given(".id").unwrap()) {
                    users[at].retain(|(name, _)| name != "disabled" && name != "comment");
                    let disabled = given("disabled").unwrap() == "yes";
                    users[at].push(("disabled".to_owned(), disabled.to_string()));
                    None
                } else {
                    Some("=message=no such item (4)")
                };
                if let Some(text) = text {
                    say(&words(&["!trap", text]));
                }
                say(&words(&["!done"]));
            }
            b"/ip/hotspot/user/remove" => {
                if let Some(at) = found(&users, &given(".id").unwrap()) {
                    users.remove(at);
                }
                say(&words(&["!done"]));
            }
            _ => say(&words(&["!done"])),
        }
        out
    }

    /// One sentence, and whatever this router says besides.
    fn sentence(&self, out: &mut Vec<u8>, words: &[String], tag: Option<&[u8]>) {
        let mut words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        match self.manner {
            Manner::Chatty => {
                self.raw(out, &[b"!re", b".tag=nobody", b"=name=stray"]);
                let tag = tag.unwrap_or(b"=a=b");
                self.raw(out, &[b"!progress", tag, b"=percent=50"]);
                self.raw(out, &[b"!empty", tag]);
            }
            Manner::Untidy => {
                words[1..].reverse();
                words.push(b"=note=Caf\xE9".to_vec());
                words.push(b"=bare".to_vec());
                words.push(b"=.nextid=*FFFFFF".to_vec());
            }
            Manner::Verbose => out.extend([0, 0x80, 0]),
            Manner::Dribbling | Manner::Deaf => {}
        }
        words.extend(tag.map(<[u8]>::to_vec));
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        self.raw(out, &words);
    }

    fn raw(&self, out: &mut Vec<u8>, words: &[&[u8]]) {
        for word in words {
            let length = u8::try_from(word.len()).unwrap();
            match self.manner {
                Manner::Verbose => out.extend([0xF0, 0, 0, 0, length]),
                _ if length < 0x80 => out.push(length),
                _ => out.extend([0x80, length]),
            }
            out.extend_from_slice(word);
        }
        out.push(0);
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn a_user_lives_and_dies_on_odd_routers() {
    for manner in [
        Manner::Dribbling,
        Manner::Verbose,
        Manner::Chatty,
        Manner::Untidy,
        Manner::Deaf,
    ] {
        let (router, users) = Odd::start(manner).await;
        let gateway = gateway(config());
        let wanted = reservation(&["stranger", "PT-1"]);
        let reserved = gateway.reserve(&router, &wanted).await.unwrap();
        assert_eq!(reserved.user.name.as_str(), "PT-1", "{manner:?}");
        // Asked again, it is found to be ours already.
        let again = gateway.reserve(&router, &wanted).await.unwrap();
        assert_eq!(again.user, reserved.user, "{manner:?}");
        assert_eq!(users.lock().unwrap().len(), 2, "{manner:?}");

        let active = gateway
            .activate(&router, &activation(&reserved.user, true))
            .await;
        assert_eq!(
            active,
            Ok(Activation::Active(reserved.user.id.clone())),
            "{manner:?}"
        );
        let enabled = ("disabled".to_owned(), "false".to_owned());
        assert!(users.lock().unwrap()[1].contains(&enabled), "{manner:?}");

        let removed = gateway
            .remove(&router, &removal(&["PT-1"], Some(&reserved.user.id)))
            .await;
        assert_eq!(removed, Ok(RemovalOutcome::Gone), "{manner:?}");
        let left = users.lock().unwrap().clone();
        assert_eq!(left.len(), 1, "{manner:?}: {left:?}");
        assert_eq!(left[0][1].1, "stranger", "{manner:?}");
        let gone = gateway
            .activate(&router, &activation(&reserved.user, true))
            .await;
        assert_eq!(gone, Ok(Activation::Gone), "{manner:?}");
    }
}

/// A router that lets everybody in and then answers as told: these bytes and a `!done`, or these
/// bytes over and over.
async fn saying(answer: Vec<u8>, endless: bool) -> RouterAccess {
    let (mut access, _) = Odd::start(Manner::Verbose).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    access.port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(say(stream, answer.clone(), endless));
        }
    });
    access
}

async fn say(mut stream: TcpStream, answer: Vec<u8>, endless: bool) {
    let mut decoder = Decoder::new(Limits::client());
    let mut chunk = [0; 4096];
    loop {
        while let Ok(Some(sentence)) = decoder.next_sentence() {
            let command = CommandRef::parse(sentence).unwrap();
            let Some(tag) = command.tag() else {
                drop(stream.write_all(b"\x05!done\x00").await);
                continue;
            };
            let done = [&answer, &b"\x05!done\x06.tag="[..], tag, b"\x00"].concat();
            while endless && stream.write_all(&answer).await.is_ok() {}
            drop(stream.write_all(&done).await);
        }
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => decoder.feed(&chunk[..count]),
            _ => return,
        }
    }
}

#[tokio::test]
async fn a_trap_that_says_nothing_of_a_missing_user_removes_and_gives_up_nothing() {
    // Category 0 is "missing item or command"; the text knows better.
    let refusal = b"\x05!trap\x06.tag=1\x0b=category=0\x23=message=not enough permissions (9)\x00";
    let router = saying(refusal.to_vec(), false).await;
    let user = HotspotUser {
        name: HotspotName::from_stored("PT-1"),
        id: "*1F".to_owned(),
    };
    let gateway = gateway(config());
    let outcome = gateway.activate(&router, &activation(&user, true)).await;
    assert_eq!(outcome, Err(HotspotError::NotPermitted));
}

#[tokio::test]
async fn whatever_a_hostile_router_sends_the_step_ends_in_an_error() {
    let brief = HotspotConfig {
        router_timeout: Duration::from_millis(700),
        ..config()
    };
    let many_words = [&b"\x03!re\x06.tag=1"[..], &b"\x02=a".repeat(5000), b"\x00"].concat();
    for (what, answer, endless) in [
        ("a huge length", b"\xF0\xFF\xFF\xFF\xFF".to_vec(), false),
        (
            "a word that is too long",
            b"\xE0\x20\x00\x00".to_vec(),
            false,
        ),
        ("a reserved byte", b"\xF8".to_vec(), false),
        ("too many words", many_words, false),
        (
            "more rows than are kept",
            b"\x03!re\x06.tag=1\x06=a=bcd\x00".repeat(100_000),
            false,
        ),
        (
            "rows without end",
            b"\x03!re\x06.tag=1\x06=a=bcd\x00".repeat(1000),
            true,
        ),
        (
            "bare rows without end",
            b"\x03!re\x06.tag=1\x00".repeat(1000),
            true,
        ),
        (
            "rows for nobody",
            b"\x03!re\x07.tag=99\x00".repeat(1000),
            true,
        ),
        (
            "traps without end",
            b"\x05!trap\x06.tag=1\x09=message=\x00".repeat(1000),
            true,
        ),
        ("nothing at all, loudly", vec![0; 10_000], true),
    ] {
        let router = saying(answer, endless).await;
        let gateway = gateway(brief.clone());
        // Which one depends on how far it got in the time.
        let outcome = gateway.profiles(&router).await;
        assert!(outcome.is_err(), "{what}: {outcome:?}");
    }
}
