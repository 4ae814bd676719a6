//! Everything that this run knew and nobody else may: looked for in every row of the database, in
//! the whole log at its most talkative, and in every answer.

use base64::Engine as _;
use gateway_sim::{Fault, FaultSpec, Gateway};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::server::Server;
use crate::harness::shop::{BOT_TOKEN, CONEKTA_KEY, MERCADO_PAGO_TOKEN, OPERATOR_PASSWORD, Shop};
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::{
    API_KEY_SECRET, ENCRYPTION_KEY, OWNER_EMAIL, OWNER_PASSWORD, ROUTER_PASSWORD, SESSION_SECRET,
    WEBHOOK_SECRET, World,
};

/// Where a secret may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// Nowhere.
    Nowhere,
    /// In this many answers.
    Answers(usize),
    /// In any answer that is about it, and in the database: it is no secret there.
    NotInLogs,
    /// In answers, but neither in clear in the database nor in a log.
    OnlyAnswers,
}

struct Secret {
    what: &'static str,
    text: String,
    may: May,
}

fn secret(what: &'static str, text: impl Into<String>, may: May) -> Secret {
    Secret {
        what,
        text: text.into(),
        may,
    }
}

/// Sells, fails to sell, gives back, is told, and looks at everything.
async fn a_busy_day(world: &World, server: &Server, shop: &Shop) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for gateway in [Gateway::Conekta, Gateway::MercadoPago] {
        let wish = |name: &str| {
            Wish::new(
                gateway,
                format!("secreta-{gateway}-{name}").replace('_', "-"),
            )
        };
        let (sold, lost) = (wish("sold"), wish("lost"));
        let mut declined = wish("no");
        declined.card = "declined";
        let answer = world.buy(server, shop, &sold).await.unwrap();
        answer.expect(200);
        let password = answer.text("/usuario_hotspot/contrasena");
        assert!(!password.is_empty());
        secrets.push(secret("a hotspot password", password, May::OnlyAnswers));
        world.buy(server, shop, &sold).await.unwrap().expect(200);
        world
            .buy(server, shop, &declined)
            .await
            .unwrap()
            .expect(402);
        let after = FaultSpec::always(Fault::CloseAfter).token(lost.token());
        world.gateways.fault(after);
        world.buy(server, shop, &lost).await.unwrap();
        for wish in [sold, lost, declined] {
            secrets.push(secret("a card token", wish.token(), May::Nowhere));
            secrets.push(secret("an e-mail", wish.email(), May::NotInLogs));
            world.notify(server, shop, gateway, true).await;
        }
        let forged = gateway_sim::SendOrder {
            gateway: Some(gateway),
            again: true,
            signing: gateway_sim::Signing::Wrong,
            url: Some(format!(
                "{}/api/v1/webhook/{}/{}",
                server.base,
                if gateway == Gateway::Conekta {
                    "conekta"
                } else {
                    "mercado-pago"
                },
                shop.tenant
            )),
            ..gateway_sim::SendOrder::default()
        };
        world.gateways.send_webhooks(&forged).await.unwrap();
    }
    world.gateways.clear_faults();
    world.at_rest().await;
    secrets
}

