//! What the owner of an installation can tune.

use std::time::Duration;

use domain::credentials::CredentialFormat;
use domain::purchase::Policy;

/// Settings of the use cases. Adapters have their own.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a session lasts.
    pub session_lifetime: Duration,
    /// How long a router API key lasts.
    pub api_key_lifetime: Duration,
    /// How hotspot credentials look.
    pub credentials: CredentialFormat,
    /// The spans that decide about purchases.
    pub purchases: Policy,
    /// Our address as gateways see it, without a trailing slash (`PUBLIC_BASE_URL`).
    pub public_base_url: Option<String>,
    /// After how long customers' names, e-mails and phones are blanked; `None`: never.
    pub customer_data_retention: Option<Duration>,
    /// After how long idempotency keys of purchases are deleted; `None`: never. A repeated request
    /// is a new purchase from then on.
    pub idempotency_key_retention: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_lifetime: Duration::from_hours(24),
            api_key_lifetime: Duration::from_hours(365 * 24),
            credentials: CredentialFormat::default(),
            purchases: Policy::default(),
            public_base_url: None,
            customer_data_retention: None,
            idempotency_key_retention: Some(Duration::from_hours(180 * 24)),
        }
    }
}
