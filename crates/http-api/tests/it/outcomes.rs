//! Purchases whose outcome comes later: unknown, under review, or without access yet.

use std::time::Duration;

use fakes::gateway::Standing;
use fakes::gateway::cards::{ANSWER_LOST, PENDING};
use ports::hotspot::HotspotError;
use serde_json::{Value, json};

use crate::harness::shop::Shop;
use crate::harness::world::{World, text};

const CONEKTA: &str = "/api/v1/payments/pagar-conekta";

fn ask(world: &World, shop: &Shop, answer: &Value) -> Value {
    let token = text(answer, "compra");
    let path = format!("/api/v1/payments/compra/{token}");
    assert_eq!(answer["consulta"], path);
    let answer = world.get(&path).key(&shop.key).send();
    answer.expect(200).clone()
}

#[test]
fn an_unknown_outcome_is_asked_for_until_it_is_known() {
    let unknown = "Estamos verificando su pago con el banco. Por favor no vuelva a pagar: \
                   su acceso aparecerá aquí en cuanto se confirme.";
    let world = World::new();
    let shop = world.shop("cafe");
    for mercado_pago in [false, true] {
        // Not at the moment when the last purchase was paid: that would be one wish.
        world.clock.advance(Duration::from_secs(1));
        let buy = || {
            if mercado_pago {
                world.buy_with_mercado_pago(&shop, ANSWER_LOST)
            } else {
                world.buy(&shop, ANSWER_LOST)
            }
        };
        let users = world.router.enabled_users().len();
        let first = buy();
        let body = first.expect(504);
        assert_eq!(body["detail"], unknown);
        assert_eq!(body["estado_pago"], "verificando");
        assert_eq!(body["codigo"], "pago_en_verificacion");
        assert_eq!(body.as_object().unwrap().len(), 5, "{body}");
        assert_eq!(world.router.enabled_users().len(), users, "no access yet");
        let asked = ask(&world, &shop, body);
        assert_eq!(
            asked,
            json!({
                "success": false, "compra": body["compra"], "estado_pago": "verificando",
                "codigo": "pago_en_verificacion", "consulta": body["consulta"],
                "detail": unknown, "timestamp": asked["timestamp"]
            })
        );
        // The same tap again: the same answer and no second charge.
        assert_eq!(buy().expect(504), body);

        world.clock.advance(Duration::from_mins(2));
        world.run_purchase_workers();
        let paid = ask(&world, &shop, body);
        assert_eq!(paid["success"], true);
        assert!(paid["usuario_hotspot"]["usuario"].is_string());
        assert_eq!(world.router.enabled_users().len(), users + 1);
        // And the tap after that is answered with the credentials.
        let repeated = buy();
        assert_eq!(
            repeated.expect(200)["usuario_hotspot"],
            paid["usuario_hotspot"]
        );
    }
    assert_eq!(world.conekta.charges().len(), 1);
    assert_eq!(world.mercado_pago.charges().len(), 1);
}

#[test]
fn a_payment_under_review_gives_no_access_before_it_is_approved() {
    let world = World::new();
    let shop = world.shop("cafe");
    let answer = world.buy_with_mercado_pago(&shop, PENDING);
    let body = answer.expect(402);
    assert_eq!(body["estado_pago"], "pendiente");
    assert_eq!(ask(&world, &shop, body)["estado_pago"], "pendiente");
    assert!(world.router.enabled_users().is_empty());
    world.mercado_pago.settle_pending(Standing::Captured);
    world.clock.advance(Duration::from_mins(2));
    world.run_purchase_workers();
    assert_eq!(ask(&world, &shop, body)["estado_pago"], "approved");
    assert_eq!(world.router.enabled_users().len(), 1);
}

#[test]
fn a_paid_customer_is_served_even_if_the_router_drops_off_meanwhile() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.router.fail("activate", HotspotError::Unreachable);
    let mut body = shop.conekta_body("tok_1");
    body["conexion_automatica"] = json!(true);
    body["mac_cliente"] = json!("AA:BB:CC:00:11:22");
    let answer = world.post(CONEKTA).key(&shop.key).json(&body);
    let paid = answer.expect(200);
    assert_eq!(paid["estado_pago"], "paid");
    assert_eq!(paid["auto_conexion"]["estado"], "no_conectado");
    assert_eq!(paid["auto_conexion"]["verificado"], false);
    assert!(text(paid, "advertencia").starts_with("Su pago está confirmado."));
    let user = text(&paid["usuario_hotspot"], "usuario");
    assert!(world.router.user(&user).unwrap().is_disabled);
    world.router.recover();
    world.clock.advance(Duration::from_mins(1));
    world.run_purchase_workers();
    assert!(!world.router.user(&user).unwrap().is_disabled);
}

#[test]
fn a_purchase_is_told_to_its_own_router_only() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    let neighbour = world.router_of(&shop.tenant, "Segundo");
    let answer = world.buy(&shop, ANSWER_LOST);
    let path = text(answer.expect(504), "consulta");
    for key in [&other.key, &text(&neighbour, "api_key")] {
        world
            .get(&path)
            .key(key)
            .send()
            .refused(404, "Compra no encontrada");
    }
    let token = "x".repeat(5000);
    let path = format!("/api/v1/payments/compra/{token}");
    world
        .get(&path)
        .key(&shop.key)
        .send()
        .refused(404, "Compra no encontrada");
}
