//! Every request that the adapters can send obeys the vendors' published API descriptions.
//!
//! The descriptions are not part of the project: they are looked for in the folder named by
//! `OPENAPI_DIR`, else in `../shared/openapi` beside the workspace; without them these tests say
//! so and pass.

mod description;

use std::io::Write as _;
use std::path::PathBuf;

use domain::gateway::GatewayMode;
use domain::payment_method::CardPayment;
use domain::secret::Secret;
use domain::time::Timestamp;
use ports::payments::{GatewayAccount, PaymentGateway};

use crate::fixtures::{PATIENT, account, card, conekta, handle, mercado_pago, refund_of, sale};
use crate::openapi::description::Description;
use crate::stub::{Recorded, Reply, Stub};

/// An operation, and what is done to a request for it.
type Edit<'a> = (&'a str, &'a dyn Fn(&mut Recorded));

fn load(file: &str) -> Option<Description> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/openapi");
    let folder =
        std::env::var_os("OPENAPI_DIR").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = folder.join(file);
    if path.is_file() {
        return Some(Description::load(&path));
    }
    // Straight to stderr: what a passing test prints is hidden.
    let event = format!(
        "SKIPPED: no {file} in {}; set OPENAPI_DIR
",
        folder.display()
    );
    std::io::stderr().write_all(event.as_bytes()).unwrap();
    None
}

fn accounts() -> [GatewayAccount; 2] {
    let mut live = account("secret-key");
    live.mode = GatewayMode::Live;
    [account("secret-key"), live]
}

/// Sales with everything, with next to nothing, and in instalments.
fn sales() -> Vec<ports::payments::ChargeRequest> {
    let full = sale(1, "tok_1");
    let mut bare = sale(2, "tok_2");
    bare.customer.name = " ".into();
    bare.customer.phone = None;
    *card(&mut bare) = CardPayment::with_token(Secret::new("tok_2"));
    card(&mut bare).installments = 0;
    bare.customer_ip = None;
    bare.notification_url = None;
    bare.sale_name = String::new();
    let mut long = sale(3, "tok_3");
    long.sale_name = "ñ".repeat(500);
    long.customer.name = "ñ".repeat(500);
    card(&mut long).installments = 6;
    vec![full, bare, long]
}

async fn drive(gateway: &dyn PaymentGateway, order_id: Option<&str>, payment_id: Option<&str>) {
    let at = Timestamp::from_unix_seconds;
    for account in accounts() {
        for sale in sales() {
            let _order = gateway.open_order(&account, &sale).await;
            let order = order_id.map(str::to_owned);
            let _outcome = gateway.charge(&account, order, &sale).await;
        }
        let known = handle("att-1", order_id, payment_id);
        let unknown = handle("att-1", None, None);
        for handle in [&known, &unknown] {
            let _read = gateway.read(&account, handle).await;
            let _cancel = gateway.cancel(&account, handle).await;
        }
        let _refund = gateway.refund(&account, &refund_of(known, 1999, 7)).await;
        for cursor in [None, Some("50".to_owned())] {
            let page =
                gateway.list_payments(&account, at(1_774_900_000), at(1_774_990_000), cursor);
            let _page = page.await;
        }
    }
}

/// Requests, each with the operation that it stands for.
fn operations(requests: &[Recorded]) -> Vec<String> {
    let mut operations: Vec<String> = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    operations.sort();
    operations.dedup();
    operations
}

