//! Operators' and portals' endpoints (docs/reference/http-contract.md, section 6): bodies and refusals.

use ports::hotspot::HotspotError;
use ports::notify::ChannelAddress;
use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::{NOW_TEXT, World, text};

const COMPANY: &str = "/api/v1/admin/mi-empresa";
const PRODUCTS: &str = "/api/v1/admin/products";

struct Operator<'a> {
    world: &'a World,
    shop: &'a Shop,
}

impl Operator<'_> {
    fn get(&self, path: &str) -> Answer {
        self.world.get(path).session(&self.shop.operator).send()
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.world.put(path).session(&self.shop.operator).json(body)
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.world
            .post(path)
            .session(&self.shop.operator)
            .json(body)
    }
}

#[test]
fn the_company_is_shown_and_changed_field_by_field() {
    let world = World::new();
    let shop = &world.shop("cafe");
    let operator = Operator {
        world: &world,
        shop,
    };
    let company = operator.get(COMPANY);
    assert_eq!(
        *company.expect(200),
        json!({
            "id": shop.tenant, "nombre": "cafe", "contacto_email": "contacto@cafe.test",
            "contacto_telefono": null, "logo_url": null, "conekta_mode": "test",
            "conekta_public_key": "key_pub_abc", "mercado_pago_mode": "test",
            "mercado_pago_public_key": "TEST-pub", "activa": true, "creada_en": NOW_TEXT,
            "telegram_bot_token": null, "telegram_chat_id": null,
            "notificaciones_telegram": false
        })
    );
    let token = "123456:ABC-DEF1234ghIkl";
    let changed = operator.put(
        COMPANY,
        &json!({
            "nombre": "Café Central", "contacto_telefono": "5512345678",
            "telegram_bot_token": token, "telegram_chat_id": "-100",
            "notificaciones_telegram": true,
        }),
    );
    let told = json!({
        "nombre": "Café Central", "contacto_email": "contacto@cafe.test",
        "contacto_telefono": "5512345678", "telegram_bot_token": "********hIkl",
        "telegram_chat_id": "-100", "notificaciones_telegram": true
    });
    assert_eq!(changed.expect(200)["empresa"], told);
    // The mask comes back unchanged; nulls clear; what is not sent stays.
    let again = operator.put(
        COMPANY,
        &json!({"telegram_bot_token": "********hIkl", "contacto_telefono": null}),
    );
    assert_eq!(
        again.expect(200)["empresa"]["telegram_bot_token"],
        "********hIkl"
    );
    assert_eq!(again.body["empresa"]["contacto_telefono"], Value::Null);
    assert_eq!(again.body["empresa"]["nombre"], "Café Central");
    operator
        .post("/api/v1/admin/test-telegram", &json!({}))
        .expect(200);
    let ChannelAddress::Telegram { bot_token, .. } = &world.telegram.sent()[0].0;
    assert_eq!(bot_token.expose(), token);
}

