//! The same purchase again: one charge, the same answer.

use fakes::gateway::cards::DECLINED;
use serde_json::{Value, json};

use crate::harness::world::World;

const CONEKTA: &str = "/api/v1/payments/pagar-conekta";
const MERCADO_PAGO: &str = "/api/v1/payments/pagar-mercado-pago";

#[test]
fn the_same_key_is_the_same_purchase() {
    let world = World::new();
    let shop = world.shop("cafe");
    let buy = |path: &str, key: &str, body: &Value| {
        let request = world.post(path).key(&shop.key);
        request.header("Idempotency-Key", key).json(body)
    };
    let body = shop.conekta_body("tok_1");
    let first = buy(CONEKTA, "k-1", &body);
    let second = buy(CONEKTA, "k-1", &body);
    assert_eq!(first.expect(200), second.expect(200));
    // Name, phone and device do not make another wish; nor do the other spellings.
    let mut same = json!({
        "product_id": shop.product, "card_token": "tok_1", "customer_name": "Otra",
        "customer_email": "ANA@X.test", "customer_phone": "5500000000",
    });
    assert_eq!(
        buy(CONEKTA, "k-1", &same).expect(200)["usuario_hotspot"],
        first.body["usuario_hotspot"]
    );
    // The card token alone makes it the same purchase too, whatever the header.
    same["email"] = json!("ignored");
    assert_eq!(
        buy(CONEKTA, "k-2", &same).expect(200)["usuario_hotspot"],
        first.body["usuario_hotspot"]
    );
    assert_eq!(world.conekta.charges().len(), 1);

    let reused = "Esta solicitud de pago ya se usó con otros datos. Inicie una compra nueva. Esta \
                  solicitud no se cobró.";
    for (field, value) in [
        ("token_tarjeta", json!("tok_other")),
        ("email_cliente", json!("eva@x.test")),
        ("tipo_usuario", json!("pin")),
        ("producto_id", json!(shop.product + 1000)),
    ] {
        let mut other = body.clone();
        other[field] = value;
        buy(CONEKTA, "k-1", &other).refused(422, reused);
    }
    let other_gateway = shop.mercado_pago_body("tok_1");
    buy(MERCADO_PAGO, "k-1", &other_gateway).refused(422, reused);
    for key in ["", "con espacio", "ñ", &"k".repeat(256)] {
        let answer = buy(CONEKTA, key, &body);
        answer.refuses_field("header.Idempotency-Key");
    }
    assert_eq!(world.conekta.charges().len(), 1);
    assert!(world.mercado_pago.charges().is_empty());
}

#[test]
fn a_declined_purchase_is_answered_again_and_not_charged_again() {
    let world = World::new();
    let shop = world.shop("cafe");
    let first = world.buy(&shop, DECLINED);
    let again = world.buy(&shop, DECLINED);
    assert_eq!(first.expect(402), again.expect(402));
    assert_eq!(world.conekta.charges().len(), 1);
}

#[test]
fn two_taps_at_once_charge_once() {
    let world = World::new();
    let shop = world.shop("cafe");
    let taps: Vec<Value> = std::thread::scope(|scope| {
        let taps: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| world.buy(&shop, "tok_1")))
            .collect();
        // One that waits for the first one's purchase waits by the clock, which stands still.
        while taps.iter().any(|tap| !tap.is_finished()) {
            if let Some(end) = world.clock.next_wake() {
                world.clock.set(end);
            }
            std::thread::yield_now();
        }
        taps.into_iter()
            .map(|tap| {
                // One that comes while the first is running is told to wait at most.
                let answer = tap.join().unwrap();
                assert!([200, 409].contains(&answer.status), "{}", answer.text());
                answer.body
            })
            .collect()
    });
    assert_eq!(world.conekta.charges().len(), 1);
    assert_eq!(world.router.enabled_users().len(), 1);
    let paid = world.buy(&shop, "tok_1");
    for tap in taps.iter().filter(|tap| tap["success"] == true) {
        assert_eq!(tap["usuario_hotspot"], paid.body["usuario_hotspot"]);
    }
}

#[test]
fn known_purchases_are_answered_after_everything_was_switched_off() {
    let world = World::new();
    let owner = world.owner();
    let shop = world.shop("cafe");
    let first = world.buy(&shop, "tok_1");
    first.expect(200);
    let router = format!(
        "/admin/empresas/{}/routers/{}/toggle-activo",
        shop.tenant, shop.router
    );
    world.put(&router).session(&owner).send().expect(200);
    let path = format!("/api/v1/admin/products/{}", shop.product);
    world
        .delete(&path)
        .session(&shop.operator)
        .send()
        .expect(200);
    let again = world.buy(&shop, "tok_1");
    assert_eq!(
        again.expect(200)["usuario_hotspot"],
        first.body["usuario_hotspot"]
    );
    assert_eq!(world.conekta.charges().len(), 1);
}

#[test]
fn a_lost_answer_is_found_by_the_key_of_its_payment() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    let key = "3f2b8c1e-0d4a-4f6b-9c7d-1a2b3c4d5e6f";
    let ask = |api_key: &str, key: &str| {
        let request = world.get("/api/v1/payments/compra").key(api_key);
        request.header("Idempotency-Key", key).send()
    };
    ask(&shop.key, key).refused(404, "Compra no encontrada");
    let body = shop.conekta_body("tok_1");
    let request = world.post(CONEKTA).key(&shop.key);
    let answer = request.header("Idempotency-Key", key).json(&body);
    let paid = answer.expect(200);
    let found = ask(&shop.key, key);
    assert_eq!(
        found.expect(200)["usuario_hotspot"],
        paid["usuario_hotspot"]
    );
    assert_eq!(found.body["compra"], paid["compra"]);
    // The token of the answer leads to the same.
    let path = paid["consulta"].as_str().unwrap();
    let by_token = world.get(path).key(&shop.key).send();
    assert_eq!(by_token.expect(200), &found.body);
    // A key of another router, and one that could be guessed.
    ask(&other.key, key).refused(404, "Compra no encontrada");
    ask(&shop.key, "pedido-1").refuses_field("header.Idempotency-Key");
    let without = world.get("/api/v1/payments/compra").key(&shop.key).send();
    without.refuses_field("header.Idempotency-Key");

    let request = world.post(CONEKTA).key(&shop.key);
    let declined = request
        .header("Idempotency-Key", "another-key-of-this-phone")
        .json(&shop.conekta_body(DECLINED));
    let declined = declined.expect(402);
    let found = ask(&shop.key, "another-key-of-this-phone");
    let found = found.expect(200);
    assert_eq!(found["estado_pago"], "rechazado");
    assert_eq!(found["codigo"], declined["codigo"]);
    assert_eq!(found["compra"], declined["compra"]);
}
