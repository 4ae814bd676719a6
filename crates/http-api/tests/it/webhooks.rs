//! Gateways' notices come in, and operators set them up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use application::gateway_events::process;
use futures::executor::block_on;
use ports::store::error::StoreError;
use ports::store::inbox::InboxEntry;
use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::{NOW_TEXT, Options, World, text};

const SHARED: &str = "/api/v1/webhook/mercado-pago";

fn own(shop: &Shop) -> String {
    format!("{SHARED}/{}", shop.tenant)
}

fn configure(world: &World, token: &str, tenant: &str, body: &Value) -> Answer {
    world
        .post(&format!(
            "/api/v1/webhook/empresa/{tenant}/configurar-webhook"
        ))
        .session(token)
        .json(body)
}

fn state(world: &World, token: &str, tenant: &str) -> Answer {
    world
        .get(&format!("/api/v1/webhook/empresa/{tenant}/estado-webhook"))
        .session(token)
        .send()
}

/// Notices that wait for a worker.
fn stored(world: &World) -> Vec<InboxEntry> {
    block_on(process::claim(&world.app, 100, Vec::new())).unwrap()
}

/// The payment of the only charge at Mercado Pago.
fn payment_id(world: &World) -> String {
    let charges = world.mercado_pago.charges();
    charges[0].id.clone()
}

/// A notice about the only charge at Mercado Pago.
fn notice(world: &World, event: &str) -> Value {
    let reference = world.mercado_pago.charges()[0].attempt.reference.clone();
    json!({"event": event, "payment": payment_id(world), "reference": reference})
}

fn received(answer: &Answer) {
    assert_eq!(
        *answer.expect(200),
        json!({"status": "received", "message": "Notificación recibida", "received_at": NOW_TEXT})
    );
}

#[test]
fn every_notice_is_answered_alike() {
    let world = World::new();
    let shop = world.shop("cafe");
    world
        .buy_with_mercado_pago(&shop, "tok_answer_lost")
        .expect(504);
    let real = notice(&world, "1").to_string();
    for path in [
        SHARED.to_owned(),
        own(&shop),
        format!("{SHARED}/EMP_0000000000"),
        format!("{SHARED}/{}", "x".repeat(80)),
        format!("/api/v1/webhook/conekta/{}", shop.tenant),
        "/api/v1/webhook/conekta/EMP_0000000000".to_owned(),
    ] {
        for body in [real.as_str(), "{}", "not json", "", "[1]", "\u{0}"] {
            received(&world.post(&path).bytes("application/json", body));
        }
        received(&world.post(&path).send());
    }
}

#[test]
fn only_a_signed_notice_counts_once_there_is_a_secret() {
    let world = World::new();
    let shop = world.shop("cafe");
    world
        .buy_with_mercado_pago(&shop, "tok_answer_lost")
        .expect(504);
    configure(
        &world,
        &shop.operator,
        &shop.tenant,
        &json!({"webhook_secret": "s3cret"}),
    )
    .expect(200);
    let notice = notice(&world, "1");
    let send = |path: &str, signature: &str| {
        let call = world.post(path).header("X-Signature", signature);
        received(&call.json(&notice));
    };
    received(&world.post(SHARED).json(&notice));
    send(SHARED, "forged");
    send(&own(&shop), "forged");
    assert_eq!(stored(&world), []);

    send(SHARED, "s3cret");
    // The same notice again, at the other address.
    send(&own(&shop), "s3cret");
    let entries = stored(&world);
    assert_eq!(entries.len(), 1);
    assert!(entries[0].is_verified);
    assert_eq!(entries[0].tenant_id.as_str(), shop.tenant);
}

#[test]
fn an_unsigned_notice_is_a_hint_once_in_ten_seconds() {
    let world = World::new();
    let shop = world.shop("cafe");
    world
        .buy_with_mercado_pago(&shop, "tok_answer_lost")
        .expect(504);
    for event in ["1", "2", "3"] {
        let path = own(&shop);
        received(&world.post(&path).json(&notice(&world, event)));
    }
    let entries = stored(&world);
    assert_eq!(entries.len(), 1);
    assert!(!entries[0].is_verified);
}

#[test]
fn anothers_notice_address_does_not_reach_a_sale() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    world
        .buy_with_mercado_pago(&mine, "tok_answer_lost")
        .expect(504);
    let notice = notice(&world, "1");
    received(&world.post(&own(&other)).json(&notice));
    assert_eq!(stored(&world), []);
}

#[test]
fn a_notice_that_is_too_large_is_refused() {
    let world = World::new();
    let limit = 64 * 1024;
    let body = |size: usize| vec![b' '; size];
    received(&world.post(SHARED).bytes("application/json", body(limit)));
    world
        .post(SHARED)
        .bytes("application/json", body(limit + 1))
        .refused(413, "La solicitud es demasiado grande");
}

