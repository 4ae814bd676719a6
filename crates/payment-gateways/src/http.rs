//! How the gateways are reached: the settings, and one bounded HTTP exchange, classified by what
//! is known of it afterwards. One client per gateway, shared by all tenants.

use domain::secret::Secret;
use ports::payments::ReadError;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Client, Method, Request, Response};
use rustls::{ClientConfig, RootCertStore};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Why a gateway cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The base address is no absolute `http` or `https` URL, or holds credentials, a query or a
    /// fragment.
    #[error("the gateway's base address is not a plain http or https URL")]
    BaseUrl,
    /// A time-out is zero.
    #[error("the gateway's time-outs must be longer than zero")]
    Timeout,
    /// The TLS set-up failed.
    #[error("TLS could not be set up")]
    Tls,
}

/// How Conekta is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConektaConfig {
    /// Base address; `http` is meant for tests and sandboxes.
    pub base_url: String,
    /// Bounds every call of the port as a whole, extra reads included (`GATEWAY_TIMEOUT_MS`).
    pub request_timeout: Duration,
    /// Bounds name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
}

impl Default for ConektaConfig {
    /// The live service, 30 s in all, 3 s to connect.
    fn default() -> Self {
        Self {
            base_url: "https://api.conekta.io".to_owned(),
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(3),
        }
    }
}

/// How Mercado Pago is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MercadoPagoConfig {
    /// Base address; `http` is meant for tests and sandboxes.
    pub base_url: String,
    /// Bounds every request, and every call of the port as a whole but for a charge, which may
    /// take twice as long, repeats included (`GATEWAY_TIMEOUT_MS`).
    pub request_timeout: Duration,
    /// Bounds name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Wait before the first repeat of an idempotent request; doubles each time.
    pub repeat_pause: Duration,
}

impl Default for MercadoPagoConfig {
    /// The live service, 30 s a request, 3 s to connect, repeats after 0.5, 1 and 2 s.
    fn default() -> Self {
        Self {
            base_url: "https://api.mercadopago.com".to_owned(),
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(3),
            repeat_pause: Duration::from_millis(500),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The request could not be put into HTTP: the tenant's key holds impossible characters.
    Unsendable,
    /// The request never left: name look-up, connection or TLS failed.
    NotSent,
    /// No (complete) answer in time; the request may have arrived.
    TimedOut,
    /// The connection broke; the request may have arrived.
    Broken,
}

impl Lost {
    /// For logs.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Unsendable => "the request cannot be expressed",
            Self::NotSent => "the gateway could not be reached",
            Self::TimedOut => "no answer in time",
            Self::Broken => "the connection broke before the answer was complete",
        }
    }
}

/// A status line and, if it arrived whole and not too large, a body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body; `None` when it was cut off or larger than allowed.
    pub(crate) body: Option<Vec<u8>>,
    /// How long the gateway asks us to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as JSON; `None` when it is missing, cut or something else.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }
}

/// A request to be sent, once or repeatedly.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) is_sendable: bool,
}

impl Call {
    /// Starts a request; `operation` names it in logs, each of `path` is one segment.
    pub(crate) fn new(operation: &'static str, method: Method, path: &[&str]) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            operation,
            method,
            path: path.iter().map(|segment| (*segment).to_owned()).collect(),
            query: Vec::new(),
            headers,
            body: None,
            is_sendable: true,
        }
    }

    /// Authenticates with a secret.
    pub(crate) fn bearer(mut self, secret: &Secret) -> Self {
        match HeaderValue::from_str(&format!("Bearer {}", secret.expose())) {
            Ok(mut value) if !secret.is_empty() => {
                value.set_sensitive(true);
                self.headers.insert(AUTHORIZATION, value);
            }
            _ => self.is_sendable = false,
        }
        self
    }

    /// Sets a header of ours.
    pub(crate) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// Sets a header to a text from outside of at most 1024 bytes; left out if no header can hold
    /// it.
    pub(crate) fn header_if_valid(mut self, name: HeaderName, value: &str) -> Self {
        if !value.is_empty()
            && value.len() <= 1024
            && let Ok(value) = HeaderValue::from_str(value)
        {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Sets the body.
    pub(crate) fn json<B: Serialize>(mut self, body: &B) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => {
                let value = HeaderValue::from_static("application/json");
                self.headers.insert(CONTENT_TYPE, value);
                self.body = Some(bytes);
            }
            Err(_unserialisable) => self.is_sendable = false,
        }
        self
    }
}

/// A moment by which everything must be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// This long from now.
    pub(crate) fn after(span: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(span).unwrap_or(now))
    }

    /// This deadline, or `span` from now if that is earlier.
    pub(crate) fn or_after(self, span: Duration) -> Self {
        Self(self.0.min(Self::after(span).0))
    }

    /// What is left; zero once over.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The moment itself.
    pub(crate) const fn instant(self) -> Instant {
        self.0
    }
}

/// Largest answer that is read; both gateways stay far below.
const MAX_ANSWER: usize = 1024 * 1024;

/// Idle connections are dropped before the gateways drop them: a request written into a
/// connection that closes at that moment has an unknown outcome.
const POOL_IDLE: Duration = Duration::from_secs(20);

