//! Charging an order, with the entry in the ledger and the events that follow.

use serde_json::{Value, json};

use crate::conekta::error::{self, Refusal};
use crate::conekta::request::{NewCharge, NewMethod};
use crate::conekta::store::{CardFace, Charge, ChargeStatus, Failure, Method, Order};
use crate::conekta::tokens::{self, Found};
use crate::conekta::{State, view};
use crate::core::events::GatewayEvent;
use crate::core::gateway::Gateway;
use crate::core::http::{Call, shown_token};
use crate::core::ledger::{EntryKind, LedgerEntry};
use crate::core::scenario::Scenario;

const HAS_CHARGE: &str = "combo.order.cannot_be_updated_because_has_charge";

/// Whether the order may be charged (428 otherwise).
pub(crate) fn check_chargeable(order: &Order) -> Result<(), Refusal> {
    if order.canceled {
        let code = "combo.order.cannot_be_updated_because_canceled";
        return Err(Refusal::precondition(code, "The order is canceled."));
    }
    if order.charges.iter().any(Charge::took_money) && order.taken() >= order.amount {
        let text = "The order cannot be modified because it has already a charge which is paid.";
        return Err(Refusal::precondition(&format!("{HAS_CHARGE}_paid"), text));
    }
    if order.charges.iter().any(Charge::is_open) {
        let text = "The order cannot be modified because it has already a charge which is pending payment.";
        return Err(Refusal::precondition(HAS_CHARGE, text));
    }
    Ok(())
}

/// Makes one charge on the order. A refused charge stays on the order, and the refusal carries
/// the order; the caller stores the order either way.
pub(crate) fn make_charge(
    state: &mut State<'_>,
    call: &Call,
    order: &mut Order,
    new: &NewCharge,
) -> Result<(), Refusal> {
    let owed = order.amount - order.taken();
    let amount = new.amount.unwrap_or(owed);
    if amount < 1 || amount > owed {
        let what = format!("The amount must be between 1 and what is owed ({owed}).");
        return Err(Refusal::invalid(vec![("amount".to_owned(), what)]));
    }
    match &new.method {
        NewMethod::Token(token) => {
            let found = tokens::find(state, call, token)?;
            let Found::Card { scenario, face } = found else {
                let message = "El token ya fue utilizado.";
                let data = view::order(order);
                return Err(Refusal::processing(
                    "processing.tokenization.used",
                    message,
                    data,
                ));
            };
            if scenario == Scenario::Installments {
                let code = "charge.monthly_installments_not_supported_for_debit";
                let param = "payment_method.monthly_installments";
                return Err(Refusal::invalid_code(
                    code,
                    param,
                    "Installments are not possible.",
                ));
            }
            tokens::consume(state, token);
            let token = shown_token(token);
            by_card(
                state,
                call,
                order,
                new,
                amount,
                (scenario, face, Some(token)),
            )
        }
        NewMethod::SavedCard => {
            let card = (
                Scenario::Approved,
                tokens::face("4242424242424242", "Ana Perez"),
                None,
            );
            by_card(state, call, order, new, amount, card)
        }
        NewMethod::Cash { expires_at } => {
            let expires_at = expires_at.unwrap_or(call.now_ms / 1_000 + 86_400);
            let reference = format!("930002{:08}", state.core.ids.number() % 100_000_000);
            let method = Method::Cash {
                reference,
                expires_at,
            };
            wait_for_money(state, call, order, new, amount, method);
            Ok(())
        }
        NewMethod::Spei { expires_at } => {
            let expires_at = expires_at.unwrap_or(call.now_ms / 1_000 + 86_400);
            let clabe = format!("646180111805{:06}", state.core.ids.number() % 1_000_000);
            wait_for_money(
                state,
                call,
                order,
                new,
                amount,
                Method::Spei { clabe, expires_at },
            );
            Ok(())
        }
    }
}

fn by_card(
    state: &mut State<'_>,
    call: &Call,
    order: &mut Order,
    new: &NewCharge,
    amount: i64,
    (scenario, face, token): (Scenario, CardFace, Option<String>),
) -> Result<(), Refusal> {
    let mut charge = blank(state, call, new, amount, Method::Card(face));
    charge.token = token;
    let failure = match &call.response_override.decline {
        Some(code) => Some(error::chosen_failure(code)),
        None => error::failure_of(scenario),
    };
    if let Some(failure) = failure {
        return Err(refuse(state, call, order, charge, failure));
    }
    if call.response_override.stay_pending || scenario == Scenario::Pending {
        place(state, call, order, charge, ChargeStatus::PendingPayment);
    } else if scenario == Scenario::Review {
        place(
            state,
            call,
            order,
            charge,
            ChargeStatus::PendingConfirmation,
        );
    } else if scenario == Scenario::Challenge {
        let url = format!("https://3ds-pay.conekta.com/{}", state.core.ids.uuid());
        charge.next_action = Some(json!({
            "type": "redirect_to_url",
            "redirect_to_url": { "url": url, "return_url": order.return_url },
        }));
        place(state, call, order, charge, ChargeStatus::PendingPayment);
    } else if order.pre_authorize {
        authorize(state, &mut charge);
        place(state, call, order, charge, ChargeStatus::PreAuthorized);
    } else {
        authorize(state, &mut charge);
        charge.paid_at = Some(call.now_ms / 1_000);
        place(state, call, order, charge, ChargeStatus::Paid);
    }
    Ok(())
}

