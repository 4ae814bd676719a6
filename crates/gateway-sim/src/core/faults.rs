//! Faults: what goes wrong, where, how often, and what it does to a reply.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::gateway::{Endpoint, Gateway, Secret, mark};
use crate::core::http::Reply;
use crate::core::money::{major_json, parse_major};

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
    /// The work is done; the answer carries a status that is not documented.
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
pub(crate) struct ActiveFaults {
    last_id: u64,
    active: Vec<ActiveFault>,
}

impl ActiveFaults {
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

/// Changes the answer as the fault says; the state stays as it is.
pub(crate) fn tamper(mut reply: Reply, fault: &Fault) -> Reply {
    match fault {
        Fault::WrongAmount => each(&mut reply.body, &mut |name, value| match name {
            "amount" if value.is_i64() => value.as_i64().map(|amount| json!(amount + 1)),
            "amount" | "transaction_amount" => {
                parse_major(&value.to_string()).map(|cents| major_json(cents + 1))
            }
            _ => None,
        }),
        Fault::WrongCurrency => set(&mut reply.body, &["currency", "currency_id"], |_| {
            json!("USD")
        }),
        Fault::WrongReference => {
            let names = ["reference_id", "external_reference"];
            set(&mut reply.body, &names, |_| {
                json!("somebody-elses-reference")
            });
        }
        Fault::WrongLivemode => {
            set(&mut reply.body, &["livemode", "live_mode"], |value| {
                json!(*value != json!(true))
            });
        }
        Fault::WrongAccount => set(&mut reply.body, &["collector_id"], |_| json!(1)),
        Fault::UnknownStatus => {
            set(&mut reply.body, &["status", "payment_status"], |_| {
                json!("brand_new_status")
            });
        }
        Fault::Overwrite { field, value } => {
            set(&mut reply.body, &[field.as_str()], |_| value.clone());
        }
        Fault::DuplicateResults => {
            for list in ["data", "results"] {
                if let Some(Value::Array(items)) = reply.body.get_mut(list) {
                    let twice = items.clone();
                    items.extend(twice);
                }
            }
        }
        Fault::IdsAsStrings => each(&mut reply.body, &mut |name, value| {
            let id = name == "id" || name.ends_with("_id");
            (id && value.is_number()).then(|| json!(value.to_string()))
        }),
        _ => {}
    }
    reply
}

fn set(body: &mut Value, names: &[&str], to: impl Fn(&Value) -> Value) {
    each(body, &mut |name, value| {
        names.contains(&name).then(|| to(value))
    });
}

/// Visits every field at any depth; `Some` replaces its value.
fn each(body: &mut Value, change: &mut dyn FnMut(&str, &Value) -> Option<Value>) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                match change(name, value) {
                    Some(new) => *value = new,
                    None => each(value, change),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        _ => {}
    }
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
        let mut faults = ActiveFaults::default();
        faults.add(
            FaultSpec::once(Fault::Garbage)
                .at(Endpoint::CreateCharge)
                .token("lost")
                .skip(1),
        );
        assert_eq!(faults.take(&facts(Endpoint::ReadOrder, "tok_lost_1")), None);
        assert_eq!(
            faults.take(&facts(Endpoint::CreateCharge, "tok_fine")),
            None
        );
        assert_eq!(
            faults.take(&facts(Endpoint::CreateCharge, "tok_lost_1")),
            None,
            "skipped"
        );
        assert_eq!(
            faults.take(&facts(Endpoint::CreateCharge, "tok_lost_1")),
            Some(Fault::Garbage)
        );
        assert_eq!(
            faults.take(&facts(Endpoint::CreateCharge, "tok_lost_1")),
            None,
            "used up"
        );
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_fault_without_end_stays_until_removed() {
        let mut faults = ActiveFaults::default();
        let id = faults.add(FaultSpec::always(Fault::CloseAfter).reference("att_1"));
        for _ in 0..5 {
            assert_eq!(
                faults.take(&facts(Endpoint::ReadOrder, "t")),
                Some(Fault::CloseAfter)
            );
        }
        assert_eq!(faults.list().first().map(|fault| fault.hits), Some(5));
        assert!(faults.remove(id));
        assert_eq!(faults.take(&facts(Endpoint::ReadOrder, "t")), None);
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

    fn after(fault: &Fault, body: Value) -> Value {
        tamper(Reply::json(200, body), fault).body
    }

    #[test]
    fn amounts_are_off_by_one_cent_at_every_depth() {
        let body = json!({ "amount": 2_000, "charges": { "data": [{ "amount": 2_000 }] } });
        let wrong = json!({ "amount": 2_001, "charges": { "data": [{ "amount": 2_001 }] } });
        assert_eq!(after(&Fault::WrongAmount, body), wrong);
        let body = json!({ "transaction_amount": major_json(1_999) });
        assert_eq!(
            after(&Fault::WrongAmount, body).to_string(),
            r#"{"transaction_amount":20.00}"#.replace("20.00", "20.0")
        );
    }

    #[test]
    fn modes_flip_ids_turn_and_lists_double() {
        assert_eq!(
            after(&Fault::WrongLivemode, json!({ "livemode": false })),
            json!({ "livemode": true })
        );
        let body = json!({ "id": 12, "payer": { "id": "x" }, "collector_id": 5, "amount": 5 });
        let turned =
            json!({ "id": "12", "payer": { "id": "x" }, "collector_id": "5", "amount": 5 });
        assert_eq!(after(&Fault::IdsAsStrings, body), turned);
        assert_eq!(
            after(&Fault::DuplicateResults, json!({ "results": [1] })),
            json!({ "results": [1, 1] })
        );
    }
}
