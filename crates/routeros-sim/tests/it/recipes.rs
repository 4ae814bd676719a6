//! The recipes of `docs/routeros.md`, word for word, run against the simulator.

use std::borrow::Cow;
use std::time::Duration;

use routeros_client::{
    CallError, Client, Command, ConnectError, ConnectOptions, Diagnosis, Effect, Fingerprint,
    Query, ReconnectingClient, Row, StreamOptions, Tls, TrapClass, Trust, blocking, connect,
};
use routeros_sim::{Simulator, TlsMode};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

async fn who_is_it(host: &str, port: u16) -> Result<Option<String>, ConnectError> {
    let mut options = ConnectOptions::new(host, port, "api", "secret");
    options.timeouts.connect = Duration::from_secs(2);
    let router = connect(options).await?;
    let identity = router.menu("/system/identity").find().await;
    Ok(identity
        .ok()
        .flatten()
        .and_then(|row| Some(row.text("name")?.into_owned())))
}

async fn cables(router: &Client) -> Result<Vec<Row>, CallError> {
    let ether_or_vlan = Query::equal("type", "ether").or(Query::equal("type", "vlan"));
    router
        .menu("/interface")
        .filter(ether_or_vlan.and(Query::is_false("disabled")))
        .properties(&[".id", "name", "mtu"])
        .list()
        .await
}

