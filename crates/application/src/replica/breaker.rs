//! A circuit breaker per tenant and gateway: while one tenant's gateway account does not answer,
//! its purchases are put off without a call, so that they do not keep workers from the others'.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::time::Timestamp;

/// Failures in a row before the breaker opens.
const TOLERATED: u32 = 3;
/// How long it stays open before one call is let through.
const PAUSE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
struct Circuit {
    failures: u32,
    open_until: Timestamp,
}

/// Breakers of this replica.
#[derive(Debug, Default)]
pub(crate) struct GatewayBreaker(Mutex<BTreeMap<(TenantId, GatewayKind), Circuit>>);

impl GatewayBreaker {
    /// Whether a call may be made now. While open, one call is let through every ten seconds.
    pub(crate) fn lets_through(
        &self,
        tenant: &TenantId,
        kind: GatewayKind,
        now: Timestamp,
    ) -> bool {
        let mut circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match circuits.get_mut(&(tenant.clone(), kind)) {
            Some(circuit) if circuit.failures >= TOLERATED => {
                if now < circuit.open_until {
                    return false;
                }
                circuit.open_until = now.plus(PAUSE);
                true
            }
            _ => true,
        }
    }

    /// Notes how a call went.
    pub(crate) fn note(&self, tenant: &TenantId, kind: GatewayKind, is_up: bool, now: Timestamp) {
        let mut circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.clone(), kind);
        if is_up {
            circuits.remove(&key);
            return;
        }
        let circuit = circuits.entry(key).or_insert(Circuit {
            failures: 0,
            open_until: now,
        });
        circuit.failures = circuit.failures.saturating_add(1);
        circuit.open_until = now.plus(PAUSE);
    }

    /// How many are open, for metrics.
    #[must_use]
    pub(crate) fn open_count(&self) -> usize {
        let circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        circuits
            .values()
            .filter(|circuit| circuit.failures >= TOLERATED)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_repeated_failures_and_probes_now_and_then() {
        let breaker = GatewayBreaker::default();
        let tenant = TenantId::from_random([1; 5]);
        let other = TenantId::from_random([2; 5]);
        let start = Timestamp::from_unix_seconds(0);
        for _ in 0..TOLERATED {
            assert!(breaker.lets_through(&tenant, GatewayKind::Conekta, start));
            breaker.note(&tenant, GatewayKind::Conekta, false, start);
        }
        assert!(!breaker.lets_through(&tenant, GatewayKind::Conekta, start));
        assert!(
            breaker.lets_through(&other, GatewayKind::Conekta, start),
            "others go on"
        );
        let later = start.plus(PAUSE);
        assert!(
            breaker.lets_through(&tenant, GatewayKind::Conekta, later),
            "a probe"
        );
        assert!(
            !breaker.lets_through(&tenant, GatewayKind::Conekta, later),
            "only one"
        );
        breaker.note(&tenant, GatewayKind::Conekta, true, later);
        assert!(breaker.lets_through(&tenant, GatewayKind::Conekta, later));
        assert_eq!(breaker.open_count(), 0);
    }
}
