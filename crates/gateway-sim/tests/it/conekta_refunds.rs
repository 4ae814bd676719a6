//! Giving money back through Conekta.

use gateway_sim::EntryKind;
use serde_json::json;

use crate::world::World;

async fn paid(world: &World) -> String {
    let id = world.bare_order().await;
    assert_eq!(world.charge(&id, "tok_fresh_1", "att_01").await.status, 200);
    id
}

#[tokio::test]
async fn refunds_are_negative_and_add_up() {
    let world = World::new().await;
    let id = paid(&world).await;
    let path = format!("/orders/{id}/refunds");
    let body = json!({"amount": 500, "reason": "requested_by_client"});
    let part = world.conekta_post(&path, body).await;
    assert_eq!(part.status, 200);
    assert_eq!(part.at("/object"), &json!("order"));
    assert_eq!(part.at("/payment_status"), &json!("partially_refunded"));
    assert_eq!(part.at("/amount_refunded"), &json!(500));
    assert_eq!(
        part.at("/charges/data/0/refunds/data/0/amount"),
        &json!(-500)
    );
    let body = json!({"amount": 1500, "reason": "other"});
    let over = world.conekta_post(&path, body).await;
    assert_eq!(over.status, 422, "more than is left");
    let body = json!({"amount": 1499, "reason": "other"});
    let rest = world.conekta_post(&path, body.clone()).await;
    assert_eq!(rest.at("/payment_status"), &json!("refunded"));
    assert_eq!(
        world.conekta_post(&path, body).await.status,
        428,
        "nothing is left"
    );
    let ledger = world.sandbox.ledger();
    assert_eq!(ledger.refunds().len(), 2);
    assert_eq!(ledger.total_net_cents(), 0);
}

#[tokio::test]
async fn a_refund_needs_amount_and_reason() {
    let world = World::new().await;
    let id = paid(&world).await;
    let path = format!("/orders/{id}/refunds");
    for (body, param) in [
        (json!({"reason": "other"}), "amount"),
        (json!({"amount": 5}), "reason"),
        (json!({"amount": 5, "reason": "because"}), "reason"),
        (json!({"amount": 5.5, "reason": "other"}), "amount"),
        (json!({"amount": -5, "reason": "other"}), "amount"),
    ] {
        let refused = world.conekta_post(&path, body.clone()).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.at("/details/0/param"), &json!(param), "{body}");
    }
    assert!(world.sandbox.ledger().refunds().is_empty());
}

#[tokio::test]
async fn an_unpaid_order_cannot_be_refunded() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let body = json!({"amount": 5, "reason": "other"});
    assert_eq!(
        world
            .conekta_post(&format!("/orders/{id}/refunds"), body)
            .await
            .status,
        428
    );
}

#[tokio::test]
async fn the_panel_refunds_and_the_bank_takes_back() {
    let world = World::new().await;
    let id = paid(&world).await;
    let view = world.sandbox.refund(&id, Some(999)).unwrap();
    assert_eq!(
        (view.refunded_cents, view.status.as_str()),
        (999, "partially_refunded")
    );
    let view = world.sandbox.chargeback("att_01").unwrap();
    assert_eq!(view.status, "charged_back");
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("charged_back"));
    assert_eq!(
        read.at("/charges/data/0/chargeback/status"),
        &json!("action_required")
    );
    let ledger = world.sandbox.ledger();
    let back: Vec<i64> = ledger
        .of_kind(EntryKind::Chargeback)
        .map(|entry| entry.amount_cents)
        .collect();
    assert_eq!(back, [1000], "what was refunded before is not taken twice");
    assert_eq!(ledger.net_cents(&view.id), 0);
    assert!(world.sandbox.chargeback("att_01").is_err());
}
