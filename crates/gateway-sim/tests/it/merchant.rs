//! A merchant's server that writes down the notices it gets, and checks their signatures.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use tokio::sync::mpsc;

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