async fn add_secret(router: &Client, name: &str) -> Result<String, CallError> {
    let secrets = router.menu("/ppp/secret");
    match secrets.add([("name", name), ("service", "pppoe")]).await {
        Err(error) if error.trap_class() == Some(TrapClass::Duplicate) => {
            println!("{name} is taken");
            Err(error)
        }
        Err(error) if error.effect() == Effect::Unknown => {
            println!("look {name} up, on another connection, before trying again");
            Err(error)
        }
        outcome => outcome,
    }
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Secret {
    name: String,
    disabled: bool,
    remote_address: Option<std::net::Ipv4Addr>,
    limit_bytes_in: u64,
}

async fn typed(router: &Client, secret: &Secret) -> Result<Vec<Secret>, CallError> {
    let secrets = router.menu("/ppp/secret");
    secrets.add_as(secret).await?;
    secrets.list_as().await
}

async fn first_two_changes(router: &Client) -> Outcome<Vec<String>> {
    let mut changes = router.menu("/ip/address").listen().await?;
    let mut seen = Vec::new();
    while seen.len() < 2 {
        let Some(row) = changes.next().await.transpose()? else {
            break;
        };
        seen.push(match row.get(".dead") {
            Some(_) => format!("{} is gone", row.text(".id").unwrap_or_default()),
            None => format!("{} is there", row.text("address").unwrap_or_default()),
        });
    }
    changes.cancel().await?;
    Ok(seen)
}

async fn three_pings(router: &Client) -> Outcome<Vec<Duration>> {
    let ping = Command::new("/ping").attribute("address", "192.168.88.1");
    let mut replies = router.stream(ping, StreamOptions::print()).await?;
    let mut times = Vec::new();
    while times.len() < 3 {
        let Some(row) = replies.next().await.transpose()? else {
            break;
        };
        times.push(row.parse("time")?);
    }
    // Waits until the router has confirmed it. Dropping `replies` cancels too, without waiting.
    replies.cancel().await?;
    Ok(times)
}

async fn traffic(router: &Client, interface: &str) -> Outcome<u64> {
    let once = [("interface", interface), ("once", "")];
    let reply = router
        .menu("/interface")
        .call("monitor-traffic", once)
        .await?;
    let row = reply.rows().first().ok_or("the router told nothing")?;
    Ok(row.parse("rx-bits-per-second")?)
}

async fn pin(
    port: u16,
    recorded: Option<Fingerprint>,
) -> Result<Option<Fingerprint>, ConnectError> {
    let trust = recorded.map_or(Trust::FirstUse, Trust::Pinned);
    let options = ConnectOptions::new("127.0.0.1", port, "api", "secret").tls(Tls::On(trust));
    match connect(options).await {
        // To be stored after the first connection.
        Ok(router) => Ok(router.fingerprint()),
        Err(error) => {
            if let Diagnosis::CertificateChanged { expected, seen } = error.diagnosis() {
                println!("was {expected}, is {seen}: replaced by you, or somebody in between?");
            }
            Err(error)
        }
    }
}

async fn limit(router: &ReconnectingClient, name: &str, target: &str) -> Result<(), CallError> {
    // Reads are repeated when the connection is cut, adds only when they were certainly not sent.
    let queues = router.menu("/queue/simple");
    let limits = [("max-limit", "2M/10M")];
    if let Some(queue) = queues.filter(Query::equal("name", name)).find().await? {
        let id = queue.text(".id").unwrap_or_default();
        return queues.set(&*id, limits).await;
    }
    let [limit] = limits;
    queues
        .add([("name", name), ("target", target), limit])
        .await?;
    Ok(())
}

fn without_a_runtime(port: u16) -> Outcome<usize> {
    let options = ConnectOptions::new("127.0.0.1", port, "api", "secret");
    let mut router = blocking::connect(&options)?;
    let mut addresses = router.menu("/ip/address");
    let id = addresses.add([("address", "10.0.0.1/24"), ("interface", "ether2")])?;
    let count = addresses.list()?.len();
    addresses.remove(id)?;
    Ok(count)
}

async fn errors_in_the_log(router: &Client) -> Result<Vec<Row>, CallError> {
    let log = router
        .menu("/log")
        .filter(Query::equal("topics", "script,error"));
    log.properties(&["time", "message"]).list().await
}

async fn run_script(router: &Client, source: &str) -> Result<u64, CallError> {
    let scripts = router.menu("/system/script");
    let id = scripts.add([("name", "once"), ("source", source)]).await?;
    scripts.call("run", [(".id", &id)]).await?;
    let ran = scripts.filter(Query::equal("name", "once")).find().await?;
    scripts.remove(&id).await?;
    Ok(ran.and_then(|row| row.parse("run-count").ok()).unwrap_or(0))
}

async fn fetch(router: &Client, url: &str) -> Result<Option<String>, CallError> {
    let arguments = [("url", url), ("output", "user")];
    let reply = router.menu("/tool").call("fetch", arguments).await?;
    // Progress comes row by row; the last has the data.
    let data = reply.rows().last().and_then(|row| row.text("data"));
    Ok(data.map(Cow::into_owned))
}

async fn export(router: &Client) -> Result<Option<String>, CallError> {
    let export = Command::new("/export").attribute("file", "backup");
    router.execute(export).await?;
    let files = router
        .menu("/file")
        .filter(Query::equal("name", "backup.rsc"));
    let Some(file) = files.find().await? else {
        return Ok(None);
    };
    router
        .menu("/file")
        .remove(&*file.text(".id").unwrap_or_default())
        .await?;
    Ok(file.text("contents").map(Cow::into_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn start() -> (Simulator, Client) {
        let router = Simulator::builder()
            .account("api", "secret")
            .start()
            .await
            .unwrap();
        let client = connect(options(&router)).await.unwrap();
        (router, client)
    }

    fn options(router: &Simulator) -> ConnectOptions {
        ConnectOptions::new("127.0.0.1", router.addr().port(), "api", "secret")
    }

    /// Moves the router's clock until the work is done.
    async fn with_time<T>(router: &Simulator, work: impl Future<Output = T>) -> T {
        let clock = async {
            loop {
                router.advance(Duration::from_secs(1));
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            outcome = work => outcome,
            () = clock => unreachable!("the clock goes on for ever"),
        }
    }

    /// Code without indentation and line breaks, which rustfmt may set differently.
    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect()
    }

    #[test]
    fn the_document_holds_the_recipes_that_run_here_and_no_others() {
        let document = include_str!("../../../../docs/routeros.md");
        let here = squeezed(include_str!("recipes.rs"));
        let mut blocks = document.split("```rust");
        blocks.next();
        let blocks: Vec<_> = blocks
            .map(|rest| rest.split("```").next().unwrap())
            .collect();
        assert!(blocks.len() >= 13, "{}", blocks.len());
        for block in blocks {
            let block = block.split_once('\n').unwrap().1;
            // Imports stand together at the head of this file.
            let code: String = block
                .lines()
                .filter(|line| !line.starts_with("use "))
                .collect::<Vec<_>>()
                .join("\n");
            assert!(here.contains(&squeezed(&code)), "not run here:\n{code}");
        }
    }

    #[tokio::test]
    async fn connecting_and_reading() {
        let (router, client) = start().await;
        let port = router.addr().port();
        assert_eq!(
            who_is_it("127.0.0.1", port).await.unwrap().unwrap(),
            "MikroTik"
        );
        let rows = cables(&client).await.unwrap();
        let names: Vec<_> = rows.iter().map(|row| row.text("name").unwrap()).collect();
        assert_eq!(names, ["ether1", "ether2"]);
        assert_eq!(rows[0].parse::<u16>("mtu").unwrap(), 1500);
    }

    #[tokio::test]
    async fn adding_twice_is_a_duplicate() {
        let (router, client) = start().await;
        add_secret(&client, "ana").await.unwrap();
        assert!(add_secret(&client, "ana").await.is_err());
        assert_eq!(router.count("/ppp/secret"), 1);
    }

    #[tokio::test]
    async fn types_go_there_and_back() {
        let (_router, client) = start().await;
        for secret in [
            Secret {
                name: "año=1".to_owned(),
                disabled: true,
                remote_address: Some([10, 0, 0, 7].into()),
                limit_bytes_in: 10_000_000,
            },
            Secret {
                name: "b".to_owned(),
                disabled: false,
                remote_address: None,
                limit_bytes_in: 0,
            },
        ] {
            let all = typed(&client, &secret).await.unwrap();
            assert_eq!(all.last(), Some(&secret));
        }
    }

    #[tokio::test]
    async fn changes_are_heard() {
        let (router, client) = start().await;
        let change = async {
            router
                .until(|counters| counters.commands_of("/ip/address/listen") == 1)
                .await;
            let values = [("address", "10.1.1.1/30"), ("interface", "ether1")];
            let id = router.add("/ip/address", &values).unwrap();
            assert!(router.remove("/ip/address", &id));
        };
        let (seen, ()) = tokio::join!(first_two_changes(&client), change);
        assert_eq!(seen.unwrap(), ["10.1.1.1/30 is there", "*2 is gone"]);
    }

    #[tokio::test]
    async fn commands_that_go_on_are_cancelled() {
        let (router, client) = start().await;
        let times = with_time(&router, three_pings(&client)).await.unwrap();
        assert_eq!(times, [Duration::from_micros(1200); 3]);
        assert_eq!(traffic(&client, "ether1").await.unwrap(), 960_000);
        assert!(traffic(&client, "nonsense").await.is_err());
        assert_eq!(router.counters().commands_of("/cancel"), 1);
    }

    #[tokio::test]
    async fn certificates_are_pinned() {
        let start = || {
            Simulator::builder()
                .account("api", "secret")
                .tls(TlsMode::SelfSigned)
                .start()
        };
        let (router, other) = (start().await.unwrap(), start().await.unwrap());
        let seen = pin(router.addr().port(), None).await.unwrap();
        assert!(seen.is_some());
        assert_eq!(pin(router.addr().port(), seen).await.unwrap(), seen);
        assert!(pin(other.addr().port(), seen).await.is_err());
    }

    #[tokio::test]
    async fn queues_are_made_and_changed() {
        let (router, _client) = start().await;
        let handle = ReconnectingClient::new(options(&router));
        for _ in 0..2 {
            limit(&handle, "ana", "10.0.0.7/32").await.unwrap();
            router.drop_connections();
        }
        let rows = router.rows("/queue/simple");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get("max-limit"), Some("2M/10M"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_thread_needs_no_runtime() {
        let (router, _client) = start().await;
        let port = router.addr().port();
        let count = tokio::task::spawn_blocking(move || {
            without_a_runtime(port).map_err(|error| error.to_string())
        });
        assert_eq!(count.await.unwrap().unwrap(), 2);
        assert_eq!(router.count("/ip/address"), 1);
    }

    #[tokio::test]
    async fn the_log_scripts_fetch_and_files() {
        let (router, client) = start().await;
        router.log("script,error", "it broke");
        router.log("system,info", "it did not");
        let rows = errors_in_the_log(&client).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("message").unwrap(), "it broke");
        assert_eq!(run_script(&client, ":log info x").await.unwrap(), 1);
        assert_eq!(router.count("/system/script"), 0);
        router.serve_url("https://example.com/a", "hello");
        let data = fetch(&client, "https://example.com/a").await.unwrap();
        assert_eq!(data.as_deref(), Some("hello"));
        assert!(fetch(&client, "https://example.com/b").await.is_err());
        let text = export(&client).await.unwrap().unwrap();
        assert!(
            text.contains("/ip address\nadd address=192.168.88.1/24"),
            "{text}"
        );
        assert_eq!(router.count("/file"), 0);
    }
}
