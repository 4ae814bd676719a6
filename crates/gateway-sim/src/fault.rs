//! Faults: what goes wrong, where, and how often.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::{Endpoint, Gateway};
use crate::secret::Secret;

pub(crate) mod book;

/// What goes wrong. `after` means: the service does its work first (the money moves), then the
/// answer suffers; otherwise nothing happens at the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The connection closes without an answer; nothing was done.
    CloseBefore,
    /// The work is done, then the connection closes without an answer.
    CloseAfter,
    /// An error answer in the service's own shape (401, 403, 429, 5xx, ...).
    Status {
        /// HTTP status.
        status: u16,
        /// Whether the work was done all the same.
        #[serde(default)]
        after: bool,
        /// Seconds for a `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// A fixed wait.
    Delay {
        /// Milliseconds.
        ms: u64,
        /// Whether the wait comes after the work.
        #[serde(default)]
        after: bool,
    },
    /// Waits until released from the control side. The work is done then, even when the caller
    /// has gone meanwhile.
    Hold {
        /// Whether the wait comes after the work.
        #[serde(default)]
        after: bool,
    },
    /// Never answers; the connection stays open.
    Hang {
        /// Whether the work was done.
        #[serde(default)]
        after: bool,
    },
    /// The work is done; the answer is not JSON.
    Garbage,
    /// The work is done; the answer has no body.
    EmptyBody,
    /// The work is done; the answer's JSON ends in the middle (the length header is consistent).
    Truncated,
    /// The work is done; the connection closes in the middle of the answer's body.
    CutBody,
    /// The work is done; the answer names one cent more.
    WrongAmount,
    /// The work is done; the answer names another currency.
    WrongCurrency,
    /// The work is done; the answer carries another reference.
    WrongReference,
    /// The work is done; the answer says the opposite of test or live.
    WrongLivemode,
    /// The work is done; the answer names another merchant (Mercado Pago's `collector_id`).
    WrongAccount,
    /// The work is done; the answer carries a status that nobody documented.
    UnknownStatus,
    /// The work is done; every field with this name gets this value in the answer.
    Overwrite {
        /// Field name, at any depth.
        field: String,
        /// What it is set to.
        value: Value,
    },
    /// The charge stays pending until it is approved or rejected from the control side.
    StayPending,
    /// The charge is refused with this code: Conekta's after `conekta.errors.` or Mercado
    /// Pago's `status_detail`.
    Decline {
        /// The code.
        code: String,
    },
    /// A search lists everything twice.
    DuplicateResults,
    /// Mercado Pago's numeric ids come as strings.
    IdsAsStrings,
}

/// A fault and the requests that it hits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// What goes wrong.
    pub fault: Fault,
    /// Only at this service.
    #[serde(default)]
    pub gateway: Option<Gateway>,
    /// Only at this operation.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Only when the card token contains this text.
    #[serde(default)]
    pub token: Option<String>,
    /// Only when this is the request's reference, a metadata value, a searched text or an id in
    /// the path.
    #[serde(default)]
    pub reference: Option<String>,
    /// Only for the account of this secret key.
    #[serde(default, skip_serializing)]
    pub key: Option<Secret>,
    /// Lets this many matching requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many matching requests are hit; 0 means until removed. One by default.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

impl FaultSpec {
    /// Hits the next request, whatever it is.
    #[must_use]
    pub const fn once(fault: Fault) -> Self {
        Self {
            fault,
            gateway: None,
            endpoint: None,
            token: None,
            reference: None,
            key: None,
            skip: 0,
            times: 1,
        }
    }

    /// Hits every matching request until removed.
    #[must_use]
    pub const fn always(fault: Fault) -> Self {
        let mut spec = Self::once(fault);
        spec.times = 0;
        spec
    }

    /// Only at this service.
    #[must_use]
    pub const fn gateway(mut self, gateway: Gateway) -> Self {
        self.gateway = Some(gateway);
        self
    }

    /// Only at this operation.
    #[must_use]
    pub const fn at(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Only when the card token contains `text`.
    #[must_use]
    pub fn token(mut self, text: impl Into<String>) -> Self {
        self.token = Some(text.into());
        self
    }

    /// Only for this reference, metadata value, searched text or id in the path.
    #[must_use]
    pub fn reference(mut self, text: impl Into<String>) -> Self {
        self.reference = Some(text.into());
        self
    }

    /// Only for the account of this secret key.
    #[must_use]
    pub fn key(mut self, key: impl Into<Secret>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub const fn skip(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Hits this many matching requests; 0 means until removed.
    #[must_use]
    pub const fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }
}
