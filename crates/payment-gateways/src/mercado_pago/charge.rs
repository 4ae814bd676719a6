//! Charging a card.

use domain::gateway::{PaymentFacts, PaymentStatus, Proof};
use domain::payment_method::PaymentMethod;
use ports::payments::{ChargeOutcome, ChargeRequest, GatewayAccount, PaymentHandle, ReadOutcome};
use reqwest::Method;
use reqwest::header::HeaderName;

use crate::http::{Answer, Deadline};
use crate::mercado_pago::api::{Api, Sent};
use crate::mercado_pago::causes::{self, Meaning};
use crate::mercado_pago::wire::{Payment, PaymentBody};
use crate::mercado_pago::{facts, read};
use crate::outcome;

/// Fingerprint of the customer's browser; raises the rate of approvals.
const DEVICE: HeaderName = HeaderName::from_static("x-meli-session-id");

/// Sends the payment, repeats it under its key while the answer is lost, and judges.
pub(crate) async fn charge(
    api: &Api,
    account: &GatewayAccount,
    request: &ChargeRequest,
) -> ChargeOutcome {
    let PaymentMethod::Card(card) = &request.method;
    let deadline = api.charge_deadline();
    let call = Api::call(
        account,
        "mercado pago charge",
        Method::POST,
        &["v1", "payments"],
    )
    .json(&PaymentBody::new(account, request, api.is_sandbox()));
    let call = Api::with_key(call, request.attempt_id.as_uuid()).header_if_valid(
        DEVICE,
        card.device_session_id.as_deref().unwrap_or_default(),
    );
    let sent = api
        .send_repeatedly(&call, deadline, |answer| payment(answer).is_some())
        .await;
    match judge(account, sent) {
        Ok(payment) => {
            let facts = facts::read(&payment, account.mode);
            answered(api, account, request, facts, deadline).await
        }
        Err(outcome) => outcome,
    }
}

/// A payment that at least says what it is and how it stands.
fn payment(answer: &Answer) -> Option<Payment> {
    answer
        .json::<Payment>()
        .filter(|payment| payment.id.is_some() && payment.status.is_some())
}

/// The payment that the answer shows, else the outcome.
fn judge(account: &GatewayAccount, sent: Sent) -> Result<Payment, ChargeOutcome> {
    let unknown = |text: String| Err(ChargeOutcome::Unknown(text));
    let answer = match sent.last {
        Ok(answer) => answer,
        Err(lost) if sent.is_doubtful => return unknown(lost.text().to_owned()),
        Err(lost) => return Err(outcome::lost_charge(lost)),
    };
    if answer.is_success() {
        return payment(&answer).map_or_else(
            || unknown(format!("HTTP {} without a payment", answer.status)),
            Ok,
        );
    }
    let text = format!("HTTP {} {}", answer.status, causes::codes(&answer));
    match causes::meaning(&answer) {
        // Refused after a send that may have been carried out, as when the first one used up the
        // token (3003): only reading tells.
        _ if sent.is_doubtful => unknown(format!("{text} after a lost answer")),
        Meaning::NotCharged(why) => {
            let codes = || causes::codes(&answer);
            outcome::log_misconfigured(account, "mercado pago charge", answer.status, why, codes);
            Err(ChargeOutcome::NotCharged(why))
        }
        Meaning::Unsure | Meaning::SeenBefore => unknown(text),
    }
}

/// An approval that lacks a required field is read once by its id. An answer about somebody
/// else's payment says nothing of ours, whatever its status: ours is searched for.
async fn answered(
    api: &Api,
    account: &GatewayAccount,
    request: &ChargeRequest,
    facts: PaymentFacts,
    deadline: Deadline,
) -> ChargeOutcome {
    let is_foreign = |facts: &PaymentFacts| {
        facts
            .reference
            .as_deref()
            .is_some_and(|reference| !reference.is_empty() && reference != request.reference)
    };
    let expected = outcome::expected(account, request);
    let is_approved = matches!(
        facts.status,
        PaymentStatus::Approved | PaymentStatus::PartiallyRefunded
    );
    let payment_id = if is_foreign(&facts) {
        None
    } else if is_approved && expected.check(&facts) == Proof::Incomplete {
        facts.payment_id
    } else {
        return ChargeOutcome::Answered(Box::new(facts));
    };
    let handle = PaymentHandle {
        reference: request.reference.clone(),
        order_id: None,
        payment_id,
    };
    match read::read(api, account, &handle, deadline).await {
        Ok(ReadOutcome::Found(facts)) if is_foreign(&facts) => {
            ChargeOutcome::Unknown("the answer is about another payment".to_owned())
        }
        Ok(ReadOutcome::Found(facts)) => ChargeOutcome::Answered(facts),
        Ok(ReadOutcome::NoCharge) => {
            ChargeOutcome::Unknown("answered, but there is no such payment".to_owned())
        }
        Err(error) => ChargeOutcome::Unknown(format!("answered without facts; {error}")),
    }
}