fn authorize(state: &mut State<'_>, charge: &mut Charge) {
    if let Method::Card(card) = &mut charge.method {
        card.auth_code = Some(state.core.ids.six_digits());
    }
}

fn wait_for_money(
    state: &mut State<'_>,
    call: &Call,
    order: &mut Order,
    new: &NewCharge,
    amount: i64,
    method: Method,
) {
    let charge = blank(state, call, new, amount, method);
    place(state, call, order, charge, ChargeStatus::PendingPayment);
}

fn blank(
    state: &mut State<'_>,
    call: &Call,
    new: &NewCharge,
    amount: i64,
    method: Method,
) -> Charge {
    Charge {
        id: state.core.ids.hex24(),
        amount,
        status: ChargeStatus::PendingPayment,
        reference_id: new.reference_id.clone(),
        method,
        installments: new.installments,
        failure: None,
        next_action: None,
        refunds: Vec::new(),
        chargeback: None,
        token: None,
        created_at: call.now_ms / 1_000,
        paid_at: None,
    }
}

fn refuse(
    state: &mut State<'_>,
    call: &Call,
    order: &mut Order,
    mut charge: Charge,
    failure: Failure,
) -> Refusal {
    let (code, message) = (failure.code.clone(), failure.message.clone());
    charge.failure = Some(failure);
    place(state, call, order, charge, ChargeStatus::Declined);
    let data: Value = view::order(order);
    Refusal::processing(&code, &message, data)
}

/// Puts the charge on the order, with its ledger entry and its events.
fn place(
    state: &mut State<'_>,
    call: &Call,
    order: &mut Order,
    mut charge: Charge,
    status: ChargeStatus,
) {
    charge.status = status;
    order.charges.push(charge.clone());
    order.updated_at = call.now_ms / 1_000;
    let (kind, words): (EntryKind, &[&str]) = match status {
        ChargeStatus::Paid => (EntryKind::Charge, &["charge.created", "charge.paid"]),
        ChargeStatus::PreAuthorized => (
            EntryKind::Authorization,
            &["charge.created", "charge.preauthorized"],
        ),
        ChargeStatus::Declined => (EntryKind::Decline, &["charge.created", "charge.declined"]),
        ChargeStatus::PendingConfirmation => (
            EntryKind::Pending,
            &["charge.created", "charge.pending_confirmation"],
        ),
        _ => (EntryKind::Pending, &["charge.created"]),
    };
    record_money(state, order, &charge, kind, charge.amount, call.now_ms);
    for word in words {
        charge_event(state, order, &charge, word, call.now_ms);
    }
    if let Some(word) = order.status_word() {
        order_event(state, order, &format!("order.{word}"), call.now_ms);
    }
}

/// Writes what happened to a charge's money into the ledger.
pub(crate) fn record_money(
    state: &mut State<'_>,
    order: &Order,
    charge: &Charge,
    kind: EntryKind,
    amount: i64,
    now_ms: i64,
) {
    state.core.ledger.record(LedgerEntry {
        seq: 0,
        at_ms: now_ms,
        kind,
        gateway: Gateway::Conekta,
        account: order.account.clone(),
        payment_id: charge.id.clone(),
        order_id: Some(order.id.clone()),
        amount_cents: amount,
        currency: order.currency.clone(),
        reference: charge.reference_id.clone(),
        token: charge.token.clone(),
        metadata: Value::Object(order.metadata.clone()),
    });
}

/// Notes an event about the order itself.
pub(crate) fn order_event(state: &mut State<'_>, order: &Order, event: &str, now_ms: i64) {
    push(state, order, event, &view::order(order), now_ms);
}

/// Notes an event about one of its charges.
pub(crate) fn charge_event(
    state: &mut State<'_>,
    order: &Order,
    charge: &Charge,
    event: &str,
    now_ms: i64,
) {
    push(state, order, event, &view::charge(order, charge), now_ms);
}

/// Notes an event about a dispute.
pub(crate) fn dispute_event(state: &mut State<'_>, order: &Order, dispute: &Value, now_ms: i64) {
    push(state, order, "charge.chargeback.created", dispute, now_ms);
}

fn push(state: &mut State<'_>, order: &Order, event: &str, object: &Value, now_ms: i64) {
    let id = state.core.ids.hex24();
    let body = json!({
        "id": id,
        "object": "event",
        "type": event,
        "livemode": order.live,
        "created_at": now_ms / 1_000,
        "webhook_status": "pending",
        "webhook_logs": [],
        "data": { "object": object, "previous_attributes": {} },
    });
    state.core.events.push(GatewayEvent {
        seq: 0,
        id,
        gateway: Gateway::Conekta,
        account: order.account.clone(),
        event: event.to_owned(),
        subject: order.id.clone(),
        body,
        notification_url: None,
        sent: 0,
    });
}
