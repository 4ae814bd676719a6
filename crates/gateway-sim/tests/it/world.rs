//! A running sandbox, requests to it as callers send them, and a merchant that receives events.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_sim::{Clock, Config, Sandbox};
use reqwest::{Client, Method, RequestBuilder};
use ring::hmac;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) const KEY: &str = "key_test_0123456789abcdef";
pub(crate) const TOKEN: &str = "TEST-1234567890-112233-abcdef-44444";
pub(crate) const VERSION: &str = "application/vnd.conekta-v2.3.0+json";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Config {
            clock: Clock::Stepping(1_774_901_374_000),
            ..Config::default()
        })
        .await
    }

    pub(crate) async fn with(config: Config) -> Self {
        // Another test may have been first; either way there is a provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().build().unwrap();
        Self {
            sandbox: Sandbox::start(config).await.unwrap(),
            http,
        }
    }

    pub(crate) fn conekta(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.sandbox.conekta_url()))
            .header("accept", VERSION)
            .bearer_auth(KEY)
    }

    pub(crate) async fn conekta_post(&self, path: &str, body: Value) -> Answer {
        answer(self.conekta(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn conekta_get(&self, path: &str) -> Answer {
        answer(self.conekta(Method::GET, path)).await
    }

    /// An order without a charge; its id.
    pub(crate) async fn bare_order(&self) -> String {
        let answer = self.conekta_post("/orders", order()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.at("/id").as_str().unwrap().to_owned()
    }

    pub(crate) async fn charge(&self, order: &str, token: &str, reference: &str) -> Answer {
        self.conekta_post(
            &format!("/orders/{order}/charges"),
            charge(token, reference),
        )
        .await
    }

    pub(crate) fn mp(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.mercado_pago_url());
        self.http.request(method, url).bearer_auth(TOKEN)
    }

    pub(crate) async fn pay(&self, key: &str, body: &Value) -> Answer {
        let request = self
            .mp(Method::POST, "/v1/payments")
            .header("x-idempotency-key", key);
        answer(request.json(body)).await
    }

    pub(crate) async fn mp_get(&self, path: &str) -> Answer {
        answer(self.mp(Method::GET, path)).await
    }

    pub(crate) async fn mp_post(&self, path: &str, key: &str, body: Value) -> Answer {
        answer(
            self.mp(Method::POST, path)
                .header("x-idempotency-key", key)
                .json(&body),
        )
        .await
    }

    pub(crate) fn control(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(
            method,
            format!("{}{path}", self.sandbox.control_url().unwrap()),
        )
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    Answer {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}

pub(crate) fn order() -> Value {
    json!({
        "currency": "MXN",
        "customer_info": {"name": "Ana Perez", "email": "ana@example.mx", "phone": "+525522997233"},
        "line_items": [{"name": "WiFi 1 dia", "unit_price": 1999, "quantity": 1}],
        "metadata": {"tenant": "t1", "purchase": "pur_01"},
    })
}

pub(crate) fn charge(token: &str, reference: &str) -> Value {
    json!({
        "amount": 1999,
        "reference_id": reference,
        "payment_method": {"type": "card", "token_id": token},
    })
}

pub(crate) fn payment(token: &str, reference: &str) -> Value {
    json!({
        "transaction_amount": 35.55,
        "token": token,
        "installments": 1,
        "payment_method_id": "visa",
        "external_reference": reference,
        "payer": {"email": "ana@example.mx", "first_name": "Ana", "last_name": "Perez"},
        "metadata": {"purchaseId": "pur_01"},
    })
}

pub(crate) struct Received {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    }
}

/// A merchant's server that writes down what comes.
pub(crate) async fn merchant() -> (String, mpsc::UnboundedReceiver<Received>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let app = axum::Router::new()
        .route("/hook", axum::routing::post(receive))
        .with_state(Arc::new(sender));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, receiver)
}

async fn receive(
    State(sender): State<Arc<mpsc::UnboundedSender<Received>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) {
    sender.send(Received { uri, headers, body }).ok();
}

pub(crate) fn rsa_verifies(pem: &str, received: &Received) -> bool {
    let Some(digest) = received.header("digest") else {
        return false;
    };
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let key = STANDARD.decode(base64).unwrap().split_off(24);
    let Ok(signature) = STANDARD.decode(digest) else {
        return false;
    };
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    key.verify(&received.body, &signature).is_ok()
}

pub(crate) fn hmac_verifies(secret: &str, id: &str, received: &Received) -> bool {
    let Some(signature) = received.header("x-signature") else {
        return false;
    };
    let part = |label: &str| {
        let mut parts = signature
            .split(',')
            .filter_map(|part| part.trim().split_once('='));
        parts
            .find(|(name, _)| *name == label)
            .map(|(_, value)| value.to_owned())
    };
    let (Some(ts), Some(v1)) = (part("ts"), part("v1")) else {
        return false;
    };
    let request = received
        .header("x-request-id")
        .map(|id| format!("request-id:{id};"));
    let manifest = format!("id:{id};{}ts:{ts};", request.unwrap_or_default());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let Ok(given) = hex::decode(v1) else {
        return false;
    };
    hmac::verify(&key, manifest.as_bytes(), &given).is_ok()
}