#[test]
fn what_could_not_be_stored_is_to_be_sent_again() {
    let broken = Arc::new(AtomicBool::new(false));
    let hook = {
        let broken = Arc::clone(&broken);
        Arc::new(move |step: &'static str| {
            let fails = step == "inbox.push" && broken.load(Ordering::SeqCst);
            let outcome = if fails {
                Err(StoreError::Unavailable("the disk is full".into()))
            } else {
                Ok(())
            };
            let future: fakes::StoreHookFuture = Box::pin(async move { outcome });
            future
        })
    };
    let world = World::build(Options {
        store_hook: Some(hook),
        ..Options::default()
    });
    let shop = world.shop("cafe");
    world
        .buy_with_mercado_pago(&shop, "tok_answer_lost")
        .expect(504);
    let notice = notice(&world, "1");
    broken.store(true, Ordering::SeqCst);
    let answer = world.post(&own(&shop)).json(&notice);
    answer.refused(503, "No se pudo guardar la notificación. Envíela de nuevo.");
    assert!(answer.header("Retry-After").is_some());
}

#[test]
fn a_company_and_the_owner_configure_it_and_nobody_sees_the_secret() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    let body = json!({"webhook_secret": "s3cret-s3cret"});
    assert_eq!(
        state(&world, &mine.operator, &mine.tenant).expect(200)["estado"],
        "pendiente"
    );
    for token in [&mine.operator, &world.owner()] {
        let answer = configure(&world, token, &mine.tenant, &body);
        let view = answer.expect(200);
        assert_eq!(view["success"], true);
        assert_eq!(
            view["empresa"],
            json!({"id": mine.tenant, "nombre": "mine"})
        );
        assert_eq!(text(view, "webhook_url"), own(&mine));
        assert!(!answer.text().contains("s3cret"));
    }
    let answer = state(&world, &mine.operator, &mine.tenant);
    let view = answer.expect(200);
    assert_eq!(view["estado"], "configurado");
    assert_eq!(
        view["empresa"],
        json!({"id": mine.tenant, "nombre": "mine", "modo_mercado_pago": "test",
            "access_token_configurado": true, "webhook_secret_configurado": true})
    );
    assert_eq!(view["estadisticas"], json!({"total_transacciones": 0}));
    assert!(!answer.text().contains("s3cret"));

    let missing = "Empresa no encontrada";
    configure(&world, &mine.operator, &other.tenant, &body).refused(404, missing);
    configure(&world, &mine.operator, "EMP_0000000000", &body).refused(404, missing);
    configure(&world, &world.owner(), "EMP_0000000000", &body).refused(404, missing);
    state(&world, &mine.operator, &other.tenant).refused(404, missing);
    assert_eq!(
        state(&world, &other.operator, &other.tenant).expect(200)["estado"],
        "pendiente"
    );
}

#[test]
fn a_secret_must_be_there() {
    let world = World::new();
    let shop = world.shop("cafe");
    for body in [
        json!({}),
        json!({"webhook_secret": ""}),
        json!({"webhook_secret": null}),
    ] {
        configure(&world, &shop.operator, &shop.tenant, &body).refused(
            400,
            "Falta webhook_secret: cópielo del panel de Mercado Pago",
        );
    }
    configure(
        &world,
        &shop.operator,
        &shop.tenant,
        &json!({"webhook_secret": 7}),
    )
    .refuses_field("body.webhook_secret");
}

#[test]
fn a_sale_is_found_by_its_reference_by_those_it_concerns() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    world.buy_with_mercado_pago(&mine, "tok_1").expect(200);
    let reference = world.mercado_pago.charges()[0].attempt.reference.clone();
    let path = format!("/api/v1/webhook/transaccion/{reference}");
    for token in [&mine.operator, &world.owner()] {
        let answer = world.get(&path).session(token).send();
        let view = answer.expect(200);
        let sale = &view["transaction"];
        assert_eq!(sale["external_reference"], reference.as_str());
        assert_eq!(sale["estado_pago"], "approved");
        assert_eq!(sale["monto"], 15.0);
        assert_eq!(sale["empresa_id"], mine.tenant.as_str());
        assert_eq!(sale["transaccion_id"], payment_id(&world).as_str());
        assert_eq!(
            view["empresa"],
            json!({"id": mine.tenant, "nombre": "mine", "tiene_webhook_secret": false})
        );
        assert!(!answer.text().contains("ana@x.test"));
    }
    let missing = "Transaction not found";
    let foreign = world.get(&path).session(&other.operator).send();
    foreign.refused(404, missing);
    let long = "A".repeat(3000);
    for unknown in ["HS1", "%00", "HS%0A1", "%F0%9F%98%80", "%27%3B--", &long] {
        let path = format!("/api/v1/webhook/transaccion/{unknown}");
        let answer = world.get(&path).session(&mine.operator).send();
        answer.refused(404, missing);
    }
    assert_eq!(world.get(&path).send().status, 401);
}

#[test]
fn anybody_may_see_that_notices_arrive() {
    let world = World::new();
    let answer = world.get("/api/v1/webhook/test-webhook").send();
    let view = answer.expect(200);
    assert_eq!(view["status"], "active");
    assert_eq!(view["endpoint"], SHARED);
    assert_eq!(view["timestamp"], NOW_TEXT);
}