#[test]
fn gateway_settings_keep_what_is_not_sent() {
    let world = World::new();
    let shop = &world.shop("cafe");
    let operator = Operator {
        world: &world,
        shop,
    };
    let shown = || {
        let answer = operator.get(&format!("{COMPANY}/conekta"));
        answer.expect(200)["configuracion_actual"].clone()
    };
    let before = shown();
    for body in [
        json!({}),
        json!({"private_key": "", "public_key": null}),
        json!({"conekta_private_key": "", "conekta_public_key": ""}),
    ] {
        let path = format!("{COMPANY}/configurar-conekta");
        operator.post(&path, &body).expect(200);
        assert_eq!(shown(), before);
    }
    let legacy = operator.put(
        &format!("{COMPANY}/conekta-config"),
        &json!({"conekta_public_key": "key_pub_new", "conekta_mode": "live"}),
    );
    assert_eq!(
        *legacy.expect(200),
        json!({"message": "Configuración de Conekta actualizada"})
    );
    assert_eq!(shown()["conekta_public_key"], "key_pub_new");
    assert_eq!(shown()["conekta_mode"], "live");
    assert_eq!(shown()["conekta_private_key"], "********");
    // A key that tells another mode than the configured one is taken, with a warning.
    let contradicting = operator.post(
        &format!("{COMPANY}/configurar-conekta"),
        &json!({"private_key": "key_live_abcdefghijkl", "mode": "test"}),
    );
    assert!(text(contradicting.expect(200), "advertencia").contains("live"));

    let saved = operator.post(
        &format!("{COMPANY}/configurar-credenciales"),
        &json!({"webhook_secret": "whsec"}),
    );
    assert_eq!(
        *saved.expect(200),
        json!({"message": "Credenciales de Mercado Pago actualizadas correctamente"})
    );
    let path = "/api/v1/payments/configurar-credenciales";
    let nothing = operator.post(path, &json!({"access_token": null}));
    assert_eq!(
        nothing.expect(200)["configurado"],
        json!({
            "access_token": true, "webhook_secret": true, "public_key": true, "mode": "test",
            "telegram_configurado": false, "telegram_activo": false
        })
    );
    assert!(nothing.body.get("campos_modificados").is_none());
    let some = operator.post(
        path,
        &json!({"access_token": " TEST-new ", "webhook_secret": "", "public_key": "TEST-p"}),
    );
    assert_eq!(
        some.expect(200)["campos_modificados"],
        json!([
            "access_token (actualizado)",
            "webhook_secret (eliminado)",
            "public_key"
        ])
    );
    assert_eq!(
        some.body["configuracion_actual"]["webhook_secret"],
        json!(false)
    );
    world.buy_with_mercado_pago(shop, "tok_1").expect(200);
    assert_eq!(world.mercado_pago.charges()[0].attempt.account, "TEST-new");
}

#[test]
fn products_are_kept_per_router_and_profile() {
    let world = World::new();
    let shop = &world.shop("cafe");
    let other = world.shop("hotel");
    let operator = Operator {
        world: &world,
        shop,
    };
    let body = json!({
        "router_id": shop.router, "perfil_mikrotik_id": "*2",
        "perfil_mikrotik_nombre": "1hora", "nombre_venta": "x", "precio": 5,
    });
    operator
        .post(PRODUCTS, &body)
        .refused(409, "Ya existe un producto para este perfil en este router");
    let own = format!("{PRODUCTS}/{}", shop.product);
    let gone = world.delete(&own).session(&shop.operator).send();
    let deactivated =
        json!({"message": "Producto desactivado", "producto_id": shop.product, "activo": false});
    assert_eq!(*gone.expect(200), deactivated);
    let again = world.delete(&own).session(&shop.operator).send();
    assert_eq!(*again.expect(200), deactivated);
    // Inactive ones count too.
    assert_eq!(operator.post(PRODUCTS, &body).status, 409);
    for router in [other.router.as_str(), "RTR_01234567", "nada"] {
        let mut body = body.clone();
        body["router_id"] = json!(router);
        operator
            .post(PRODUCTS, &body)
            .refused(404, "Router no encontrado o no pertenece a esta empresa");
        operator
            .get(&format!("{PRODUCTS}?router_id={router}"))
            .refused(404, "Router no encontrado");
    }
    let no_product = "Producto no encontrado";
    let theirs = format!("{PRODUCTS}/{}", other.product);
    operator.get(&theirs).refused(404, no_product);
    operator.put(&theirs, &json!({})).refused(404, no_product);
    world
        .delete(&theirs)
        .session(&shop.operator)
        .send()
        .refused(404, no_product);

    let changed = operator.put(
        &own,
        &json!({
            "nombre_venta": "Una hora", "precio": 19.99, "moneda": "USD", "activo": true,
            "orden_visual": -3, "destacado": true, "descripcion": "a\nb", "imagen_url": "/x.png",
            "detalles": [{"texto": "Rápido"}, "simple"], "router_id": other.router,
            "perfil_mikrotik_id": "*9",
        }),
    );
    assert_eq!(
        *changed.expect(200),
        json!({
            "id": shop.product, "router_id": shop.router, "perfil_mikrotik_id": "*2",
            "perfil_mikrotik_nombre": "1hora", "nombre_venta": "Una hora",
            "descripcion": "a\nb", "imagen_url": "/x.png", "precio": 19.99, "moneda": "USD",
            "detalles": ["Rápido", "simple"], "activo": true, "orden_visual": -3,
            "destacado": true, "creado_en": NOW_TEXT
        })
    );
    assert_eq!(operator.get(&own).expect(200), changed.expect(200));
    let cleared = operator.put(&own, &json!({"descripcion": null, "imagen_url": null}));
    assert_eq!(cleared.expect(200)["descripcion"], Value::Null);
    assert_eq!(cleared.body["nombre_venta"], "Una hora");
}

