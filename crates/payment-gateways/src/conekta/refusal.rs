//! What an answer other than 2xx says of a charge.

use domain::gateway::{PaymentFacts, PaymentStatus};
use ports::payments::{ChargeOutcome, GatewayAccount, NotCharged};

use crate::conekta::codes::{self, Meaning};
use crate::conekta::wire::ErrorBody;
use crate::conekta::{facts, status};
use crate::http::Answer;

/// The codes of an error answer, shortened, for logs; empty when it has none.
pub(crate) fn codes_of(error: &ErrorBody) -> String {
    let codes: Vec<String> = error
        .details
        .iter()
        .filter_map(|detail| detail.code.as_deref())
        .take(4)
        .map(codes::short)
        .collect();
    codes.join(",")
}

/// Names the cause of what only the operator can mend.
pub(crate) fn log(
    account: &GatewayAccount,
    operation: &'static str,
    answer: &Answer,
    why: NotCharged,
) {
    if why == NotCharged::Misconfigured {
        let error: ErrorBody = answer.json().unwrap_or_default();
        tracing::warn!(
            tenant = %account.tenant_id,
            operation,
            status = answer.status,
            codes = codes_of(&error),
            "Conekta refuses what every customer would send: check the account and the product"
        );
    }
}

/// What an error answer to a charge leaves to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer says it all.
    Final(ChargeOutcome),
    /// No code in it is known: this is the outcome only if the order shows no charge.
    ReadFirst(ChargeOutcome),
}

/// Reads the answer to a charge that was sent once, on this order and with this reference.
pub(crate) fn judge(answer: &Answer, order_id: &str, reference: &str) -> Verdict {
    let error: Option<ErrorBody> = answer.json();
    let status = answer.status;
    let outcome = match (status, error) {
        (401 | 403 | 404 | 409, _) => ChargeOutcome::NotCharged(NotCharged::Misconfigured),
        (429, _) => ChargeOutcome::NotCharged(NotCharged::Busy),
        (402, None) => ChargeOutcome::Unknown("HTTP 402 without a readable body".to_owned()),
        (400 | 402 | 422, Some(error)) if meanings(&error).any(|(_, known)| known.is_some()) => {
            refused(status, &error, order_id, reference)
        }
        (402, Some(error)) => {
            return Verdict::ReadFirst(declined(status, &error, order_id, reference));
        }
        (400 | 422, error) => {
            let why = refused_fields(&error.unwrap_or_default());
            return Verdict::ReadFirst(ChargeOutcome::NotCharged(why));
        }
        (status, error) => ChargeOutcome::Unknown(format!(
            "HTTP {status} {}",
            error.as_ref().map(codes_of).unwrap_or_default()
        )),
    };
    Verdict::Final(outcome)
}

/// Who is to mend a refused request that moved no money.
pub(crate) fn refused_fields(error: &ErrorBody) -> NotCharged {
    let is_invalid = error.details.iter().any(|detail| {
        let code = detail.code.as_deref().unwrap_or_default();
        let meaning = codes::meaning(code)
            .unwrap_or_else(|| codes::refused_field(code, detail.param.as_deref()));
        meaning != Meaning::Misconfigured
    });
    if is_invalid {
        NotCharged::Invalid
    } else {
        NotCharged::Misconfigured
    }
}

fn meanings(error: &ErrorBody) -> impl Iterator<Item = (&str, Option<Meaning>)> {
    error
        .details
        .iter()
        .filter_map(|detail| detail.code.as_deref())
        .map(|code| (code, codes::meaning(code)))
}

/// A refusal with at least one known code. Doubt wins, then what the operator must mend.
fn refused(status: u16, error: &ErrorBody, order_id: &str, reference: &str) -> ChargeOutcome {
    let doubt = meanings(error).find(|(_, m)| matches!(m, Some(Meaning::Unsure(_))));
    if let Some((code, _)) = doubt {
        return ChargeOutcome::Unknown(format!("HTTP {status} {}", codes::short(code)));
    }
    let has = |wanted| meanings(error).any(|(_, meaning)| meaning == Some(wanted));
    if has(Meaning::Misconfigured) {
        return ChargeOutcome::NotCharged(NotCharged::Misconfigured);
    }
    if has(Meaning::Invalid) {
        return ChargeOutcome::NotCharged(NotCharged::Invalid);
    }
    declined(status, error, order_id, reference)
}