async fn conekta_requests() -> Vec<Recorded> {
    let stub = Stub::start([Reply::json(200, r#"{"id":"ord_1","object":"list"}"#)]).await;
    drive(&conekta(&stub.url, PATIENT), Some("ord_1"), None).await;
    stub.requests()
}

async fn mercado_pago_requests() -> Vec<Recorded> {
    let payment = r#"{"id":7,"status":"approved","paging":{"total":200},"results":[{"id":7}]}"#;
    let stub = Stub::start([Reply::json(201, payment)]).await;
    let gateway = mercado_pago(&stub.url, PATIENT);
    drive(&gateway, None, Some("7")).await;
    gateway.account_id(&account("secret-key")).await.unwrap();
    stub.requests()
}

#[tokio::test]
async fn conekta_gets_what_it_describes() {
    let requests = conekta_requests().await;
    assert_eq!(
        operations(&requests),
        [
            "GET /orders",
            "GET /orders/ord_1",
            "POST /orders",
            "POST /orders/ord_1/cancel",
            "POST /orders/ord_1/charges",
            "POST /orders/ord_1/refunds",
        ]
    );
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Bearer secret-key"));
        assert_eq!(
            request.header("accept"),
            Some("application/vnd.conekta-v2.3.0+json")
        );
        assert_eq!(request.header("accept-language"), Some("es"));
    }
    let Some(description) = load("conekta-2.3.0.yaml") else {
        return;
    };
    for request in &requests {
        assert_eq!(
            description.problems(request),
            Vec::<String>::new(),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn mercado_pago_gets_what_it_describes() {
    let requests = mercado_pago_requests().await;
    assert_eq!(
        operations(&requests),
        [
            "GET /users/me",
            "GET /v1/payments/7",
            "GET /v1/payments/search",
            "POST /v1/payments",
            "POST /v1/payments/7/refunds",
            "PUT /v1/payments/7",
        ]
    );
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Bearer secret-key"));
        if request.method != "GET" {
            let key = request.header("x-idempotency-key").unwrap();
            assert!(uuid::Uuid::parse_str(key).is_ok(), "{key}");
        }
        if request.path == "/v1/payments/search" {
            for name in ["sort", "criteria"] {
                assert!(request.query.iter().any(|(key, _)| key == name), "{name}");
            }
        }
    }
    let Some(description) = load("mercado-pago-mx.yaml") else {
        return;
    };
    for request in requests
        .iter()
        .filter(|request| request.path != "/users/me")
    {
        assert_eq!(
            description.problems(request),
            Vec::<String>::new(),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn the_check_finds_what_is_wrong() {
    let (Some(ours), Some(theirs)) = (load("conekta-2.3.0.yaml"), load("mercado-pago-mx.yaml"))
    else {
        return;
    };
    let change = |requests: &[Recorded], target: &str, edit: &dyn Fn(&mut Recorded)| {
        let is_target = |one: &&Recorded| format!("{} {}", one.method, one.path) == target;
        let mut request = requests.iter().find(is_target).unwrap().clone();
        edit(&mut request);
        request
    };
    let without = |name: &'static str| {
        move |request: &mut Recorded| {
            let mut body = request.json();
            body.as_object_mut().unwrap().remove(name);
            request.body = body.to_string().into_bytes();
        }
    };
    let with = |pointer: &'static str, value: serde_json::Value| {
        move |request: &mut Recorded| {
            let mut body = request.json();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            request.body = body.to_string().into_bytes();
        }
    };
    let requests = conekta_requests().await;
    let edits: [Edit<'_>; 6] = [
        ("POST /orders", &without("currency")),
        ("POST /orders", &with("/line_items/0/name", "x".into())),
        (
            "POST /orders",
            &with("/metadata/compra", serde_json::json!({})),
        ),
        ("POST /orders/ord_1/charges", &without("payment_method")),
        (
            "POST /orders/ord_1/refunds",
            &with("/amount", "5.00".into()),
        ),
        ("GET /orders", &|request| {
            request.query.push(("limit".into(), "251".into()));
        }),
    ];
    for (index, (target, edit)) in edits.iter().enumerate() {
        let problems = ours.problems(&change(&requests, target, edit));
        assert!(!problems.is_empty(), "{index} {target}");
    }
    let requests = mercado_pago_requests().await;
    let edits: [Edit<'_>; 7] = [
        ("POST /v1/payments", &without("payer")),
        (
            "POST /v1/payments",
            &with("/transaction_amount", "19.99".into()),
        ),
        ("POST /v1/payments", &with("/installments", 0.into())),
        ("POST /v1/payments", &|request| {
            request
                .headers
                .retain(|(name, _)| name != "x-idempotency-key");
            request
                .headers
                .push(("x-idempotency-key".into(), "no uuid".into()));
        }),
        ("GET /v1/payments/search", &|request| {
            request.query.retain(|(name, _)| name != "sort");
        }),
        ("PUT /v1/payments/7", &with("/status", "gone".into())),
        ("GET /v1/payments/7", &|request| {
            request.path = "/v1/payments/seven".into();
        }),
    ];
    for (index, (target, edit)) in edits.iter().enumerate() {
        let problems = theirs.problems(&change(&requests, target, edit));
        assert!(!problems.is_empty(), "{index} {target}");
    }
}
