//! Charging a card.

use domain::gateway::{ExpectedPayment, PaymentFacts, PaymentStatus, Proof};
use ports::payments::{
    ChargeOutcome, ChargeRequest, GatewayAccount, NotCharged, PaymentHandle, ReadOutcome,
};
use reqwest::Method;
use reqwest::header::HeaderName;

use crate::http::Deadline;
use crate::http::{Answer, Lost};
use crate::mercado_pago::api::Api;
use crate::mercado_pago::body::PaymentBody;
use crate::mercado_pago::causes::{self, Meaning};
use crate::mercado_pago::repeat::{self, Sent};
use crate::mercado_pago::wire::Payment;
use crate::mercado_pago::{facts, read};

/// Fingerprint of the customer's browser; raises the rate of approvals.
const DEVICE: HeaderName = HeaderName::from_static("x-meli-session-id");

/// Sends the payment, repeats it under its key while the answer is lost, and judges.
pub(crate) async fn charge(
    api: &Api,
    account: &GatewayAccount,
    request: &ChargeRequest,
) -> ChargeOutcome {
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
        request.device_session_id.as_deref().unwrap_or_default(),
    );
    let sent = repeat::send(api, &call, deadline, |answer| payment(answer).is_some()).await;
    match judge(account, sent) {
        Judged::Payment(payment) => {
            answered(
                api,
                account,
                request,
                facts::read(&payment, account.mode),
                deadline,
            )
            .await
        }
        Judged::Outcome(outcome) => outcome,
    }
}

enum Judged {
    Payment(Box<Payment>),
    Outcome(ChargeOutcome),
}

/// A payment that at least says what it is and how it stands.
fn payment(answer: &Answer) -> Option<Payment> {
    answer
        .json::<Payment>()
        .filter(|payment| payment.id.is_some() && payment.status.is_some())
}

fn judge(account: &GatewayAccount, sent: Sent) -> Judged {
    let is_doubtful = sent.is_doubtful;
    let unknown = |text: String| Judged::Outcome(ChargeOutcome::Unknown(text));
    let not_charged = |why| Judged::Outcome(ChargeOutcome::NotCharged(why));
    let answer = match sent.last {
        Ok(answer) => answer,
        Err(Lost::Unsendable) => return not_charged(NotCharged::Misconfigured),
        Err(Lost::NotSent) if !is_doubtful => return not_charged(NotCharged::Unreachable),
        Err(lost) => return unknown(lost.text().to_owned()),
    };
    if answer.is_success() {
        return payment(&answer).map_or_else(
            || unknown(format!("HTTP {} without a payment", answer.status)),
            |payment| Judged::Payment(Box::new(payment)),
        );
    }
    let text = format!("HTTP {} {}", answer.status, causes::codes(&answer));
    match causes::meaning(&answer) {
        // Refused after a send that may have been carried out, as when the first one used up the
        // token (3003): only reading tells.
        _ if is_doubtful => unknown(format!("{text} after a lost answer")),
        Meaning::NotCharged(why) => {
            causes::log(account, &answer, why);
            not_charged(why)
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
    let expected = ExpectedPayment {
        amount: request.amount,
        reference: request.reference.clone(),
        order_id: None,
        mode: account.mode,
        collector: account.collector.clone(),
    };
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