/// A refused card, unless the order in the answer leaves doubt.
fn declined(status: u16, error: &ErrorBody, order_id: &str, reference: &str) -> ChargeOutcome {
    let unknown = |text: &str| ChargeOutcome::Unknown(format!("HTTP {status} {text}"));
    let order = error.data.as_ref();
    if order
        .and_then(|order| order.id.as_deref())
        .is_some_and(|theirs| theirs != order_id)
    {
        return unknown("about another order");
    }
    let charge = order.and_then(|order| facts::choose(order, Some(reference)));
    if charge.is_some_and(|charge| !status::is_dead(charge.status.as_deref())) {
        return unknown("with a charge that is not declined");
    }
    let mut facts = charge.map_or_else(
        || PaymentFacts::new(PaymentStatus::Unknown, "declined"),
        |charge| facts::read(charge, order),
    );
    let failure = facts.detail.clone();
    if codes_of(error).is_empty() && failure.is_none() && error.kind.is_none() {
        return unknown("without a code");
    }
    // The details are finer than the charge's short failure code.
    let known = meanings(error).find_map(|(code, meaning)| match meaning {
        Some(Meaning::Declined(reason)) => Some((code.to_owned(), reason)),
        _ => None,
    });
    let (code, reason) = known.unwrap_or_else(|| {
        let first = meanings(error).next().map(|(code, _)| code.to_owned());
        let code = failure.or(first).unwrap_or_default();
        let reason = codes::decline_reason(Some(&code));
        (code, reason)
    });
    facts.status = PaymentStatus::Declined(reason);
    facts.detail = Some(codes::short(&code)).filter(|code| !code.is_empty());
    facts.order_id = Some(order_id.to_owned());
    ChargeOutcome::Answered(Box::new(facts))
}

#[cfg(test)]
mod tests {
    use domain::gateway::DeclineReason;

    use super::*;

    fn verdict(status: u16, body: &str) -> Verdict {
        let answer = Answer {
            status,
            body: Some(body.as_bytes().to_vec()),
            retry_after: None,
        };
        judge(&answer, "ord_1", "att")
    }

    fn judged(status: u16, body: &str) -> ChargeOutcome {
        match verdict(status, body) {
            Verdict::Final(outcome) | Verdict::ReadFirst(outcome) => outcome,
        }
    }

