//! Budgets of declined cards and of guessed codes, per router key, company, address and device.
//! They count what failed, whatever name, e-mail or device the caller made up for the next try.

use std::net::IpAddr;
use std::time::Duration;

use application::caller::Portal;
use domain::network::MacAddress;
use domain::time::Timestamp;
use http_kit::limits::Throttled;
use http_kit::limits::failures::{BudgetRules, FailureBudget};

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A card was declined.
    DeclinedCard,
    /// A hotspot user does not exist, or its password is another one.
    UnknownCode,
}

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Source {
    Key(String),
    Tenant(String),
    Address(IpAddr),
    Device(String, MacAddress),
}

/// Failures of one kind.
pub(crate) struct Failures {
    kind: Kind,
    /// 0: switched off.
    allowed: u32,
    budget: FailureBudget<Source>,
}

impl Failures {
    pub(super) fn new(kind: Kind, allowed: u32) -> Self {
        let longest_delay = match kind {
            Kind::DeclinedCard => Duration::from_mins(30),
            Kind::UnknownCode => Duration::from_mins(10),
        };
        Self {
            kind,
            allowed,
            budget: FailureBudget::new(BudgetRules {
                window: Duration::from_mins(10),
                first_delay: Duration::from_secs(30),
                longest_delay,
            }),
        }
    }

    /// Whoever is counted for a request, with what each may fail. The whole café is one address,
    /// and all of its customers use one key.
    fn sources(
        &self,
        portal: &Portal,
        address: IpAddr,
        device: Option<MacAddress>,
    ) -> Vec<(Source, u32)> {
        if self.allowed == 0 {
            return Vec::new();
        }
        let times = |factor: u32| self.allowed.saturating_mul(factor);
        let key = portal.key_id().as_str().to_owned();
        match self.kind {
            Kind::DeclinedCard => vec![
                (Source::Address(address), self.allowed),
                (Source::Key(key), times(2)),
                (
                    Source::Tenant(portal.tenant_id().as_str().to_owned()),
                    times(4),
                ),
            ],
            Kind::UnknownCode => {
                let of_device = device.map(|mac| (Source::Device(key.clone(), mac), self.allowed));
                let rest = [
                    (Source::Address(address), times(5)),
                    (Source::Key(key), times(10)),
                ];
                of_device.into_iter().chain(rest).collect()
            }
        }
    }

    /// Whether this caller may try.
    ///
    /// # Errors
    /// [`Throttled`].
    pub(crate) fn check(
        &self,
        portal: &Portal,
        address: IpAddr,
        device: Option<MacAddress>,
        now: Timestamp,
    ) -> Result<(), Throttled> {
        let now = since_epoch(now);
        self.sources(portal, address, device)
            .iter()
            .try_for_each(|(source, _)| self.budget.check(source, now))
    }

    /// This caller failed.
    pub(crate) fn failed(
        &self,
        portal: &Portal,
        address: IpAddr,
        device: Option<MacAddress>,
        now: Timestamp,
    ) {
        let now = since_epoch(now);
        for (source, allowed) in self.sources(portal, address, device) {
            if self.budget.failed(&source, allowed, now) {
                tracing::warn!(
                    kind = ?self.kind,
                    source = ?source,
                    tenant = portal.tenant_id().as_str(),
                    failures = allowed,
                    "too many failures: further tries are refused for a while"
                );
            }
        }
    }
}

fn since_epoch(now: Timestamp) -> Duration {
    now.since(Timestamp::from_unix_seconds(0))
}