/// Sends requests to one base address, each within one time-out.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    client: Client,
    base: Url,
    timeout: Duration,
}

impl HttpClient {
    /// Builds the client.
    pub(crate) fn new(
        base_url: &str,
        timeout: Duration,
        connect_timeout: Duration,
    ) -> Result<Self, ConfigError> {
        if timeout.is_zero() || connect_timeout.is_zero() {
            return Err(ConfigError::Timeout);
        }
        let base = Url::parse(base_url).map_err(|_not_a_url| ConfigError::BaseUrl)?;
        let is_plain = matches!(base.scheme(), "http" | "https")
            && base.has_host()
            && base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !is_plain {
            return Err(ConfigError::BaseUrl);
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ))
            .http1_only()
            .no_proxy()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            // Repeats are decided where their meaning is known.
            .retry(reqwest::retry::never())
            .connect_timeout(connect_timeout)
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(32)
            .build()
            .map_err(|_tls_backend| ConfigError::Tls)?;
        Ok(Self {
            client,
            base,
            timeout,
        })
    }

    /// When a call of the port that starts now and takes one time-out must be over.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout)
    }

    /// The same for a call whose repeats may take this many time-outs.
    pub(crate) fn deadline_of(&self, timeouts: u32) -> Deadline {
        Deadline::after(self.timeout.saturating_mul(timeouts))
    }

    /// Sends a request that only reads, and reads the answer.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        deadline: Deadline,
    ) -> Result<T, ReadError> {
        match self.send(call, deadline).await {
            Ok(answer) if answer.is_success() => answer.json().ok_or(ReadError::Unavailable),
            Ok(answer) => Err(match answer.status {
                401 | 403 | 404 => ReadError::Refused,
                429 => ReadError::Busy,
                _ => ReadError::Unavailable,
            }),
            Err(Lost::Unsendable) => Err(ReadError::Refused),
            Err(_) => Err(ReadError::Unavailable),
        }
    }

    /// Sends the request once and reads the answer, all before the deadline and within one
    /// time-out.
    pub(crate) async fn send(&self, call: &Call, deadline: Deadline) -> Result<Answer, Lost> {
        let deadline = deadline.or_after(self.timeout);
        let request = self.request(call).ok_or(Lost::Unsendable)?;
        if deadline.left().is_zero() {
            return Err(Lost::NotSent);
        }
        let exchange = self.exchange(request);
        let outcome = tokio::time::timeout_at(deadline.instant(), exchange)
            .await
            .unwrap_or(Err(Lost::TimedOut));
        match &outcome {
            Ok(answer) => {
                tracing::debug!(
                    operation = call.operation,
                    status = answer.status,
                    "answered"
                );
            }
            Err(lost) => {
                tracing::debug!(
                    operation = call.operation,
                    reason = lost.text(),
                    "no answer"
                );
            }
        }
        outcome
    }

    fn request(&self, call: &Call) -> Option<Request> {
        if !call.is_sendable {
            return None;
        }
        let mut url = self.base.clone();
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = Request::new(call.method.clone(), url);
        *request.headers_mut() = call.headers.clone();
        *request.body_mut() = call.body.clone().map(Into::into);
        Some(request)
    }

    async fn exchange(&self, request: Request) -> Result<Answer, Lost> {
        let response = self
            .client
            .execute(request)
            .await
            .map_err(|error| lost(&error))?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        let body = bounded_body(response).await;
        Ok(Answer {
            status,
            body,
            retry_after,
        })
    }
}

/// The body if it is whole and small enough.
async fn bounded_body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// What an error says of the request. The error itself is dropped: it holds the address.
fn lost(error: &reqwest::Error) -> Lost {
    if error.is_connect() || error.is_builder() {
        Lost::NotSent
    } else if error.is_timeout() {
        Lost::TimedOut
    } else {
        Lost::Broken
    }
}

fn tls() -> Result<ClientConfig, ConfigError> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_no_common_version| ConfigError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn only_plain_web_addresses_are_accepted() {
        let wait = SECOND;
        for good in ["https://api.conekta.io", "http://127.0.0.1:9/prefix/"] {
            assert!(HttpClient::new(good, wait, wait).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.conekta.io",
            "ftp://x.test",
            "https://user:pw@x.test",
            "https://x.test?a=b",
            "https://x.test/#f",
            "data:,x",
        ] {
            assert_eq!(
                HttpClient::new(bad, wait, wait).err(),
                Some(ConfigError::BaseUrl),
                "{bad}"
            );
        }
        for (timeout, connect) in [(wait, Duration::ZERO), (Duration::ZERO, wait)] {
            assert_eq!(
                HttpClient::new("http://x.test", timeout, connect).err(),
                Some(ConfigError::Timeout)
            );
        }
    }

    #[test]
    fn ids_cannot_leave_their_path_segment() {
        let client = HttpClient::new("http://x.test/base/", SECOND, SECOND).unwrap();
        let call = Call::new("read", Method::GET, &["orders", "../a?b#c/d"])
            .query("created_at.gte", "1 2&3");
        let request = client.request(&call).unwrap();
        assert_eq!(
            request.url().as_str(),
            "http://x.test/base/orders/..%2Fa%3Fb%23c%2Fd?created_at.gte=1+2%263"
        );
    }
}