    fn error(code: &str, data: &str) -> String {
        format!(
            r#"{{"object":"error","type":"processing_error","log_id":"1","details":[
                {{"code":"conekta.errors.{code}","param":null,"message":"m"}}],"data":{data}}}"#
        )
    }

    const DECLINED: &str = r#"{"id":"ord_1","charges":{"data":[{"id":"c1","status":"declined",
        "reference_id":"att","amount":2000,"currency":"MXN","failure_code":"suspected_fraud"}]}}"#;

    #[test]
    fn a_decline_carries_its_reason_and_ids() {
        let code = "processing.charge.card_payment.suspicious_behaviour";
        let ChargeOutcome::Answered(facts) = judged(402, &error(code, DECLINED)) else {
            panic!("not answered");
        };
        assert_eq!(facts.status, PaymentStatus::Declined(DeclineReason::Fraud));
        assert_eq!(facts.detail.as_deref(), Some(code));
        assert_eq!(facts.payment_id.as_deref(), Some("c1"));
        assert_eq!(facts.order_id.as_deref(), Some("ord_1"));
        assert_eq!(facts.amount_minor, Some(2000));
    }

    #[test]
    fn a_code_that_nobody_knows_is_read_before_it_is_believed() {
        for status in [400, 402, 422] {
            let verdict = verdict(status, &error("brand.new", "null"));
            assert!(matches!(verdict, Verdict::ReadFirst(_)), "{verdict:?}");
        }
        let known = error("processing.bank.declined", "null");
        assert!(matches!(verdict(402, &known), Verdict::Final(_)));
        let ChargeOutcome::Answered(facts) = judged(402, &error("processing.bank.new", "null"))
        else {
            panic!("not answered");
        };
        assert_eq!(facts.status, PaymentStatus::Declined(DeclineReason::Other));
        assert_eq!(facts.detail.as_deref(), Some("processing.bank.new"));
    }

    #[test]
    fn doubt_is_never_a_decline() {
        let paid = r#"{"id":"ord_1","charges":[{"status":"paid","reference_id":"att"}]}"#;
        let open = r#"{"id":"ord_1","charges":[{"status":"pending_payment"}]}"#;
        let other = r#"{"id":"ord_2","charges":[{"status":"declined"}]}"#;
        for (status, body) in [
            (402, error("processing.bank.timeout", DECLINED)),
            (402, error("processing.bank.communication_error", DECLINED)),
            (402, error("processing.bank.general_error", DECLINED)),
            (402, error("processing.bank.format_error", DECLINED)),
            (402, error("processing.tokenization.used", "null")),
            (422, error("processing.tokenization.used", "null")),
            (402, error("processing.bank.declined", paid)),
            (402, error("processing.bank.declined", open)),
            (402, error("processing.bank.declined", other)),
            (402, String::new()),
            (402, "<html>".to_owned()),
            (402, "{}".to_owned()),
            (
                428,
                error("precondition_required.combo.order.x_has_charge", "null"),
            ),
            (500, error("api.system.general_failure", "null")),
            (502, String::new()),
            (503, String::new()),
            (504, "x".to_owned()),
            (302, String::new()),
            (408, String::new()),
            (418, String::new()),
        ] {
            let outcome = judged(status, &body);
            assert!(
                matches!(outcome, ChargeOutcome::Unknown(_)),
                "{status} {body}: {outcome:?}"
            );
        }
    }

    #[test]
    fn what_was_certainly_not_charged() {
        for (status, expected) in [
            (400, NotCharged::Misconfigured),
            (401, NotCharged::Misconfigured),
            (403, NotCharged::Misconfigured),
            (404, NotCharged::Misconfigured),
            (409, NotCharged::Misconfigured),
            (422, NotCharged::Misconfigured),
            (429, NotCharged::Busy),
        ] {
            for body in [String::new(), error("whatever.code", "null")] {
                assert_eq!(
                    judged(status, &body),
                    ChargeOutcome::NotCharged(expected),
                    "{status}"
                );
            }
        }
    }

    #[test]
    fn a_refused_field_is_its_owners_to_mend() {
        for (code, expected) in [
            (
                "parameter_validation.payment_method.token_id.incorrect_livemode_of_token",
                NotCharged::Misconfigured,
            ),
            (
                "parameter_validation.card.minimum",
                NotCharged::Misconfigured,
            ),
            (
                "parameter_validation.charge.antifraud_info.missing",
                NotCharged::Misconfigured,
            ),
            (
                "parameter_validation.shipping_lines.missing",
                NotCharged::Misconfigured,
            ),
            (
                "parameter_validation.payment_method.token_id.nonexistent_token",
                NotCharged::Invalid,
            ),
            (
                "parameter_validation.customer_info.name.invalid",
                NotCharged::Invalid,
            ),
        ] {
            for status in [400, 422] {
                assert_eq!(
                    judged(status, &error(code, "null")),
                    ChargeOutcome::NotCharged(expected),
                    "{status} {code}"
                );
            }
        }
    }

    #[test]
    fn a_field_that_is_the_cards_fault_is_a_decline() {
        let code = "parameter_validation.charge.monthly_installments_not_supported_for_debit";
        let ChargeOutcome::Answered(facts) = judged(422, &error(code, "null")) else {
            panic!("not answered");
        };
        assert_eq!(
            facts.status,
            PaymentStatus::Declined(DeclineReason::InvalidInstallments)
        );
    }
}
