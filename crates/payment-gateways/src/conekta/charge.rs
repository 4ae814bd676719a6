//! An order without a charge, a durable handle before money moves; then its one charge.

use domain::gateway::{ExpectedPayment, GatewayMode, PaymentFacts, PaymentStatus, Proof};
use ports::payments::{
    ChargeOutcome, ChargeRequest, GatewayAccount, NotCharged, PaymentHandle, ReadOutcome,
};
use reqwest::Method;

use crate::conekta::codes::{self, Meaning, codes_of};
use crate::conekta::wire::{self, Charge, ChargeBody, ErrorBody, Order, OrderBody};
use crate::conekta::{facts, read, status};
use crate::http::{Answer, HttpClient, Lost};
use crate::outcome;

/// Makes the order and compares what came back with what was asked for.
pub(crate) async fn open_order(
    http: &HttpClient,
    account: &GatewayAccount,
    request: &ChargeRequest,
) -> Result<String, NotCharged> {
    let call = wire::call(account, "conekta order", Method::POST, &["orders"])
        .json(&OrderBody::new(request));
    let answer = http
        .send(&call, http.deadline())
        .await
        .map_err(|lost| match lost {
            Lost::TimedOut => NotCharged::TimedOut,
            lost => outcome::not_charged(lost).unwrap_or(NotCharged::Failed),
        })?;
    if !answer.is_success() {
        let why = refused_order(&answer);
        log_refusal(account, "conekta order", &answer, why);
        return Err(why);
    }
    let order: Order = answer.json().ok_or(NotCharged::Failed)?;
    let live = account.mode == GatewayMode::Live;
    if order.livemode.is_some_and(|theirs| theirs != live) {
        return Err(NotCharged::Misconfigured);
    }
    let differs = order
        .amount
        .is_some_and(|amount| amount != request.amount.minor())
        || order.currency.as_deref().is_some_and(|currency| {
            !currency.eq_ignore_ascii_case(request.amount.currency().code())
        });
    if differs {
        return Err(NotCharged::Failed);
    }
    order.id.ok_or(NotCharged::Failed)
}

fn refused_order(answer: &Answer) -> NotCharged {
    match answer.status {
        401 | 402 | 403 | 404 | 409 => NotCharged::Misconfigured,
        400 | 422 => refused_fields(&answer.json().unwrap_or_default()),
        429 => NotCharged::Busy,
        _ => NotCharged::Failed,
    }
}

/// Sends the charge, once. An answer that is no proof by itself, and a refusal whose code nobody
/// knows, are checked against the order if time is left.
pub(crate) async fn charge(
    http: &HttpClient,
    account: &GatewayAccount,
    order_id: &str,
    request: &ChargeRequest,
) -> ChargeOutcome {
    let deadline = http.deadline();
    let path = ["orders", order_id, "charges"];
    let call =
        wire::call(account, "conekta charge", Method::POST, &path).json(&ChargeBody::new(request));
    let answer = match http.send(&call, deadline).await {
        Ok(answer) => answer,
        Err(lost) => return outcome::lost_charge(lost),
    };
    let on_no_charge = if answer.is_success() {
        if let Some(outcome) = proven(&answer, account, order_id, request) {
            return outcome;
        }
        ChargeOutcome::Unknown("accepted, but the order shows no charge".to_owned())
    } else {
        let verdict = judge(&answer, order_id, &request.reference);
        let (Verdict::Final(outcome) | Verdict::ReadFirst(outcome)) = &verdict;
        if let ChargeOutcome::NotCharged(why) = outcome {
            log_refusal(account, "conekta charge", &answer, *why);
        }
        match verdict {
            Verdict::Final(outcome) => return outcome,
            Verdict::ReadFirst(outcome) => outcome,
        }
    };
    let handle = PaymentHandle {
        reference: request.reference.clone(),
        order_id: Some(order_id.to_owned()),
        payment_id: None,
    };
    match read::read(http, account, &handle, deadline).await {
        Ok(ReadOutcome::Found(facts)) => ChargeOutcome::Answered(facts),
        Ok(ReadOutcome::NoCharge) => on_no_charge,
        Err(error) => {
            ChargeOutcome::Unknown(format!("HTTP {} without facts; {error}", answer.status))
        }
    }
}

/// Proof without another read: status paid, our order, amount and currency, our reference or
/// none.
fn proven(
    answer: &Answer,
    account: &GatewayAccount,
    order_id: &str,
    request: &ChargeRequest,
) -> Option<ChargeOutcome> {
    let charge: Charge = answer.json()?;
    let facts = facts::read(&charge, None);
    let expected = ExpectedPayment {
        order_id: Some(order_id.to_owned()),
        collector: None,
        ..outcome::expected(account, request)
    };
    let is_proof = answer.status == 200
        && facts.status == PaymentStatus::Approved
        && facts.order_id.as_deref() == Some(order_id)
        && expected.check(&facts) == Proof::Complete;
    is_proof.then(|| ChargeOutcome::Answered(Box::new(facts)))
}

/// Names the cause of what only the operator can mend.
fn log_refusal(
    account: &GatewayAccount,
    operation: &'static str,
    answer: &Answer,
    why: NotCharged,
) {
    let codes = || codes_of(&answer.json().unwrap_or_default());
    outcome::log_misconfigured(account, operation, answer.status, why, codes);
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
