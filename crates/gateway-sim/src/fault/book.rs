//! The faults that are set, and which of them a request meets.

use serde::Serialize;

use crate::account::mark;
use crate::fault::{Fault, FaultSpec};
use crate::gateway::{Endpoint, Gateway};

/// What a request is about, as far as faults are aimed by it.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) gateway: Gateway,
    pub(crate) endpoint: Endpoint,
    pub(crate) account: Option<String>,
    pub(crate) tokens: Vec<String>,
    pub(crate) references: Vec<String>,
}

/// A fault that is set, with what is left of it.
#[derive(Debug, Clone, Serialize)]
pub struct ActiveFault {
    /// Number by which it can be removed.
    pub id: u64,
    /// What was asked for; `skip` and `times` count down.
    #[serde(flatten)]
    pub spec: FaultSpec,
    /// How many requests it has hit.
    pub hits: u32,
    #[serde(skip)]
    account: Option<String>,
}

/// All faults that are set, in the order in which they were set.
#[derive(Debug, Default)]
pub(crate) struct FaultBook {
    last_id: u64,
    active: Vec<ActiveFault>,
}

impl FaultBook {
    pub(crate) fn add(&mut self, spec: FaultSpec) -> u64 {
        self.last_id += 1;
        let account = spec.key.as_ref().map(|key| mark(key.expose()));
        self.active.push(ActiveFault {
            id: self.last_id,
            spec,
            hits: 0,
            account,
        });
        self.last_id
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.active.len();
        self.active.retain(|fault| fault.id != id);
        self.active.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    pub(crate) fn list(&self) -> Vec<ActiveFault> {
        self.active.clone()
    }

    /// The first fault that hits this request; it is used up by one.
    pub(crate) fn take(&mut self, facts: &Facts) -> Option<Fault> {
        let mut hit = None;
        for fault in &mut self.active {
            if !aims_at(fault, facts) {
                continue;
            }
            if fault.spec.skip > 0 {
                fault.spec.skip -= 1;
                continue;
            }
            fault.hits = fault.hits.saturating_add(1);
            let used_up = fault.spec.times == 1;
            fault.spec.times = fault.spec.times.saturating_sub(1);
            hit = Some((fault.id, used_up, fault.spec.fault.clone()));
            break;
        }
        let (id, used_up, fault) = hit?;
        if used_up {
            self.remove(id);
        }
        Some(fault)
    }
}

fn aims_at(fault: &ActiveFault, facts: &Facts) -> bool {
    let spec = &fault.spec;
    spec.gateway.is_none_or(|gateway| gateway == facts.gateway)
        && spec
            .endpoint
            .is_none_or(|endpoint| endpoint == facts.endpoint)
        && spec
            .token
            .as_ref()
            .is_none_or(|part| facts.tokens.iter().any(|t| t.contains(part)))
        && spec
            .reference
            .as_ref()
            .is_none_or(|wanted| facts.references.contains(wanted))
        && fault
            .account
            .as_ref()
            .is_none_or(|account| facts.account.as_ref() == Some(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(endpoint: Endpoint, token: &str) -> Facts {
        Facts {
            gateway: Gateway::Conekta,
            endpoint,
            account: None,
            tokens: vec![token.to_owned()],
            references: vec!["att_1".to_owned()],
        }
    }

    #[test]
    fn a_fault_hits_what_it_aims_at_and_is_used_up() {
        let mut book = FaultBook::default();
        book.add(
            FaultSpec::once(Fault::Garbage)
                .at(Endpoint::CreateCharge)
                .token("lost")
                .skip(1),
        );
        assert_eq!(book.take(&facts(Endpoint::ReadOrder, "tok_lost_1")), None);
        assert_eq!(book.take(&facts(Endpoint::CreateCharge, "tok_fine")), None);
        assert_eq!(
            book.take(&facts(Endpoint::CreateCharge, "tok_lost_1")),
            None,
            "skipped"
        );
        assert_eq!(
            book.take(&facts(Endpoint::CreateCharge, "tok_lost_1")),
            Some(Fault::Garbage)
        );
        assert_eq!(
            book.take(&facts(Endpoint::CreateCharge, "tok_lost_1")),
            None,
            "used up"
        );
        assert!(book.list().is_empty());
    }

    #[test]
    fn a_fault_without_end_stays_until_removed() {
        let mut book = FaultBook::default();
        let id = book.add(FaultSpec::always(Fault::CloseAfter).reference("att_1"));
        for _ in 0..5 {
            assert_eq!(
                book.take(&facts(Endpoint::ReadOrder, "t")),
                Some(Fault::CloseAfter)
            );
        }
        assert_eq!(book.list().first().map(|fault| fault.hits), Some(5));
        assert!(book.remove(id));
        assert_eq!(book.take(&facts(Endpoint::ReadOrder, "t")), None);
    }

    #[test]
    fn faults_are_read_from_json_and_unknown_fields_refused() {
        let spec: FaultSpec = serde_json::from_str(
            r#"{"fault":{"kind":"status","status":503,"after":true},"endpoint":"create_payment","times":2}"#,
        )
        .unwrap();
        assert_eq!(
            spec,
            FaultSpec::once(Fault::Status {
                status: 503,
                after: true,
                retry_after: None
            })
            .at(Endpoint::CreatePayment)
            .times(2)
        );
        assert!(
            serde_json::from_str::<FaultSpec>(r#"{"fault":{"kind":"garbage"},"tims":2}"#).is_err()
        );
    }
}