#[test]
fn catalogues_come_in_their_order() {
    let world = World::new();
    let shop = &world.shop("cafe");
    let operator = Operator {
        world: &world,
        shop,
    };
    let product = |profile: &str, more: Value| {
        let mut body = more;
        body["perfil_mikrotik_id"] = json!(profile);
        world.product_of(&shop.operator, &shop.router, &body)
    };
    let last = product("*11", json!({"orden_visual": 5}));
    let featured = product("*12", json!({"destacado": true}));
    let hidden = product("*13", json!({"activo": false, "orden_visual": -1}));
    let numbers = |answer: &Answer| -> Vec<i64> {
        let items = answer.expect(200).as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_i64().unwrap())
            .collect()
    };
    let offered = world
        .get("/api/v1/catalogo_perfiles_venta")
        .key(&shop.key)
        .send();
    assert_eq!(numbers(&offered), [featured, shop.product, last]);
    // A portal that has the catalogue is told so, until it changes.
    let tag = offered.header("etag").unwrap();
    let known = || {
        world
            .get("/api/v1/catalogo_perfiles_venta")
            .key(&shop.key)
            .header("If-None-Match", tag)
            .send()
    };
    assert_eq!((known().status, known().bytes.len()), (304, 0));
    let path = format!("{PRODUCTS}/{last}");
    let renamed = world.put(&path).session(&shop.operator);
    renamed.json(&json!({"nombre_venta": "Otro"})).expect(200);
    assert_eq!(numbers(&known()).len(), 3);
    let all = numbers(&operator.get(PRODUCTS));
    assert_eq!(all.len(), 4);
    assert_eq!((all[0], all[3]), (hidden, last));
    let of_router = operator.get(&format!("{PRODUCTS}?router_id={}", shop.router));
    assert_eq!(numbers(&of_router).len(), 4);

    let one = |number: i64| {
        let path = format!("/api/v1/catalogo_perfiles_venta/{number}");
        world.get(&path).key(&shop.key).send()
    };
    assert_eq!(one(last).expect(200)["id"], last);
    for number in [hidden, 987_654, 0, -1] {
        one(number).refused(404, "Producto no encontrado o no disponible");
    }
    let config = world.get("/api/v1/config/public").key(&shop.key).send();
    let config = config.expect(200);
    assert_eq!(
        config["router"],
        json!({"id": shop.router, "nombre": "Router cafe", "ubicacion": null})
    );
    assert_eq!(config["empresa"]["mercadopago_public_key"], "TEST-pub");
    assert_eq!(config["empresa"]["conekta_public_key"], "key_pub_abc");
}

