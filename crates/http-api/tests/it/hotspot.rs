//! Portals reconnect devices, look users up, and check their router.

use ports::hotspot::HotspotError;
use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::{NOW_TEXT, World, text};

const MAC: &str = "AA:BB:CC:00:11:22";

fn reconnect(world: &World, key: &str, body: &Value) -> Value {
    let answer = world
        .post("/api/v1/hotspot/auto-reconnect")
        .key(key)
        .json(body);
    answer.expect(200).clone()
}

fn profile_info(world: &World, key: &str, body: &Value) -> Value {
    let answer = world
        .post("/api/v1/hotspot/user/profile-info")
        .key(key)
        .json(body);
    answer.expect(200).clone()
}

fn validate(world: &World, key: &str) -> Answer {
    world
        .post("/api/v1/routers/validar-empresa-router")
        .key(key)
        .send()
}

/// Buys access; answers user name and password.
fn credentials(world: &World, shop: &Shop, more: &Value) -> (String, String) {
    let mut body = shop.conekta_body("tok_1");
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let answer = world
        .post("/api/v1/payments/pagar-conekta")
        .key(&shop.key)
        .json(&body);
    let sold = &answer.expect(200)["usuario_hotspot"];
    (text(sold, "usuario"), text(sold, "contrasena"))
}

fn toggle(world: &World, path: &str) {
    let owner = world.owner();
    world.put(path).session(&owner).send().expect(200);
}

#[test]
fn a_customer_who_comes_back_is_online_at_once() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (user, password) = credentials(&world, &shop, &json!({}));
    let body = json!({
        "username": user, "password": password, "stored_mac": "x", "current_mac": MAC,
        "current_ip": "10.5.50.9", "current_ssid": "Café",
    });
    let answer = reconnect(&world, &shop.key, &body);
    assert_eq!(answer["success"], true);
    assert_eq!(answer["estado"], "activo");
    assert_eq!(answer["auto_conexion"], "conectado");
    assert_eq!(
        answer["datos_sesion"],
        json!({"user": user, "address": "10.5.50.9", "uptime": "0s", "bytes-in": "0", "bytes-out": "0"})
    );
    assert_eq!(answer["nueva_mac"], MAC);
    assert_eq!(answer["timestamp"], NOW_TEXT);

    // The portal may write the name of a clone, and everything URL-encoded.
    let encoded = json!({
        "username": format!("{}_RANDMAC2", user.replace('-', "%2D")), "password": password,
        "current_mac": "aa%3Abb%3Acc%3A00%3A11%3A22",
    });
    let answer = reconnect(&world, &shop.key, &encoded);
    assert_eq!(answer["estado"], "activo");
    assert_eq!(answer["nueva_mac"], MAC);
}

#[test]
fn a_pin_needs_no_password() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (pin, password) = credentials(&world, &shop, &json!({"tipo_usuario": "pin"}));
    assert_eq!(password, "");
    let answer = reconnect(
        &world,
        &shop.key,
        &json!({"username": pin, "current_mac": MAC}),
    );
    assert_eq!(answer["estado"], "activo");
    let info = profile_info(&world, &shop.key, &json!({"username": pin}));
    assert_eq!(info["estado"], "ok");
    assert_eq!(info["tipo_usuario"], "pin");
}

#[test]
fn a_wrong_password_is_told_like_an_unknown_user() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (user, password) = credentials(&world, &shop, &json!({}));
    let wrong = json!({"username": user, "password": "wrong", "current_mac": MAC});
    let unknown = json!({"username": "PT-NOONE", "password": password, "current_mac": MAC});
    let of_a_mac = json!({"username": "AA%3ABB%3ACC%3A00%3A11%3A22", "current_mac": MAC});
    let answer = reconnect(&world, &shop.key, &wrong);
    assert_eq!(answer["estado"], "expirado");
    assert_eq!(answer["datos_sesion"], Value::Null);
    assert_eq!(answer, reconnect(&world, &shop.key, &unknown));
    assert_eq!(answer, reconnect(&world, &shop.key, &of_a_mac));

    let info = profile_info(
        &world,
        &shop.key,
        &json!({"username": user, "password": "wrong"}),
    );
    assert_eq!(info["estado"], "credenciales_invalidas");
    assert_eq!(info["datos_completos"], Value::Null);
}

