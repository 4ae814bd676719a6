//! The control port, and the program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{KEY, TOKEN, World, answer, payment};

#[tokio::test]
async fn the_root_lists_what_there_is() {
    let world = World::new().await;
    let guide = answer(world.control(Method::GET, "/")).await;
    assert_eq!(guide.status, 200);
    assert!(guide.at("/faults/kinds/close_after").is_string());
    let urls = answer(world.control(Method::GET, "/urls")).await;
    assert_eq!(urls.at("/conekta"), &json!(world.sandbox.conekta_url()));
    assert_eq!(
        answer(world.control(Method::GET, "/nothing")).await.status,
        404
    );
}

#[tokio::test]
async fn ledger_counters_and_requests_are_shown_without_secrets() {
    let world = World::new().await;
    let id = world.bare_order().await;
    world.charge(&id, "tok_secret_token_1", "att_01").await;
    world.pay("k1", &payment("mpsecrettoken", "att_02")).await;
    let ledger = answer(world.control(Method::GET, "/ledger?kind=charge")).await;
    assert_eq!(ledger.at("/total_net_cents"), &json!(1999 + 3555));
    assert_eq!(ledger.at("/entries/0/reference"), &json!("att_01"));
    assert_eq!(
        ledger.at("/entries/1/metadata/purchaseId"),
        &json!("pur_01")
    );
    let one = answer(world.control(Method::GET, "/ledger?reference=att_02")).await;
    assert_eq!(one.at("/entries").as_array().unwrap().len(), 1);
    let counters = answer(world.control(Method::GET, "/counters")).await;
    assert_eq!(counters.at("/conekta/create_charge"), &json!(1));
    assert_eq!(counters.at("/mercado_pago/create_payment"), &json!(1));
    let requests = answer(world.control(Method::GET, "/requests?last=2")).await;
    assert_eq!(requests.body.as_array().unwrap().len(), 2);
    assert_eq!(requests.at("/0/endpoint"), &json!("create_charge"));
    assert_eq!(requests.at("/1/status"), &json!(201));
    let shown = format!("{}{}", requests.body, ledger.body);
    for secret in [KEY, TOKEN, "tok_secret_token_1", "mpsecrettoken"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let (_, tail) = KEY.split_at(KEY.len() - 4);
    assert!(
        ledger
            .at("/entries/0/account")
            .as_str()
            .unwrap()
            .ends_with(tail),
        "told apart"
    );
}

#[tokio::test]
async fn faults_are_set_listed_and_removed() {
    let world = World::new().await;
    let spec = json!({
        "fault": {"kind": "status", "status": 503}, "endpoint": "search_orders", "times": 0,
    });
    let set = answer(world.control(Method::POST, "/faults").json(&spec)).await;
    assert_eq!(set.body, json!({"id": 1}));
    assert_eq!(world.conekta_get("/orders").await.status, 503);
    let listed = answer(world.control(Method::GET, "/faults")).await;
    assert_eq!(listed.at("/0/hits"), &json!(1));
    assert_eq!(
        answer(world.control(Method::DELETE, "/faults/1"))
            .await
            .status,
        200
    );
    assert_eq!(
        answer(world.control(Method::DELETE, "/faults/1"))
            .await
            .status,
        404
    );
    assert_eq!(world.conekta_get("/orders").await.status, 200);
    for wrong in [
        json!({}),
        json!({"fault": {"kind": "magic"}}),
        json!({"fault": {"kind": "hang"}, "x": 1}),
    ] {
        let refused = answer(world.control(Method::POST, "/faults").json(&wrong)).await;
        assert_eq!(refused.status, 422, "{wrong}");
        assert!(refused.at("/error").is_string());
    }
    answer(world.control(Method::POST, "/faults").json(&spec)).await;
    answer(world.control(Method::DELETE, "/faults")).await;
    assert_eq!(world.conekta_get("/orders").await.status, 200);
}

#[tokio::test]
async fn held_requests_are_waited_for_and_released() {
    let world = World::new().await;
    let spec = json!({"fault": {"kind": "hold"}, "gateway": "mercado_pago"});
    answer(world.control(Method::POST, "/faults").json(&spec)).await;
    let body = payment("token1", "att_01");
    let (paid, ()) = tokio::join!(world.pay("k1", &body), async {
        let held = answer(world.control(Method::GET, "/held?at_least=1&timeout_ms=60000")).await;
        assert_eq!(held.at("/0/endpoint"), &json!("create_payment"));
        let id = held.at("/0/id");
        let released = world
            .control(Method::POST, "/release")
            .json(&json!({"id": id}));
        assert_eq!(answer(released).await.body, json!({"released": 1}));
    });
    assert_eq!(paid.status, 201);
}

#[tokio::test]
async fn payments_are_decided() {
    let world = World::new().await;
    world.pay("k1", &payment("tok-CONT-1", "att_01")).await;
    let post = |path: &str, body: Value| answer(world.control(Method::POST, path).json(&body));
    let approved = post("/payments/att_01/approve", json!({})).await;
    assert_eq!(
        (approved.status, approved.at("/status")),
        (200, &json!("approved"))
    );
    assert_eq!(
        post("/payments/att_01/approve", json!({})).await.status,
        409
    );
    assert_eq!(
        post("/payments/att_99/approve", json!({})).await.status,
        404
    );
    assert_eq!(
        post("/payments/att_01/frobnicate", json!({})).await.status,
        404
    );
    let part = post("/payments/att_01/refund", json!({"amount_cents": 55})).await;
    assert_eq!(part.at("/refunded_cents"), &json!(55));
    let back = answer(world.control(Method::POST, "/payments/att_01/chargeback")).await;
    assert_eq!(
        back.at("/status"),
        &json!("charged_back"),
        "a body is not needed"
    );
    let listed = answer(world.control(Method::GET, "/payments")).await;
    assert_eq!(listed.at("/0/reference"), &json!("att_01"));
    assert_eq!(world.sandbox.ledger().total_net_cents(), 0);
}

#[tokio::test]
async fn settings_accounts_and_reset() {
    let world = World::new().await;
    let put = world
        .control(Method::PUT, "/settings")
        .json(&json!({"search_delay": 1}));
    assert_eq!(answer(put).await.at("/search_delay"), &json!(1));
    let id = world.bare_order().await;
    assert_eq!(world.conekta_get("/orders").await.at("/data"), &json!([]));
    let revoke = json!({"gateway": "mercado_pago", "key": TOKEN});
    answer(
        world
            .control(Method::POST, "/accounts/revoke")
            .json(&revoke),
    )
    .await;
    assert_eq!(world.mp_get("/users/me").await.status, 401);
    let webhooks = json!({"conekta": "http://127.0.0.1:1/", "secret": "very secret"});
    let put = answer(world.control(Method::PUT, "/webhooks").json(&webhooks)).await;
    assert!(!put.body.to_string().contains("very secret"));
    let send = answer(
        world
            .control(Method::POST, "/webhooks/send")
            .json(&json!({})),
    )
    .await;
    assert_eq!(send.status, 200);
    assert!(send.at("/0/error").is_string());
    answer(world.control(Method::POST, "/reset")).await;
    assert_eq!(
        world.conekta_get(&format!("/orders/{id}")).await.status,
        404
    );
    let requests = answer(world.control(Method::GET, "/requests")).await;
    assert_eq!(
        requests.body.as_array().unwrap().len(),
        1,
        "only what came after"
    );
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn start(arguments: &[&str]) -> (Running, BTreeMap<String, String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gateway-sim"))
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let running = Running(child);
    let addresses = lines
        .map(Result::unwrap)
        .take_while(|line| line != "ready")
        .map(|line| {
            line.split_once(' ')
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .unwrap()
        })
        .collect();
    (running, addresses)
}

#[cfg(unix)]
#[tokio::test]
async fn it_prints_where_it_listens_and_ends_cleanly_on_signals() {
    let world = World::new().await;
    for signal in ["-TERM", "-INT"] {
        let (mut running, addresses) = start(&["--control", "127.0.0.1:0", "--seed", "7"]);
        let names: Vec<&str> = addresses.keys().map(String::as_str).collect();
        assert_eq!(names, ["conekta", "control", "mercado_pago", "telegram"]);
        let guide = world.http.get(&addresses["control"]).send().await.unwrap();
        assert!(guide.status().is_success());
        let pid = running.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = running.0.wait().unwrap();
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn a_busy_port_is_one_clear_line_and_a_failure() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_gateway-sim"))
        .args(["--conekta", &address])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains(&address), "{text}");
}
