//! Two operators with the same names for everything never see a byte of each other.

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::World;

/// All that an operator and a portal can read.
fn everything(world: &World, shop: &Shop) -> Vec<Answer> {
    let of_operator = [
        "/api/v1/admin/mi-empresa",
        "/api/v1/admin/mi-empresa/conekta",
        "/api/v1/admin/mi-empresa/mercado-pago",
        "/api/v1/admin/mi-empresa/dashboard",
        "/api/v1/admin/mi-empresa/routers",
        "/api/v1/admin/mi-empresa/transacciones",
        "/api/v1/admin/mi-empresa/transacciones?q=ana",
        "/api/v1/admin/mi-empresa/transacciones?formato=csv",
        // Taking the table away is noted itself.
        "/api/v1/admin/mi-empresa/auditoria?limit=500&accion=product",
        "/api/v1/admin/products",
        "/api/v1/admin/products?q=hora",
    ];
    let of_portal = ["/api/v1/config/public", "/api/v1/catalogo_perfiles_venta"];
    let mut answers = Vec::new();
    for path in of_operator {
        answers.push(world.get(path).session(&shop.operator).send());
    }
    for path in of_portal {
        answers.push(world.get(path).key(&shop.key).send());
    }
    answers
}

#[test]
fn the_same_names_mix_up_nothing() {
    let world = World::new();
    let first = world.shop_of("cafe", "uno@x.test".to_owned());
    let second = world.shop_of("cafe", "dos@x.test".to_owned());
    let before: Vec<_> = everything(&world, &second)
        .into_iter()
        .map(|answer| answer.bytes)
        .collect();

    let bought = world.buy(&first, "tok_1");
    let sold = bought.expect(200);
    let user = sold["usuario_hotspot"]["usuario"].as_str().unwrap();
    world.buy_with_mercado_pago(&first, "tok_2").expect(200);
    world
        .put("/api/v1/admin/mi-empresa")
        .session(&first.operator)
        .json(&serde_json::json!({"contacto_telefono": "5599998888"}))
        .expect(200);

    let after = everything(&world, &second);
    for (answer, before) in after.iter().zip(&before) {
        assert_eq!(&answer.bytes, before, "{}", answer.request);
        for strange in [&first.tenant, &first.router, &first.key_id, user] {
            assert!(!answer.text().contains(strange), "{}", answer.request);
        }
    }
    let mine = world.sales(&first);
    assert_eq!(mine["total"], 2);
    // The same card and the same key of a request are another purchase elsewhere.
    world.buy(&second, "tok_1").expect(200);
    assert_eq!(world.sales(&second)["total"], 1);
    assert_eq!(world.sales(&first), mine);
}
