//! What the owner of an installation can tune.

use std::time::Duration;

use domain::voucher::VoucherFormat;

/// Settings of the use cases. Adapters have their own.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a session lasts.
    pub session_lifetime: Duration,
    /// How long a router API key lasts.
    pub api_key_lifetime: Duration,
    /// How hotspot credentials look.
    pub vouchers: VoucherFormat,
    /// Bounds one router step of a sale (`ROUTER_TIMEOUT_MS`).
    pub router_timeout: Duration,
    /// Bounds one gateway call, repeats included (`GATEWAY_TIMEOUT_MS`).
    pub gateway_timeout: Duration,
    /// When an unanswered charge that no read finds counts as not made
    /// (`RECONCILE_GIVE_UP_MS`).
    pub give_up_after: Duration,
    /// When a pending payment is cancelled (`PENDING_GIVE_UP_MS`).
    pub pending_give_up_after: Duration,
    /// When a paid customer without access gets the money back (`REFUND_AFTER_MS`).
    pub refund_after: Duration,
    /// How long late money is watched for after giving up.
    pub late_watch: Duration,
    /// After how long of nothing but failing reads a person must decide.
    pub park_after: Duration,
    /// Our address as gateways see it, without a trailing slash (`PUBLIC_BASE_URL`).
    pub public_base_url: Option<String>,
    /// After how long customers' names, e-mails and phones are blanked; `None`: never.
    pub customer_data_retention: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_lifetime: Duration::from_hours(24),
            api_key_lifetime: Duration::from_hours(365 * 24),
            vouchers: VoucherFormat::default(),
            router_timeout: Duration::from_secs(10),
            gateway_timeout: Duration::from_secs(30),
            give_up_after: Duration::from_mins(15),
            pending_give_up_after: Duration::from_hours(1),
            refund_after: Duration::from_mins(30),
            late_watch: Duration::from_hours(72),
            park_after: Duration::from_hours(24),
            public_base_url: None,
            customer_data_retention: None,
        }
    }
}

impl Settings {
    /// How long a purchase belongs to its request alone: one router step, two gateway calls, and
    /// two seconds for the transactions between them.
    #[must_use]
    pub fn purchase_budget(&self) -> Duration {
        self.router_timeout + self.gateway_timeout * 2 + Duration::from_secs(2)
    }

    /// Whether giving up comes late enough: no charge may still be on the wire then.
    #[must_use]
    pub fn give_up_is_safe(&self) -> bool {
        self.give_up_after > self.purchase_budget() + self.gateway_timeout
    }
}