/// What operator, owner and portal can look at, and some wrong requests.
async fn look_at_everything(world: &World, server: &Server, shop: &Shop) {
    let sale = world.sales().await.remove(0);
    let back = world.refund(&server.base, shop, sale.id, "vuelta", None);
    back.await.unwrap().expect(200);
    let get = async |token: &str, path: String| {
        let answer = world.session(server, token, (Method::GET, &path), None);
        answer.await.unwrap();
    };
    for path in [
        "mi-empresa",
        "mi-empresa/conekta",
        "mi-empresa/mercado-pago",
        "mi-empresa/routers",
        "mi-empresa/transacciones",
        "mi-empresa/dashboard",
        "mi-empresa/auditoria",
        "products",
        &format!("mi-empresa/transacciones/{}", sale.id),
        &format!("routers/{}/test-connection", shop.router),
        &format!("routers/{}/mikrotik-profiles", shop.router),
    ] {
        get(&shop.operator, format!("/api/v1/admin/{path}")).await;
    }
    let tenant = &shop.tenant;
    for path in [
        "dashboard".to_owned(),
        "empresas".to_owned(),
        "usuarios".to_owned(),
        "auditoria".to_owned(),
        "compras".to_owned(),
        format!("empresas/{tenant}/routers"),
        format!("empresas/{tenant}/routers/{}", shop.router),
        format!("empresas/{tenant}/routers/{}/api-keys", shop.router),
        format!("empresas/{tenant}/stats"),
    ] {
        get(&shop.owner, format!("/admin/{path}")).await;
    }
    let post = async |token: &str, path: &str, body: Value| {
        let answer = world.session(server, token, (Method::POST, path), Some(body));
        answer.await.unwrap();
    };
    post(&shop.operator, "/api/v1/admin/test-telegram", json!({})).await;
    post(
        "",
        "/api/v1/auth/login",
        json!({"email": OWNER_EMAIL, "password": "mala-clave-77"}),
    )
    .await;
    post(
        "",
        "/api/v1/auth/login",
        json!({"email": 7, "password": [OPERATOR_PASSWORD]}),
    )
    .await;
    get("not-a-token-4711", "/api/v1/admin/mi-empresa".to_owned()).await;
    for path in ["config/public", "catalogo_perfiles_venta"] {
        let url = format!("{}/api/v1/{path}", server.base);
        let request = world.http.request(Method::GET, url);
        let request = request.header("X-API-Key", &shop.api_key);
        world.http.send(request).await.unwrap();
    }
    let metrics = world
        .http
        .request(Method::GET, format!("{}/metrics", server.base));
    world.http.send(metrics).await.unwrap();
}

/// Every row of every table, as text.
async fn dump(world: &World) -> Vec<(String, String)> {
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let mut rows = Vec::new();
    for table in world.sql.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        let all = format!("SELECT t::text FROM \"{table}\" t");
        for row in world.sql.query(&all, &[]).await.unwrap() {
            rows.push((table.clone(), row.get(0)));
        }
    }
    rows
}

