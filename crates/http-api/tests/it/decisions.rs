//! The platform owner: purchases that need a decision, passwords, and the audit log.

use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::{OPERATOR_PASSWORD, Shop};
use crate::harness::world::{NOW_TEXT, World, text};

fn purchases(world: &World, query: &str) -> Vec<Value> {
    let path = format!("/admin/compras{query}");
    let answer = world.get(&path).session(&world.owner()).send();
    answer.expect(200).as_array().unwrap().clone()
}

fn resolve(world: &World, id: i64, action: &str) -> Answer {
    world
        .post(&format!("/admin/compras/{id}/resolver"))
        .session(&world.owner())
        .json(&json!({"accion": action, "motivo": "El router se desmontó"}))
}

fn log(world: &World, token: &str, path: &str) -> Vec<Value> {
    let answer = world.get(path).session(token).send();
    answer.expect(200)["entradas"].as_array().unwrap().clone()
}

fn sale(world: &World, shop: &Shop) -> i64 {
    world.sales(shop)["transacciones"][0]["id"]
        .as_i64()
        .unwrap()
}

#[test]
fn purchases_are_listed_by_state_and_company_without_customers() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    world.buy(&mine, "tok_1").expect(200);
    world.buy(&other, "tok_declined").expect(402);
    assert_eq!(purchases(&world, ""), Vec::<Value>::new());
    let paid = purchases(&world, "?estado=paid");
    assert_eq!(paid.len(), 1);
    assert_eq!(paid[0]["empresa_id"], mine.tenant.as_str());
    assert_eq!(paid[0]["estado"], "paid");
    assert_eq!(paid[0]["monto"], 15.0);
    assert!(!paid[0].to_string().contains("ana@x.test"));
    assert_eq!(purchases(&world, "?estado=paid,declined").len(), 2);
    let query = format!("?estado=paid,declined&empresa_id={}", other.tenant);
    let of_other = purchases(&world, &query);
    assert_eq!(of_other.len(), 1);
    assert_eq!(of_other[0]["estado"], "declined");
    assert_eq!(purchases(&world, "?estado=paid&empresa_id=EMP_0").len(), 0);
    world
        .get("/admin/compras?estado=lost")
        .session(&world.owner())
        .send()
        .refuses_field("query.estado");
}

#[test]
fn the_owner_gives_money_back_and_the_log_says_why() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.buy(&shop, "tok_1").expect(200);
    let id = sale(&world, &shop);
    let answer = resolve(&world, id, "reembolsar");
    assert_eq!(answer.expect(200)["estado"], "refunding");
    world.run_purchase_workers();
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [1500]);
    assert_eq!(purchases(&world, "?estado=refunded").len(), 1);

    let entries = log(
        &world,
        &shop.operator,
        "/api/v1/admin/mi-empresa/auditoria?accion=purchase.resolve",
    );
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["accion"], "purchase.resolve.refund");
    assert_eq!(entries[0]["detalle"], "El router se desmontó");
    assert_eq!(entries[0]["sujeto_id"], id.to_string());
    assert_eq!(entries[0]["direccion"], "127.0.0.1");
}

#[test]
fn a_decision_must_fit() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.buy(&shop, "tok_1").expect(200);
    let id = sale(&world, &shop);
    resolve(&world, id, "cerrar").refused(
        400,
        "La acción no corresponde al estado de la compra. Consúltela de nuevo antes de decidir.",
    );
    resolve(&world, id, "conceder").refused(
        400,
        "La acción no corresponde al estado de la compra. Consúltela de nuevo antes de decidir.",
    );
    resolve(&world, 9999, "cerrar").refused(404, "Compra no encontrada");
    resolve(&world, id, "borrar").refuses_field("body.accion");
    world
        .post(&format!("/admin/compras/{id}/resolver"))
        .session(&world.owner())
        .json(&json!({"accion": "cerrar"}))
        .refuses_field("body.motivo");
    assert!(world.conekta.charges()[0].refund_amounts().is_empty());
}

#[test]
fn a_new_password_ends_the_sessions_of_the_old() {
    let world = World::new();
    let shop = world.shop("cafe");
    let path = format!("/admin/usuarios/{}/password", shop.operator_id);
    let set = |path: &str, body: &Value| world.put(path).session(&world.owner()).json(body);
    set(&path, &json!({"new_password": "corta"})).refuses_field("body.new_password");
    set(&path, &json!({})).refuses_field("body.new_password");
    set(
        "/admin/usuarios/9999/password",
        &json!({"new_password": "ClaveNueva789!"}),
    )
    .refused(404, "Usuario no encontrado");
    world.login(&shop.operator_email, OPERATOR_PASSWORD);

    set(&path, &json!({"new_password": "ClaveNueva789!"})).expect(200);
    let own = "/api/v1/admin/mi-empresa";
    let answer = world.get(own).session(&shop.operator).send();
    answer.refused(401, "Token inválido");
    world
        .post("/api/v1/auth/login")
        .json(&json!({"email": shop.operator_email, "password": OPERATOR_PASSWORD}))
        .refused(401, "Credenciales incorrectas");
    let fresh = world.login(&shop.operator_email, "ClaveNueva789!");
    world.get(own).session(&fresh).send().expect(200);
}

#[test]
fn everybody_reads_their_own_log_only() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    let own = "/api/v1/admin/mi-empresa/auditoria";
    let entries = log(&world, &mine.operator, own);
    assert!(!entries.is_empty());
    for entry in &entries {
        assert_eq!(entry["empresa_id"], mine.tenant.as_str(), "{entry}");
        assert_eq!(entry["fecha"], NOW_TEXT);
    }
    let owner = world.owner();
    let all = log(&world, &owner, "/admin/auditoria?limit=500");
    for shop in [&mine, &other] {
        let query = format!("/admin/auditoria?limit=500&empresa_id={}", shop.tenant);
        let of_shop = log(&world, &owner, &query);
        assert!(!of_shop.is_empty() && of_shop.len() < all.len());
    }
    let page = world
        .get("/admin/auditoria?limit=2&offset=1")
        .session(&owner)
        .send();
    let page = page.expect(200);
    assert_eq!(page["entradas"].as_array().unwrap().len(), 2);
    assert_eq!(page["entradas"][0], all[1]);
    assert_eq!(page["total"], all.len());
    assert_eq!(text(&all[0], "fecha"), NOW_TEXT);
    assert_eq!(
        log(&world, &owner, "/admin/auditoria?hasta=2026-03-03").len(),
        0
    );
    assert_eq!(
        log(
            &world,
            &owner,
            "/admin/auditoria?limit=500&desde=2026-03-04"
        )
        .len(),
        all.len()
    );
    for query in ["?limit=0", "?limit=501", "?offset=-1", "?desde=ayer"] {
        let answer = world.get(&format!("{own}{query}"));
        assert_eq!(answer.session(&mine.operator).send().status, 422, "{query}");
    }
}
