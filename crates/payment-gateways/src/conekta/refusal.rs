//! What an answer other than 2xx says of a charge.

use domain::gateway::{PaymentFacts, PaymentStatus};
use ports::payments::{ChargeOutcome, NotCharged};

use crate::conekta::codes::{self, Meaning};
use crate::conekta::wire::ErrorBody;
use crate::conekta::{facts, status};
use crate::http::answer::Answer;

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

/// Reads the answer to a charge that was sent once, on this order and with this reference.
pub(crate) fn judge(answer: &Answer, order_id: &str, reference: &str) -> ChargeOutcome {
    let error: Option<ErrorBody> = answer.json();
    match answer.status {
        401 | 403 | 404 | 409 => ChargeOutcome::NotCharged(NotCharged::Misconfigured),
        429 => ChargeOutcome::NotCharged(NotCharged::Busy),
        402 => match error {
            Some(error) => declined(&error, order_id, reference),
            None => ChargeOutcome::Unknown("HTTP 402 without a readable body".to_owned()),
        },
        400 | 422 => error.map_or(ChargeOutcome::NotCharged(NotCharged::Invalid), |error| {
            invalid(answer.status, &error, order_id, reference)
        }),
        status => ChargeOutcome::Unknown(format!(
            "HTTP {status} {}",
            error.as_ref().map(codes_of).unwrap_or_default()
        )),
    }
}

fn meanings(error: &ErrorBody) -> impl Iterator<Item = (&str, Option<Meaning>)> {
    error
        .details
        .iter()
        .filter_map(|detail| detail.code.as_deref())
        .map(|code| (code, codes::meaning(code)))
}

/// A refused card, unless a code or the order in the answer leaves doubt.
fn declined(error: &ErrorBody, order_id: &str, reference: &str) -> ChargeOutcome {
    let doubt = meanings(error).find(|(_, m)| matches!(m, Some(Meaning::Unsure(_))));
    if let Some((code, _)) = doubt {
        return ChargeOutcome::Unknown(format!("HTTP 402 {}", codes::short(code)));
    }
    if meanings(error).any(|(_, meaning)| meaning == Some(Meaning::Misconfigured)) {
        return ChargeOutcome::NotCharged(NotCharged::Misconfigured);
    }
    let order = error.data.as_ref();
    if order
        .and_then(|order| order.id.as_deref())
        .is_some_and(|theirs| theirs != order_id)
    {
        return ChargeOutcome::Unknown("HTTP 402 about another order".to_owned());
    }
    let charge = order.and_then(|order| facts::choose(order, Some(reference)));
    if charge.is_some_and(|charge| !status::is_dead(charge.status.as_deref())) {
        return ChargeOutcome::Unknown("HTTP 402 with a charge that is not declined".to_owned());
    }
    let mut facts = charge.map_or_else(
        || PaymentFacts::new(PaymentStatus::Unknown, "declined"),
        |charge| facts::read(charge, order),
    );
    let failure = facts.detail.clone();
    if codes_of(error).is_empty() && failure.is_none() && error.kind.is_none() {
        return ChargeOutcome::Unknown("HTTP 402 without a code".to_owned());
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

/// A refused field. What the customer's card or token caused reads as a decline, so that the
/// customer learns the reason; both say that nothing was charged.
fn invalid(status: u16, error: &ErrorBody, order_id: &str, reference: &str) -> ChargeOutcome {
    if meanings(error).any(|(_, meaning)| meaning.is_some()) {
        return match declined(error, order_id, reference) {
            ChargeOutcome::Unknown(text) => {
                ChargeOutcome::Unknown(text.replace("HTTP 402", &format!("HTTP {status}")))
            }
            outcome => outcome,
        };
    }
    ChargeOutcome::NotCharged(NotCharged::Invalid)
}

#[cfg(test)]
mod tests {
    use domain::gateway::DeclineReason;

    use super::*;

    fn judged(status: u16, body: &str) -> ChargeOutcome {
        let answer = Answer {
            status,
            body: Some(body.as_bytes().to_vec()),
            retry_after: None,
        };
        judge(&answer, "ord_1", "att")
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
    fn an_unknown_processing_code_is_a_plain_decline() {
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
            (400, NotCharged::Invalid),
            (401, NotCharged::Misconfigured),
            (403, NotCharged::Misconfigured),
            (404, NotCharged::Misconfigured),
            (409, NotCharged::Misconfigured),
            (422, NotCharged::Invalid),
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
        let mode = "parameter_validation.payment_method.token_id.incorrect_livemode_of_token";
        assert_eq!(
            judged(422, &error(mode, "null")),
            ChargeOutcome::NotCharged(NotCharged::Misconfigured)
        );
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