#[tokio::test]
async fn no_secret_is_in_the_database_a_log_or_an_answer() {
    for format in ["text", "json"] {
        let world = World::with(&[
            ("RUST_LOG", "trace"),
            ("LOG_FORMAT", format),
            ("DEBUG", "true"),
            ("RECONCILE_INTERVAL_MS", "100"),
        ])
        .await;
        let mut server = world.server().await;
        let shop = world.open_shop(&server).await;
        world.want_notices(&server, &shop).await;
        let mut secrets = a_busy_day(&world, &server, &shop).await;
        look_at_everything(&world, &server, &shop).await;
        until("the operator to be told", async || {
            (world.gateways.telegram_messages().len() > 4).then_some(())
        })
        .await;
        server.signal(rustix::process::Signal::TERM);
        server.ended().await;

        secrets.extend([
            secret("the router's password", ROUTER_PASSWORD, May::Nowhere),
            secret("Conekta's key", CONEKTA_KEY, May::Nowhere),
            secret("Mercado Pago's token", MERCADO_PAGO_TOKEN, May::Nowhere),
            secret("the webhook secret", WEBHOOK_SECRET, May::Nowhere),
            secret("the bot's token", BOT_TOKEN, May::Nowhere),
            secret("the operator's password", OPERATOR_PASSWORD, May::Nowhere),
            secret("the owner's password", OWNER_PASSWORD, May::Nowhere),
            secret("a mistyped password", "mala-clave-77", May::Nowhere),
            secret("a wrong token", "not-a-token-4711", May::Nowhere),
            secret("the key ring", ENCRYPTION_KEY, May::Nowhere),
            secret("the API keys' secret", API_KEY_SECRET, May::Nowhere),
            secret("the sessions' secret", SESSION_SECRET, May::Nowhere),
            secret("the API key", &shop.api_key, May::Answers(1)),
            secret("the owner's session", &shop.owner, May::Answers(1)),
            secret("the operator's session", &shop.operator, May::Answers(1)),
            secret("a customer's name", "Ana Paz", May::NotInLogs),
            secret("a customer's phone", "5587654321", May::NotInLogs),
        ]);
        let found = find(&world, &server, &secrets).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

async fn find(world: &World, server: &Server, secrets: &[Secret]) -> Vec<String> {
    let (log, rows, answers) = (server.log.text(), dump(world).await, world.http.heard());
    assert!(log.len() > 100_000, "the log is not talkative");
    assert!(rows.len() > 30 && answers.len() > 30);
    let mut found = Vec::new();
    for Secret { what, text, may } in secrets {
        assert!(text.len() > 3, "{what} is too short to be looked for");
        let needle = Needle::new(text);
        if needle.is_in(&log) {
            let line = log.lines().find(|line| needle.is_in(line));
            let line = excerpt(line.unwrap_or_default(), text);
            found.push(format!("{what} is in the log: {line}"));
        }
        if *may != May::NotInLogs
            && let Some((table, row)) = rows.iter().find(|(_, row)| needle.is_in(row))
        {
            found.push(format!("{what} is in {table}: {}", excerpt(row, text)));
        }
        let told = answers.iter().filter(|answer| needle.is_in(answer));
        let (count, allowed) = match may {
            May::Nowhere => (told.count(), 0),
            May::Answers(times) => (told.count(), *times),
            May::NotInLogs | May::OnlyAnswers => (0, 0),
        };
        if count > allowed {
            found.push(format!("{what} is in {count} answers, not {allowed}"));
        }
    }
    found
}

/// A text as it is, and in its usual disguises.
struct Needle {
    text: String,
    disguises: Vec<String>,
}

impl Needle {
    fn new(text: &str) -> Self {
        let hexadecimal: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let numbers: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
        let mut in_base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
        // Its last digits depend on what follows.
        in_base64.truncate(in_base64.len() - 2);
        Self {
            text: text.to_owned(),
            disguises: vec![
                text.to_owned(),
                hexadecimal.concat(),
                numbers.join(", "),
                in_base64,
            ],
        }
    }

    /// Whether it is there. A short one counts only as a word: a few digits are also part of
    /// numbers and times.
    fn is_in(&self, hay: &str) -> bool {
        if self.text.len() < 8 {
            return has_word(hay, &self.text);
        }
        self.disguises.iter().any(|shape| hay.contains(shape))
    }
}

fn has_word(hay: &str, text: &str) -> bool {
    hay.match_indices(text).any(|(start, _)| {
        let joined = |next: Option<char>| {
            next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ':' | '-' | '_'))
        };
        let (before, rest) = hay.split_at(start);
        let after = rest.strip_prefix(text).unwrap_or_default();
        !joined(before.chars().next_back()) && !joined(after.chars().next())
    })
}

#[test]
fn what_is_there_is_found() {
    let secret = Needle::new("clave-de-prueba");
    for hay in [
        "POST /botclave-de-prueba/send",
        "Authorization: Basic Y2xhdmUtZGUtcHJ1ZWJhOg==",
        "636c6176652d64652d707275656261",
        "[99, 108, 97, 118, 101, 45, 100, 101, 45, 112, 114, 117, 101, 98, 97]",
    ] {
        assert!(secret.is_in(hay), "{hay}");
    }
    let short = Needle::new("0481");
    assert!(short.is_in("{\"contrasena\":\"0481\"}"));
    assert!(!short.is_in("12:00:00.0481 port 10481"));
}

fn excerpt(line: &str, text: &str) -> String {
    let start = line.find(text).unwrap_or(0).saturating_sub(200);
    let around = line.chars().skip(start).take(400 + text.len());
    around.collect()
}
