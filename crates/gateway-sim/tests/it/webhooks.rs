//! Notices, as a merchant's server receives them.

use gateway_sim::{
    Config, Gateway, IdCase, MerchantTarget, SendOrder, Settings, Signing, TsUnit, WebhookTargets,
};
use serde_json::{Value, json};

use crate::world::{TOKEN, World, hmac_verifies, merchant, payment, rsa_verifies};

#[tokio::test]
async fn a_paid_order_tells_twice_and_the_signature_covers_the_bytes() {
    let world = World::new().await;
    let (url, mut hooks) = merchant().await;
    world.sandbox.set_webhooks(WebhookTargets {
        conekta: Some(url),
        ..WebhookTargets::default()
    });
    let key = world
        .conekta_post("/webhook_keys", json!({"active": true}))
        .await;
    let pem = key.at("/public_key").as_str().unwrap().to_owned();
    let kept = world.conekta_get("/webhook_keys").await;
    assert_eq!(
        kept.at("/data/0/public_key"),
        &Value::Null,
        "shown once only"
    );
    let id = world.bare_order().await;
    world.charge(&id, "tok_fresh_1", "att_01").await;

    for event in ["charge.paid", "order.paid"] {
        let order = SendOrder {
            event: Some(event.to_owned()),
            ..SendOrder::default()
        };
        let sent = world.sandbox.send_webhooks(&order).await.unwrap();
        assert_eq!((sent.len(), sent[0].status), (1, Some(200)));
        let received = hooks.recv().await.unwrap();
        assert!(rsa_verifies(&pem, &received), "{event}");
        assert_eq!(received.json()["type"], json!(event));
        assert_eq!(received.json()["id"], json!(sent[0].event_id));
        assert_eq!(received.json()["data"]["object"]["amount"], json!(1999));
    }
    let again = SendOrder {
        event: Some("order.paid".to_owned()),
        ..SendOrder::default()
    };
    assert!(
        world
            .sandbox
            .send_webhooks(&again)
            .await
            .unwrap()
            .is_empty(),
        "sent before"
    );
    let again = SendOrder {
        again: true,
        copies: 2,
        ..again
    };
    assert_eq!(world.sandbox.send_webhooks(&again).await.unwrap().len(), 2);
    let events = world.conekta_get("/events").await;
    assert_eq!(events.at("/data/0/object"), &json!("event"));
}

#[tokio::test]
async fn every_wrong_conekta_signature_fails() {
    let world = World::new().await;
    let (url, mut hooks) = merchant().await;
    world.sandbox.set_webhooks(WebhookTargets {
        conekta: Some(url),
        ..WebhookTargets::default()
    });
    world.bare_order().await;
    let pem = world.sandbox.conekta_public_key();
    for (signing, good) in [
        (Signing::Right, true),
        (Signing::Wrong, false),
        (Signing::Foreign, false),
        (Signing::Malformed, false),
        (Signing::Missing, false),
    ] {
        let order = SendOrder {
            signing,
            again: true,
            ..SendOrder::default()
        };
        world.sandbox.send_webhooks(&order).await.unwrap();
        let received = hooks.recv().await.unwrap();
        assert_eq!(rsa_verifies(pem, &received), good, "{signing:?}");
        assert_eq!(
            received.header("digest").is_none(),
            signing == Signing::Missing
        );
    }
}

#[tokio::test]
async fn two_merchants_sign_with_different_keys() {
    let world = World::new().await;
    let first = world.conekta_post("/webhook_keys", json!({})).await;
    let second = world
        .http
        .post(format!("{}/webhook_keys", world.sandbox.conekta_url()))
        .header("accept", crate::world::VERSION)
        .bearer_auth("key_other_merchant1");
    let second = crate::world::answer(second.json(&json!({}))).await;
    assert_ne!(first.at("/public_key"), second.at("/public_key"));
}

#[tokio::test]
async fn mercado_pago_signs_ids_in_every_spelling() {
    let world = World::new().await;
    let (url, mut hooks) = merchant().await;
    let secret = "mp_test_secret_0001";
    world.sandbox.set_webhooks(WebhookTargets {
        mercado_pago: Some(url),
        secret: Some(secret.into()),
        ..WebhookTargets::default()
    });
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    let id = made.at("/id").to_string();
    for (order, good, digits) in [
        (SendOrder::default(), true, 13),
        (
            SendOrder {
                ts_unit: TsUnit::Seconds,
                ..SendOrder::default()
            },
            true,
            10,
        ),
        (
            SendOrder {
                without_request_id: true,
                ..SendOrder::default()
            },
            true,
            13,
        ),
        (
            SendOrder {
                signing: Signing::Wrong,
                ..SendOrder::default()
            },
            false,
            13,
        ),
        (
            SendOrder {
                signing: Signing::Foreign,
                ..SendOrder::default()
            },
            false,
            13,
        ),
        (
            SendOrder {
                signing: Signing::Malformed,
                ..SendOrder::default()
            },
            false,
            0,
        ),
    ] {
        let sent = world
            .sandbox
            .send_webhooks(&SendOrder {
                again: true,
                ..order.clone()
            })
            .await;
        assert_eq!(sent.unwrap().len(), 1);
        let received = hooks.recv().await.unwrap();
        assert_eq!(
            received.uri.query(),
            Some(&*format!("data.id={id}&type=payment"))
        );
        assert_eq!(hmac_verifies(secret, &id, &received), good, "{order:?}");
        let signature = received.header("x-signature").unwrap();
        let ts = signature
            .split(',')
            .next()
            .unwrap()
            .trim_start_matches("ts=");
        assert_eq!(ts.len(), digits);
        let body = received.json();
        assert_eq!(body["action"], json!("payment.created"));
        assert_eq!(body["data"]["id"], json!(id));
        assert_eq!(body["user_id"], json!(44444));
    }
    let own = SendOrder {
        gateway: Some(Gateway::MercadoPago),
        body: Some(json!({"id": 1, "type": "order", "data": {"id": "ORD01JX7ABCDEF"}})),
        ..SendOrder::default()
    };
    for (id_case, signed) in [
        (IdCase::AsIs, "ORD01JX7ABCDEF"),
        (IdCase::Lower, "ord01jx7abcdef"),
    ] {
        let order = SendOrder {
            id_case,
            ..own.clone()
        };
        world.sandbox.send_webhooks(&order).await.unwrap();
        let received = hooks.recv().await.unwrap();
        assert!(received.uri.query().unwrap().contains("ORD01JX7ABCDEF"));
        assert!(hmac_verifies(secret, signed, &received), "{id_case:?}");
    }
}

