//! Webhooks: what the gateways send us of their own accord.

use std::sync::Arc;
use std::time::Duration;

use domain::gateway::GatewayKind;
use ports::payments::{Notice, NoticeKeys, NoticeProof, RawNotice};

use crate::action::{Action, Delivery};
use crate::ledger::{Payment, Standing};
use crate::locked::lock;
use crate::world::World;

/// What both gateways sign with, where the tenant has told us a key.
pub(crate) const KEY: &str = "the-key-of-the-notices";
const SIGNATURE: &str = "x-signature";
/// How often a notice is sent again that nobody took.
pub(crate) const MAX_TRIES: u32 = 12;

/// Sends a notice of how a payment stands: late, out of order, more than once.
pub(crate) fn announce(world: &Arc<World>, payment_id: &str) {
    let ledger = lock(&world.ledger);
    let Some(payment) = ledger
        .payments
        .iter()
        .find(|payment| payment.id == payment_id)
    else {
        return;
    };
    let number = world.dice.number();
    let delivery = Delivery {
        gateway: payment.gateway,
        notice: raw(payment, number, Some(KEY)),
        tries: 0,
        is_taken: Arc::default(),
    };
    let copies = if world.dice.chance(2_000) { 2 } else { 1 };
    for _ in 0..copies {
        let delay = if world.dice.chance(7_000) {
            world.dice.millis(50, 3_000)
        } else {
            world.dice.seconds(3, 600)
        };
        world.plan(world.now().plus(delay), Action::Notice(delivery.clone()));
    }
}

/// When a notice that was not taken is sent again.
pub(crate) fn pause(tries: u32) -> Duration {
    Duration::from_secs(20 << tries.min(8))
}

fn topic(payment: &Payment) -> &'static str {
    match payment.standing {
        Standing::Captured => "paid",
        Standing::ChargedBack => "charged_back",
        _ => "updated",
    }
}

/// A notice about a payment; without a key it is unsigned, with a wrong one forged.
pub(crate) fn raw(payment: &Payment, number: u64, key: Option<&str>) -> RawNotice {
    written(
        number,
        topic(payment),
        payment.order.as_deref(),
        Some(&payment.id),
        &payment.reference,
        key,
    )
}

/// A notice that claims that a sale was paid.
pub(crate) fn claim_of_payment(number: u64, reference: &str, key: Option<&str>) -> RawNotice {
    written(number, "paid", None, None, reference, key)
}

fn written(
    number: u64,
    topic: &str,
    order: Option<&str>,
    payment: Option<&str>,
    reference: &str,
    key: Option<&str>,
) -> RawNotice {
    let fields = [
        &number.to_string(),
        topic,
        order.unwrap_or_default(),
        payment.unwrap_or_default(),
        reference,
    ];
    RawNotice {
        query: Vec::new(),
        headers: key
            .map(|key| (SIGNATURE.to_owned(), key.to_owned()))
            .into_iter()
            .collect(),
        body: fields.join("|").into_bytes(),
    }
}

/// Reads a notice.
pub(crate) fn parse(raw: &RawNotice) -> Option<Notice> {
    let text = String::from_utf8(raw.body.clone()).ok()?;
    let mut fields = text.split('|').map(str::to_owned);
    let mut next = || fields.next();
    let (event_id, topic, order, payment, reference) =
        (next()?, next()?, next()?, next()?, next()?);
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    Some(Notice {
        event_id,
        topic,
        order_id: filled(order),
        payment_id: filled(payment),
        reference: filled(reference),
    })
}

/// Checks the signature.
pub(crate) fn prove(kind: GatewayKind, raw: &RawNotice, keys: &NoticeKeys) -> NoticeProof {
    let known: Vec<&str> = match kind {
        GatewayKind::Conekta => keys.public_keys.iter().map(String::as_str).collect(),
        GatewayKind::MercadoPago => keys
            .secret
            .iter()
            .map(domain::secret::Secret::expose)
            .collect(),
    };
    let shown = raw
        .headers
        .iter()
        .find(|(name, _)| name == SIGNATURE)
        .map(|(_, value)| value.as_str());
    match shown {
        _ if known.is_empty() => NoticeProof::NoKey,
        Some(signature) if known.contains(&signature) => NoticeProof::Verified,
        _ => NoticeProof::Forged,
    }
}
