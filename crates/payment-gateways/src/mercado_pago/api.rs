//! Requests to Mercado Pago. One with an idempotency key is repeated until there is a usable
//! answer, or time or turns run out.

use std::time::Duration;

use ports::payments::GatewayAccount;
use reqwest::Method;
use reqwest::header::HeaderName;
use uuid::Uuid;

use crate::http::{Answer, Call, ConfigError, Deadline, HttpClient, Lost, MercadoPagoConfig};
use crate::mercado_pago::causes::{self, Meaning};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("x-idempotency-key");

/// The connection to Mercado Pago.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) http: HttpClient,
    repeat_pause: Duration,
    is_sandbox: bool,
}

impl Api {
    pub(crate) fn new(config: &MercadoPagoConfig) -> Result<Self, ConfigError> {
        let http = HttpClient::new(
            &config.base_url,
            config.request_timeout,
            config.connect_timeout,
        )?;
        Ok(Self {
            http,
            repeat_pause: config.repeat_pause,
            is_sandbox: !config.base_url.starts_with("https:"),
        })
    }

    /// When a charge that starts now must be over: the purchase budget leaves room for two
    /// time-outs, the second one being for repeats.
    pub(crate) fn charge_deadline(&self) -> Deadline {
        self.http.deadline_of(2)
    }

    /// Whether this is not the live service, which is reached by `https` only.
    pub(crate) const fn is_sandbox(&self) -> bool {
        self.is_sandbox
    }

    /// A request in the tenant's name.
    pub(crate) fn call(
        account: &GatewayAccount,
        operation: &'static str,
        method: Method,
        path: &[&str],
    ) -> Call {
        Call::new(operation, method, path).bearer(&account.secret)
    }

    /// Adds the key under which repeats are harmless.
    pub(crate) fn with_key(call: Call, key: &Uuid) -> Call {
        call.header_if_valid(IDEMPOTENCY_KEY, &key.hyphenated().to_string())
    }

    /// Sends the same request, byte for byte, at most four times.
    ///
    /// Repeated are lost answers, unusable 2xx, 5xx, 429, 423, 424 and 409 (the first one is still
    /// running). A first connection that fails is not: the customer gets a clear answer at once.
    pub(crate) async fn send_repeatedly(
        &self,
        call: &Call,
        deadline: Deadline,
        is_usable: impl Fn(&Answer) -> bool,
    ) -> Sent {
        let mut is_doubtful = false;
        let mut pause = self.repeat_pause;
        let mut repeats = 0;
        loop {
            let last = self.http.send(call, deadline).await;
            let next = match &last {
                Ok(answer) if answer.is_success() && is_usable(answer) => Next::Stop,
                Ok(answer) if answer.is_success() => Next::AgainInDoubt,
                Ok(answer) => after_refusal(answer),
                Err(Lost::NotSent) if is_doubtful => Next::Again,
                Err(Lost::NotSent | Lost::Unsendable) => Next::Stop,
                Err(Lost::TimedOut | Lost::Broken) => Next::AgainInDoubt,
            };
            let wait = match &last {
                Ok(answer) => answer.retry_after.map_or(pause, |asked| asked.max(pause)),
                Err(_) => pause,
            };
            if next == Next::Stop || repeats == MAX_REPEATS || wait >= deadline.left() {
                return Sent { last, is_doubtful };
            }
            is_doubtful |= next == Next::AgainInDoubt;
            tokio::time::sleep(wait).await;
            pause = pause.saturating_mul(2).max(Duration::from_millis(1));
            repeats += 1;
        }
    }
}

/// Repeats after the first send.
const MAX_REPEATS: u32 = 3;

/// Where the sends ended.
#[derive(Debug)]
pub(crate) struct Sent {
    /// What the last send brought.
    pub(crate) last: Result<Answer, Lost>,
    /// Whether an earlier send may have been carried out: a refusal of the last one then says
    /// nothing about the money.
    pub(crate) is_doubtful: bool,
}

#[derive(PartialEq, Eq)]
enum Next {
    Stop,
    /// This send was certainly not carried out.
    Again,
    AgainInDoubt,
}

fn after_refusal(answer: &Answer) -> Next {
    match (answer.status, causes::meaning(answer)) {
        (429, _) => Next::Again,
        (409 | 423 | 424 | 500..=599, _) | (400 | 422, Meaning::Unsure) => Next::AgainInDoubt,
        _ => Next::Stop,
    }
}
