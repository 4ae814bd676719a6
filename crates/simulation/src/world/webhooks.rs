//! Webhooks: what the gateways send us of their own accord.

use std::sync::Arc;
use std::time::Duration;

use fakes::gateway::{Payment, Standing, write_event};
use ports::payments::{GatewayEvent, RawEvent};

use crate::engine::lock;
use crate::scenario::{Action, Delivery};
use crate::world::World;

/// What both gateways sign with, where the tenant has given us a key.
pub(crate) const KEY: &str = "the-key-of-the-notices";
/// How often a notice is sent again that nobody took.
pub(crate) const MAX_TRIES: u32 = 12;

/// Sends a notice of how a payment stands: late, out of order, more than once.
pub(crate) fn announce(world: &Arc<World>, payment_id: &str) {
    if !world.sends_webhooks {
        return;
    }
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
        gateway: payment.attempt.gateway,
        notice: write_event(&notice_of(payment, number), Some(KEY)),
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
        world.plan(
            world.now().plus(delay),
            Action::GatewayEvent(delivery.clone()),
        );
    }
}

/// When a notice that was not taken is sent again.
pub(crate) fn retry_delay(tries: u32) -> Duration {
    Duration::from_secs(20 << tries.min(8))
}

fn topic(payment: &Payment) -> &'static str {
    match payment.standing {
        Standing::Captured => "paid",
        Standing::ChargedBack => "charged_back",
        _ => "updated",
    }
}

/// A notice about a payment.
fn notice_of(payment: &Payment, number: u64) -> GatewayEvent {
    GatewayEvent {
        event_id: number.to_string(),
        topic: topic(payment).to_owned(),
        order_id: payment.attempt.order.clone(),
        payment_id: Some(payment.id.clone()),
        reference: Some(payment.attempt.reference.clone()),
    }
}

/// A notice that claims that a sale was paid; without a key it is unsigned.
pub(crate) fn claim_of_payment(number: u64, reference: &str, key: Option<&str>) -> RawEvent {
    let claim = GatewayEvent {
        event_id: number.to_string(),
        topic: "paid".to_owned(),
        order_id: None,
        payment_id: None,
        reference: Some(reference.to_owned()),
    };
    write_event(&claim, key)
}
