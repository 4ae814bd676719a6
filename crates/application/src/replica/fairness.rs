//! How much of each tenant's work a replica has in hand, so that one tenant whose gateway or
//! router hangs cannot take all its workers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::TenantId;

/// From this many pieces on, no more of a tenant's work is claimed. What one claim adds may go
/// beyond.
const ENOUGH: usize = 8;

/// Pieces of work in hand, by tenant.
#[derive(Debug, Clone, Default)]
pub struct InHand(Arc<Mutex<BTreeMap<TenantId, usize>>>);

/// One piece in hand, until dropped.
#[derive(Debug)]
pub struct Held {
    in_hand: InHand,
    tenant: TenantId,
}

impl InHand {
    /// Tenants of whose work there is enough in hand.
    #[must_use]
    pub fn busy(&self) -> Vec<TenantId> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = counts.iter().filter(|(_, count)| **count >= ENOUGH);
        busy.map(|(tenant, _)| tenant.clone()).collect()
    }

    /// Takes a piece in hand.
    #[must_use]
    pub fn take(&self, tenant: TenantId) -> Held {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(tenant.clone()).or_default() += 1;
        drop(counts);
        Held {
            in_hand: self.clone(),
            tenant,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let counts = &self.in_hand.0;
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.tenant) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_busy_while_enough_of_its_work_is_in_hand() {
        let in_hand = InHand::default();
        let tenant = TenantId::from_random([1; 5]);
        let _other = in_hand.take(TenantId::from_random([2; 5]));
        let mut held: Vec<Held> = (1..ENOUGH).map(|_| in_hand.take(tenant.clone())).collect();
        assert!(in_hand.busy().is_empty());
        held.push(in_hand.take(tenant.clone()));
        assert_eq!(in_hand.busy(), [tenant]);
        held.pop();
        assert!(in_hand.busy().is_empty());
        held.clear();
        assert_eq!(in_hand.0.lock().unwrap().len(), 1, "nothing is kept");
    }
}