#[test]
fn another_shops_credentials_open_nothing_here() {
    let world = World::new();
    let (mine, other) = (world.shop("mine"), world.shop("other"));
    let (user, password) = credentials(&world, &other, &json!({}));
    let body = json!({"username": user, "password": password, "current_mac": MAC});
    assert_eq!(reconnect(&world, &mine.key, &body)["estado"], "expirado");
    assert_eq!(
        profile_info(&world, &mine.key, &body)["estado"],
        "credenciales_invalidas"
    );
}

#[test]
fn a_known_user_is_described_without_a_password() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (user, password) = credentials(&world, &shop, &json!({}));
    let body = json!({"username": user, "password": password});
    let info = profile_info(&world, &shop.key, &body);
    assert_eq!(info["success"], true);
    assert_eq!(info["username"], user.as_str());
    assert_eq!(info["tipo_usuario"], "usuario_contrasena");
    assert_eq!(info["profile"], "1hora");
    assert_eq!(info["datos_completos"]["name"], user.as_str());
    assert!(!info.to_string().contains(&password), "{info}");
}

#[test]
fn a_router_in_trouble_costs_nobody_their_credentials() {
    let world = World::new();
    let shop = world.shop("cafe");
    let (user, password) = credentials(&world, &shop, &json!({}));
    world.router.fail_all(HotspotError::TimedOut);
    let body = json!({"username": user, "password": password, "current_mac": MAC});
    let answer = reconnect(&world, &shop.key, &body);
    assert_eq!(answer["estado"], "error");
    assert_eq!(answer["error_detalle"], "router_timeout");
    assert_eq!(profile_info(&world, &shop.key, &body)["estado"], "error");
    let answer = validate(&world, &shop.key);
    let check = answer.expect(200);
    assert_eq!(check["success"], false);
    assert_eq!(check["conexion_ok"], false);
    assert_eq!(check["estado"], "router_inactivo");
    assert_eq!(check["error_detalle"], "router_timeout");
}

#[test]
fn a_switched_off_router_or_company_has_its_own_answer() {
    let world = World::new();
    let shop = world.shop("cafe");
    let body = json!({"username": "PT-1", "password": "x", "current_mac": MAC});
    let states = |world: &World| {
        let check = validate(world, &shop.key);
        [
            text(&reconnect(world, &shop.key, &body), "estado"),
            text(&profile_info(world, &shop.key, &body), "estado"),
            text(check.expect(200), "estado"),
        ]
    };
    assert_eq!(
        states(&world),
        ["expirado", "credenciales_invalidas", "activo"]
    );
    let tenant = format!("/admin/empresas/{}", shop.tenant);
    toggle(
        &world,
        &format!("{tenant}/routers/{}/toggle-activo", shop.router),
    );
    assert_eq!(states(&world), ["router_inactivo"; 3]);
    toggle(&world, &format!("{tenant}/toggle-activo"));
    assert_eq!(states(&world), ["empresa_inactiva"; 3]);
}

#[test]
fn a_crowd_that_opens_the_portal_is_one_login_on_the_router() {
    let world = World::new();
    let shop = world.shop("cafe");
    assert_eq!(validate(&world, &shop.key).expect(200)["estado"], "activo");
    world.router.fail_all(HotspotError::TimedOut);
    for _ in 0..20 {
        assert_eq!(validate(&world, &shop.key).expect(200)["estado"], "activo");
    }
    world.clock.advance(std::time::Duration::from_secs(6));
    let check = validate(&world, &shop.key);
    assert_eq!(check.expect(200)["estado"], "router_inactivo");
}

#[test]
fn bad_fields_are_named() {
    let world = World::new();
    let shop = world.shop("cafe");
    let answer = world
        .post("/api/v1/hotspot/auto-reconnect")
        .key(&shop.key)
        .json(&json!({"username": "a%00b", "current_mac": "zz", "current_ip": "300.1.1.1"}));
    let fields: Vec<String> = answer.problems().into_iter().map(|(at, _)| at).collect();
    assert_eq!(
        fields,
        ["body.username", "body.current_mac", "body.current_ip"]
    );
    world
        .post("/api/v1/hotspot/user/profile-info")
        .key(&shop.key)
        .json(&json!({}))
        .refuses_field("body.username");
}