#[tokio::test]
async fn a_payments_own_address_wins_and_order_can_be_reversed() {
    let world = World::new().await;
    let (panel, mut at_panel) = merchant().await;
    let (own, mut at_own) = merchant().await;
    world.sandbox.set_webhooks(WebhookTargets {
        mercado_pago: Some(panel),
        ..WebhookTargets::default()
    });
    let mut body = payment("tok-CONT-1", "att_01");
    body["notification_url"] = json!(own);
    world.pay("k1", &body).await;
    world.sandbox.approve("att_01").unwrap();
    let order = SendOrder {
        reversed: true,
        ..SendOrder::default()
    };
    world.sandbox.send_webhooks(&order).await.unwrap();
    for action in ["payment.updated", "payment.created"] {
        let received = at_own.recv().await.unwrap();
        assert_eq!(received.json()["action"], json!(action));
        assert!(
            received.header("x-signature").is_none(),
            "no secret, no signature"
        );
    }
    assert!(at_panel.try_recv().is_err());
}

#[tokio::test]
async fn chargebacks_and_refunds_are_told() {
    let world = World::new().await;
    let id = world.bare_order().await;
    world.charge(&id, "tok_fresh_1", "att_01").await;
    world.sandbox.refund(&id, Some(500)).unwrap();
    world.sandbox.chargeback(&id).unwrap();
    let events: Vec<String> = world
        .sandbox
        .events()
        .iter()
        .map(|event| event.event.clone())
        .collect();
    assert_eq!(
        events,
        [
            "order.created",
            "charge.created",
            "charge.paid",
            "order.paid",
            "charge.refunded",
            "order.partially_refunded",
            "charge.chargeback.created",
            "order.charged_back",
        ]
    );
}

#[tokio::test]
async fn events_can_be_sent_automatically() {
    let (url, mut hooks) = merchant().await;
    let world = World::with(Config {
        settings: Settings {
            auto_notify: true,
            ..Settings::default()
        },
        webhooks: WebhookTargets {
            conekta: Some(url),
            ..WebhookTargets::default()
        },
        ..Config::default()
    })
    .await;
    let id = world.bare_order().await;
    world.charge(&id, "tok_fresh_1", "att_01").await;
    for event in [
        "order.created",
        "charge.created",
        "charge.paid",
        "order.paid",
    ] {
        assert_eq!(hooks.recv().await.unwrap().json()["type"], json!(event));
    }
}

#[tokio::test]
async fn without_an_address_nothing_is_sent() {
    let world = World::new().await;
    world.bare_order().await;
    assert!(
        world
            .sandbox
            .send_webhooks(&SendOrder::default())
            .await
            .is_err()
    );
    let nowhere = SendOrder {
        url: Some("http://127.0.0.1:1/".to_owned()),
        ..SendOrder::default()
    };
    let sent = world.sandbox.send_webhooks(&nowhere).await.unwrap();
    assert!(sent[0].status.is_none() && sent[0].error.is_some());
}

#[tokio::test]
async fn each_merchant_has_its_own_address_and_secret() {
    let world = World::new().await;
    let (general, mut at_general) = merchant().await;
    let (own, mut at_own) = merchant().await;
    world.sandbox.set_webhooks(WebhookTargets {
        conekta: Some(general.clone()),
        mercado_pago: Some(general),
        secret: Some("general".into()),
    });
    world.sandbox.set_merchant_webhook(MerchantTarget {
        gateway: Gateway::MercadoPago,
        key: TOKEN.into(),
        url: Some(own),
        secret: Some("own".into()),
    });
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    world.bare_order().await;
    world
        .sandbox
        .send_webhooks(&SendOrder::default())
        .await
        .unwrap();
    let received = at_own.recv().await.unwrap();
    assert!(hmac_verifies("own", &made.at("/id").to_string(), &received));
    assert_eq!(
        at_general.recv().await.unwrap().json()["type"],
        json!("order.created")
    );
}
