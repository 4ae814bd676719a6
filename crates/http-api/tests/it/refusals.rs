//! Bodies that cannot be used: always `422` with the field and a reason, never a failure of ours,
//! and nothing stored.

mod kinds;
mod takers;

use serde_json::{Value, json};

use crate::harness::shop::Shop;
use crate::harness::world::World;
use crate::refusals::kinds::Kind;
use crate::refusals::takers::{ask, takers};

/// What the bodies above could have stored.
fn stored(world: &World, shop: &Shop) -> Vec<Value> {
    let owner = world.owner();
    let mut seen: Vec<Value> = [
        "/admin/empresas".to_owned(),
        "/admin/usuarios".to_owned(),
        format!("/admin/empresas/{}/routers", shop.tenant),
    ]
    .iter()
    .map(|path| world.get(path).session(&owner).send().expect(200).clone())
    .collect();
    for path in [
        "/api/v1/admin/mi-empresa",
        "/api/v1/admin/mi-empresa/conekta",
        "/api/v1/admin/mi-empresa/mercado-pago",
        "/api/v1/admin/products",
        "/api/v1/admin/mi-empresa/transacciones",
    ] {
        let answer = world.get(path).session(&shop.operator).send();
        seen.push(answer.expect(200).clone());
    }
    seen
}

fn assert_nothing_happened(world: &World, shop: &Shop, before: &[Value]) {
    assert_eq!(before, stored(world, shop));
    assert!(world.conekta.charges().is_empty() && world.mercado_pago.charges().is_empty());
    assert!(world.router.last_access().is_none());
}

#[test]
fn what_is_not_a_json_object_is_refused() {
    let world = World::new();
    let shop = world.shop("cafe");
    let before = stored(&world, &shop);
    for taker in takers(&shop) {
        for (body, kind) in [
            ("", "json_invalid"),
            ("{", "json_invalid"),
            ("{\"nombre\":}", "json_invalid"),
            ("{} x", "json_invalid"),
            ("\u{0}", "json_invalid"),
            ("[]", "dict_type"),
            ("\"x\"", "dict_type"),
            ("null", "dict_type"),
            ("7", "dict_type"),
        ] {
            let answer = ask(&world, &shop, &taker).bytes("application/json", body);
            assert_eq!(
                answer.problems(),
                [("body".to_owned(), kind.to_owned())],
                "{body}"
            );
        }
        let bytes = ask(&world, &shop, &taker).bytes("application/json", b"\xff\xfe{}".to_vec());
        bytes.refuses_field("body");
        let deep = "[".repeat(100_000);
        let answer = ask(&world, &shop, &taker).bytes("application/json", deep);
        answer.refuses_field("body");
    }
    assert_nothing_happened(&world, &shop, &before);
}

#[test]
fn every_missing_field_is_told_at_once() {
    let world = World::new();
    let shop = world.shop("cafe");
    let before = stored(&world, &shop);
    for taker in takers(&shop) {
        if taker.required.is_empty() {
            continue;
        }
        let mut nulls = taker.body.clone();
        for name in &taker.required {
            nulls[*name] = Value::Null;
        }
        for body in [json!({}), nulls] {
            let answer = ask(&world, &shop, &taker).json(&body);
            let mut expected: Vec<(String, String)> = taker
                .required
                .iter()
                .map(|name| (format!("body.{name}"), "missing".to_owned()))
                .collect();
            let mut told = answer.problems();
            expected.sort();
            told.sort();
            assert_eq!(told, expected, "{}", taker.path);
        }
    }
    assert_nothing_happened(&world, &shop, &before);
}

#[test]
fn texts_of_a_wrong_type_or_length_are_refused() {
    let world = World::new();
    let shop = world.shop("cafe");
    let before = stored(&world, &shop);
    for taker in takers(&shop) {
        for (name, longest) in &taker.texts {
            let wrong = [
                json!("x".repeat(longest + 1)),
                json!("ñ".repeat(longest + 1)),
                json!({}),
                json!([]),
                json!(true),
                json!("a\u{0}b"),
            ];
            for value in wrong {
                let mut body = taker.body.clone();
                body[*name] = value;
                let answer = ask(&world, &shop, &taker).json(&body);
                answer.refuses_field(&format!("body.{name}"));
            }
        }
    }
    assert_nothing_happened(&world, &shop, &before);
}