#[test]
fn routers_are_listed_updated_and_read() {
    let world = World::new();
    let shop = &world.shop("cafe");
    let other = world.shop("hotel");
    let operator = Operator {
        world: &world,
        shop,
    };
    assert_eq!(
        *operator.get(&format!("{COMPANY}/routers")).expect(200),
        json!({
            "empresa_id": shop.tenant, "total": 1,
            "routers": [{
                "id": shop.router, "nombre": "Router cafe", "host": "10.9.0.2",
                "ubicacion": null, "activo": true, "estado": null, "estado_desde": null,
                "creado_en": NOW_TEXT
            }]
        })
    );
    let path = format!("{COMPANY}/routers/{}", shop.router);
    let moved = operator.put(&path, &json!({"puerto": 9000, "password": "nueva"}));
    assert_eq!(moved.expect(200)["router"]["puerto"], 9000);
    assert!(moved.body.get("advertencia").is_none(), "{}", moved.body);
    // Without a port it is 8728 again, and the answer says so.
    let reset = operator.put(&path, &json!({"nombre": "Patio"}));
    assert_eq!(reset.expect(200)["router"]["puerto"], 8728);
    assert!(reset.body["advertencia"].is_string(), "{}", reset.body);
    let theirs = format!("{COMPANY}/routers/{}", other.router);
    operator
        .put(&theirs, &json!({}))
        .refused(404, "Router no encontrado o no pertenece a tu empresa");

    let profiles = format!("/api/v1/admin/routers/{}/mikrotik-profiles", shop.router);
    operator.get(&profiles).expect(200);
    assert_eq!(
        world.router.last_access().unwrap().password.expose(),
        "nueva"
    );
    for (trouble, status) in [
        (HotspotError::TimedOut, 400),
        (HotspotError::Unreachable, 400),
        (HotspotError::LoginRefused, 400),
        (HotspotError::Refused("x".to_owned()), 500),
        (HotspotError::NotPermitted, 500),
    ] {
        world.router.fail_all(trouble);
        let answer = operator.get(&profiles);
        let detail = text(answer.expect(status), "detail");
        assert!(
            detail.starts_with("No se pudo conectar al router: "),
            "{detail}"
        );
    }
    world.router.recover();
    let unknown = operator.get("/api/v1/admin/routers/RTR_01234567/test-connection");
    assert_eq!(
        *unknown.expect(200),
        json!({
            "success": false, "message": "Router no encontrado",
            "error": "El router no existe o no pertenece a tu empresa"
        })
    );
    let toggle = format!(
        "/admin/empresas/{}/routers/{}/toggle-activo",
        shop.tenant, shop.router
    );
    world
        .put(&toggle)
        .session(&world.owner())
        .send()
        .expect(200);
    operator.get(&profiles).refused(
        400,
        "El router está desactivado. Pida al administrador de la plataforma que lo active.",
    );
    // A router that is switched off may be tested all the same.
    let path = format!("/api/v1/admin/routers/{}/test-connection", shop.router);
    assert_eq!(operator.get(&path).expect(200)["success"], true);
}

#[test]
fn a_stored_password_goes_nowhere_else_unless_it_is_sent_again() {
    let world = World::new();
    let shop = &world.shop("cafe");
    let operator = Operator {
        world: &world,
        shop,
    };
    let path = format!("{COMPANY}/routers/{}", shop.router);
    let safe = json!({"tls_modo": "publico", "puerto": 8729, "password": "clave"});
    operator.put(&path, &safe).expect(200);
    for change in [
        json!({"host": "10.9.0.9", "puerto": 8729}),
        json!({"puerto": 18_999}),
        json!({"puerto": 8729, "tls_modo": "inseguro"}),
        json!({"puerto": 8729, "tls_modo": "ninguno"}),
        json!({"puerto": 8729, "tls_modo": "primera_vez"}),
    ] {
        operator.put(&path, &change).refuses_field("body.password");
        let mut change = change;
        change["password"] = json!("clave");
        operator.put(&path, &change).expect(200);
        operator.put(&path, &safe).expect(200);
        operator
            .put(
                &path,
                &json!({"host": "10.9.0.2", "puerto": 8729, "password": "clave"}),
            )
            .expect(200);
    }
    // What stays as it is needs nothing.
    let unchanged =
        json!({"host": "10.9.0.2", "puerto": 8729, "tls_modo": "publico", "nombre": "Bar"});
    operator.put(&path, &unchanged).expect(200);
}

#[test]
fn a_payments_state_is_told_to_its_own_company_only() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    world.buy_with_mercado_pago(&shop, "tok_1").expect(200);
    let path = "/api/v1/payments/estado-pago/1320000001";
    let ask = |key: &str, path: &str| world.get(path).key(key).send();
    ask(&shop.key, path).expect(200);
    ask(&other.key, path).refused(404, "Pago no encontrado");
    ask(&shop.key, "/api/v1/payments/estado-pago/1").refused(404, "Pago no encontrado");
    for number in ["x", "0", "-1", "1.5"] {
        let path = format!("/api/v1/payments/estado-pago/{number}");
        ask(&shop.key, &path).refuses_field("path.payment_id");
    }
    world.mercado_pago.fail("read");
    ask(&shop.key, path).refused(
        500,
        "Mercado Pago no respondió. Intente de nuevo en un momento.",
    );
}
