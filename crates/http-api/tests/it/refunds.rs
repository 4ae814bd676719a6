//! Operators give money back.

use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::{World, text};

fn path(id: i64) -> String {
    format!("/api/v1/admin/mi-empresa/transacciones/{id}/reembolso")
}

fn refund(world: &World, shop: &Shop, id: i64, key: Option<&str>, body: &Value) -> Answer {
    let call = world.post(&path(id)).session(&shop.operator);
    match key {
        Some(key) => call.header("Idempotency-Key", key).json(body),
        None => call.json(body),
    }
}

/// Sells once; answers the sale's number, its number at the gateway, and the hotspot user.
fn sell(world: &World, shop: &Shop) -> (i64, String, String) {
    let answer = world.buy(shop, "tok_1");
    let sold = answer.expect(200);
    let id = world.sales(shop)["transacciones"][0]["id"]
        .as_i64()
        .unwrap();
    (
        id,
        text(sold, "id_transaccion"),
        text(&sold["usuario_hotspot"], "usuario"),
    )
}

#[test]
fn all_the_money_goes_back_once_and_the_access_with_it() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (id, order, user) = sell(&world, &shop);
    let answer = world.post(&path(id)).session(&shop.operator).send();
    assert_eq!(
        *answer.expect(200),
        json!({"success": true, "transaccion_id": order, "monto_reembolsado": 15.0,
            "total_reembolsado": 15.0, "estado_pago": "refunded"})
    );
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [1500]);
    world.run_purchase_workers();
    assert_eq!(world.router.user(&user), None);
    refund(&world, &shop, id, None, &json!({})).refused(
        400,
        "Esta venta no se puede reembolsar: no está pagada o ya se devolvió",
    );
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [1500]);
}

#[test]
fn a_part_needs_a_key_and_goes_back_once_per_key() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (id, order, user) = sell(&world, &shop);
    let part = json!({"monto": 5.5, "motivo": "Se quedó sin señal"});
    refund(&world, &shop, id, None, &part).refuses_field("header.Idempotency-Key");
    let done = json!({"success": true, "transaccion_id": order, "monto_reembolsado": 5.5,
        "total_reembolsado": 5.5, "estado_pago": "paid"});
    for _ in 0..2 {
        let answer = refund(&world, &shop, id, Some("r-1"), &part);
        assert_eq!(*answer.expect(200), done);
    }
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [550]);
    assert!(world.router.user(&user).is_some());

    refund(&world, &shop, id, Some("r-1"), &json!({"monto": 5})).refused(
        422,
        "Esta clave ya se usó para reembolsar otro importe. Use una clave nueva.",
    );
    refund(&world, &shop, id, Some("r-2"), &json!({"monto": 9.51})).refuses_field("body.monto");
    let rest = refund(&world, &shop, id, None, &json!({}));
    let rest = rest.expect(200);
    assert_eq!(rest["monto_reembolsado"], 9.5);
    assert_eq!(rest["total_reembolsado"], 15.0);
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [550, 950]);
}

#[test]
fn an_unknown_outcome_is_followed_up() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (id, _, _) = sell(&world, &shop);
    world.conekta.fail("refund");
    let answer = refund(&world, &shop, id, Some("r-1"), &json!({"monto": 5}));
    assert_eq!(*answer.expect(202), json!({"estado": "verificando"}));
    let busy = refund(&world, &shop, id, Some("r-2"), &json!({"monto": 1}));
    assert_eq!(busy.status, 409, "{}", busy.text());
    assert!(busy.header("Retry-After").is_some());

    world.conekta.recover();
    world.clock.advance(std::time::Duration::from_mins(5));
    world.run_purchase_workers();
    let answer = refund(&world, &shop, id, Some("r-1"), &json!({"monto": 5}));
    assert_eq!(answer.expect(200)["total_reembolsado"], 5.0);
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [500]);
}

#[test]
fn what_is_no_amount_or_nobodys_sale_is_refused() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    let (id, _, _) = sell(&world, &mine);
    for amount in [json!(0), json!(-1), json!(1.999), json!("5")] {
        refund(&world, &mine, id, Some("r"), &json!({"monto": amount})).refuses_field("body.monto");
    }
    let long = "x".repeat(256);
    refund(&world, &mine, id, Some(&long), &json!({})).refuses_field("header.Idempotency-Key");
    let missing = "Transacción no encontrada";
    refund(&world, &other, id, None, &json!({})).refused(404, missing);
    refund(&world, &mine, 9999, None, &json!({})).refused(404, missing);
    assert!(world.conekta.charges()[0].refund_amounts().is_empty());
}

#[test]
fn a_declined_sale_has_nothing_to_give_back() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.buy(&shop, "tok_declined").expect(402);
    let id = world.sales(&shop)["transacciones"][0]["id"]
        .as_i64()
        .unwrap();
    assert_eq!(refund(&world, &shop, id, None, &json!({})).status, 400);
}