#[test]
fn every_field_with_a_meaning_of_its_own_is_checked() {
    let world = World::new();
    let shop = world.shop("cafe");
    let before = stored(&world, &shop);
    let with_path = |path: &str| {
        let mut all = takers(&shop).into_iter();
        all.find(|taker| taker.path.ends_with(path)).unwrap()
    };
    let checks = [
        ("/auth/login", "email", Kind::Email),
        ("/auth/change-password", "new_password", Kind::Password),
        ("/admin/empresas", "contacto_email", Kind::Email),
        ("/admin/empresas", "conekta_mode", Kind::GatewayMode),
        ("/routers", "puerto", Kind::Port),
        ("/routers", "host", Kind::Host),
        ("/routers", "tls_modo", Kind::TlsMode),
        ("/admin/usuarios", "email", Kind::Email),
        ("/admin/usuarios", "password", Kind::Password),
        ("/mi-empresa", "notificaciones_telegram", Kind::Switch),
        ("/configurar-conekta", "mode", Kind::GatewayMode),
        (
            "/configurar-conekta",
            "webhook_public_key",
            Kind::PublicKeys,
        ),
        ("/configurar-credenciales", "mode", Kind::GatewayMode),
        (
            "/configurar-credenciales",
            "notificaciones_telegram",
            Kind::Switch,
        ),
        (shop.router.as_str(), "puerto", Kind::Port),
        (shop.router.as_str(), "host", Kind::Host),
        ("/admin/products", "precio", Kind::Price),
        ("/admin/products", "moneda", Kind::Currency),
        ("/admin/products", "activo", Kind::Switch),
        ("/admin/products", "destacado", Kind::Switch),
        ("/admin/products", "orden_visual", Kind::DisplayOrder),
        ("/admin/products", "detalles", Kind::Details),
        ("/pagar-conekta", "producto_id", Kind::ProductId),
        ("/pagar-conekta", "email_cliente", Kind::Email),
        ("/pagar-conekta", "tipo_usuario", Kind::Credential),
        ("/pagar-conekta", "conexion_automatica", Kind::Switch),
        ("/pagar-mercado-pago", "monto", Kind::Amount),
        ("/pagar-mercado-pago", "cuotas", Kind::Installments),
    ];
    for (path, field, kind) in checks {
        let taker = with_path(path);
        for value in kind.bad_values() {
            let mut body = taker.body.clone();
            body[field] = value.clone();
            let answer = ask(&world, &shop, &taker).json(&body);
            assert_eq!(
                answer.status,
                422,
                "{path} {field}={value}: {}",
                answer.text()
            );
            answer.refuses_field(&format!("body.{field}"));
        }
    }
    assert_nothing_happened(&world, &shop, &before);
}

#[test]
fn updates_refuse_null_for_what_must_be_there() {
    let world = World::new();
    let shop = world.shop("cafe");
    let before = stored(&world, &shop);
    let router = format!("/api/v1/admin/mi-empresa/routers/{}", shop.router);
    let product = format!("/api/v1/admin/products/{}", shop.product);
    for (path, fields) in [
        ("/api/v1/admin/mi-empresa", vec!["nombre"]),
        (&router, vec!["nombre", "host", "usuario"]),
        (
            &product,
            vec![
                "nombre_venta",
                "precio",
                "moneda",
                "detalles",
                "activo",
                "orden_visual",
                "destacado",
            ],
        ),
    ] {
        for field in fields {
            let answer = world
                .put(path)
                .session(&shop.operator)
                .json(&json!({field: null}));
            answer.refuses_field(&format!("body.{field}"));
        }
    }
    let bad_currency = world
        .put(&product)
        .session(&shop.operator)
        .json(&json!({"moneda": "GBP", "precio": -1}));
    let told: Vec<String> = bad_currency
        .problems()
        .into_iter()
        .map(|(at, _)| at)
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_nothing_happened(&world, &shop, &before);
}

#[test]
fn bodies_that_are_too_large_are_refused() {
    let world = World::new();
    let shop = world.shop("cafe");
    let before = stored(&world, &shop);
    for taker in takers(&shop) {
        let body = format!("{{\"x\":\"{}\"}}", "x".repeat(1024 * 1024));
        let answer = ask(&world, &shop, &taker).bytes("application/json", body);
        answer.refused(413, "La solicitud es demasiado grande");
    }
    assert_nothing_happened(&world, &shop, &before);
}

#[test]
fn what_no_route_answers_is_not_found_in_the_usual_shape() {
    let world = World::new();
    let shop = world.shop("cafe");
    for path in [
        "/nada",
        "/api/v1",
        "/api/v1/catalogo_perfiles_venta/1/2",
        "/api/v2/auth/login",
        "/admin",
        "//",
    ] {
        let answer = world.get(path).session(&shop.operator).send();
        assert_eq!(
            *answer.expect(404),
            json!({"detail": "No encontrado", "codigo": "no_encontrado"}),
            "{path}"
        );
    }
    // The original's dump of the catalogue is not offered.
    world
        .get("/api/v1/catalogo_perfiles_venta/debug")
        .key(&shop.key)
        .send()
        .refused(404, "Producto no encontrado o no disponible");
}
