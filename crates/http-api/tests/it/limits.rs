//! Abuse limits. They count by the real clock, so every test stays far below the time in which
//! one more is allowed.

use http_api::limits::RateLimits;
use serde_json::json;

use crate::harness::call::Answer;
use crate::harness::shop::{OPERATOR_PASSWORD, Shop};
use crate::harness::world::{Options, World};

const MAC: &str = "AA:BB:CC:00:11:22";

fn world(rates: RateLimits) -> World {
    World::build(Options {
        rate_limits: Some(rates),
        trusted_proxies: vec!["127.0.0.0/8"],
        ..Options::default()
    })
}

const OFF: RateLimits = RateLimits::OFF;

/// Checks the refusal; the time it names depends on the real clock.
#[track_caller]
fn too_many(answer: &Answer, what: &str) {
    let detail = answer.expect(429)["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with(what), "{detail}");
    let wait: u64 = answer.header("Retry-After").unwrap().parse().unwrap();
    assert!(wait >= 1 && detail.contains(&wait.to_string()), "{detail}");
}

fn log_in(world: &World, shop: &Shop, password: &str, address: &str) -> Answer {
    world
        .post("/api/v1/auth/login")
        .header("X-Forwarded-For", address)
        .json(&json!({"email": shop.operator_email, "password": password}))
}

fn pay(world: &World, shop: &Shop, card_token: &str, email: &str) -> Answer {
    let mut body = shop.conekta_body(card_token);
    body["email_cliente"] = json!(email);
    world
        .post("/api/v1/payments/pagar-conekta")
        .key(&shop.key)
        .json(&body)
}

#[test]
fn guessing_a_password_is_stopped_for_the_guesser_alone() {
    let world = world(RateLimits { login: 2, ..OFF });
    let shop = world.shop("cafe");
    let what = "Demasiados intentos de inicio de sesión.";
    for _ in 0..2 {
        log_in(&world, &shop, "wrong", "203.0.113.1").refused(401, "Credenciales incorrectas");
    }
    too_many(&log_in(&world, &shop, "wrong", "203.0.113.1"), what);
    // Not even the right password, or a made-up hop before the address, helps.
    too_many(
        &log_in(&world, &shop, OPERATOR_PASSWORD, "203.0.113.1"),
        what,
    );
    let forged = log_in(
        &world,
        &shop,
        OPERATOR_PASSWORD,
        "198.51.100.9, 203.0.113.1",
    );
    too_many(&forged, what);
    log_in(&world, &shop, OPERATOR_PASSWORD, "203.0.113.2").expect(200);
}

#[test]
fn whoever_knows_the_password_is_not_counted() {
    let world = world(RateLimits { login: 2, ..OFF });
    let shop = world.shop("cafe");
    for _ in 0..10 {
        log_in(&world, &shop, OPERATOR_PASSWORD, "203.0.113.1").expect(200);
    }
}

#[test]
fn testing_cards_is_stopped_before_a_charge_and_repeats_are_free() {
    let world = world(RateLimits { payments: 2, ..OFF });
    let shop = world.shop("cafe");
    pay(&world, &shop, "tok_1", "ana@x.test").expect(200);
    pay(&world, &shop, "tok_2", "ana@x.test").expect(200);
    let refused = pay(&world, &shop, "tok_3", "ANA@x.test");
    too_many(
        &refused,
        "Demasiados intentos de pago seguidos. No se realizó ningún cargo.",
    );
    assert_eq!(world.conekta.charges().len(), 2);
    for _ in 0..5 {
        pay(&world, &shop, "tok_1", "ana@x.test").expect(200);
    }
    pay(&world, &shop, "tok_4", "eva@x.test").expect(200);
    assert_eq!(world.conekta.charges().len(), 3);
}

#[test]
fn a_declined_card_counts_double() {
    let world = world(RateLimits { payments: 4, ..OFF });
    let shop = world.shop("cafe");
    pay(&world, &shop, "tok_declined_1", "ana@x.test").expect(402);
    pay(&world, &shop, "tok_declined_2", "ana@x.test").expect(402);
    pay(&world, &shop, "tok_1", "ana@x.test").expect(429);
    // A repeat of a decline is told again, and is free.
    pay(&world, &shop, "tok_declined_1", "ana@x.test").expect(402);
    assert_eq!(world.conekta.charges().len(), 2);
}

#[test]
fn guessing_pins_is_stopped_per_device_and_per_user() {
    let world = world(RateLimits {
        reconnect: 2,
        ..OFF
    });
    let shop = world.shop("cafe");
    let reconnect = |user: &str, mac: &str| {
        world
            .post("/api/v1/hotspot/auto-reconnect")
            .key(&shop.key)
            .json(&json!({"username": user, "current_mac": mac}))
    };
    let what = "Demasiadas solicitudes de conexión seguidas.";
    reconnect("10001", MAC).expect(200);
    reconnect("10002", MAC).expect(200);
    too_many(&reconnect("10003", MAC), what);
    reconnect("10001", "AA:BB:CC:00:11:33").expect(200);
    too_many(&reconnect("10001", "AA:BB:CC:00:11:44"), what);
    let look_up = |user: &str| {
        world
            .post("/api/v1/hotspot/user/profile-info")
            .key(&shop.key)
            .json(&json!({"username": user}))
    };
    too_many(&look_up("10001"), what);
    look_up("20001").expect(200);
}

#[test]
fn the_log_names_the_client_behind_the_proxy() {
    let world = world(OFF);
    let shop = world.shop("cafe");
    log_in(&world, &shop, OPERATOR_PASSWORD, "203.0.113.7").expect(200);
    let path = "/api/v1/admin/mi-empresa/auditoria?accion=session.login&limit=1";
    let answer = world.get(path).session(&shop.operator).send();
    assert_eq!(
        answer.expect(200)["entradas"][0]["direccion"],
        "203.0.113.7"
    );
}

#[test]
fn without_a_trusted_proxy_nobody_can_pretend() {
    let world = World::new();
    let shop = world.shop("cafe");
    log_in(&world, &shop, OPERATOR_PASSWORD, "203.0.113.7").expect(200);
    let path = "/api/v1/admin/mi-empresa/auditoria?accion=session.login&limit=1";
    let answer = world.get(path).session(&shop.operator).send();
    assert_eq!(answer.expect(200)["entradas"][0]["direccion"], "127.0.0.1");
}

#[test]
fn an_address_that_tries_many_accounts_is_stopped_before_anything_is_hashed() {
    let world = world(RateLimits {
        login: 10,
        login_per_address: 5,
        ..OFF
    });
    let shop = world.shop("cafe");
    let try_account = |number: usize, address: &str| {
        world
            .post("/api/v1/auth/login")
            .header("X-Forwarded-For", address)
            .json(&json!({"email": format!("ops{number}@x.test"), "password": "wrong"}))
    };
    for number in 0..5 {
        try_account(number, "2001:db8::1").expect(401);
    }
    let what = "Demasiados intentos de inicio de sesión.";
    too_many(&try_account(5, "2001:db8::1"), what);
    // The whole /64 belongs to one customer.
    too_many(&try_account(6, "2001:db8::2"), what);
    log_in(&world, &shop, OPERATOR_PASSWORD, "2001:db8:0:1::1").expect(200);
    for _ in 0..20 {
        log_in(&world, &shop, OPERATOR_PASSWORD, "203.0.113.9").expect(200);
    }
}

#[test]
fn a_stolen_session_does_not_help_to_guess_the_password() {
    let world = world(RateLimits { login: 3, ..OFF });
    let shop = world.shop("cafe");
    let change = |current: &str| {
        world
            .post("/api/v1/auth/change-password")
            .session(&shop.operator)
            .json(&json!({"current_password": current, "new_password": "OtraClave456!"}))
    };
    for _ in 0..3 {
        change("wrong").refused(400, "Contraseña actual incorrecta");
    }
    let what = "Demasiados intentos de cambiar la contraseña.";
    too_many(&change(OPERATOR_PASSWORD), what);
}

#[test]
fn guessing_pins_under_ever_new_names_uses_up_a_budget() {
    let world = world(RateLimits { misses: 3, ..OFF });
    let shop = world.shop("cafe");
    let mut body = shop.conekta_body("tok_1");
    body["tipo_usuario"] = json!("pin");
    let sold = world
        .post("/api/v1/payments/pagar-conekta")
        .key(&shop.key)
        .json(&body);
    let pin = sold.expect(200)["usuario_hotspot"]["usuario"]
        .as_str()
        .unwrap()
        .to_owned();
    let reconnect = |user: &str, mac: &str| {
        world
            .post("/api/v1/hotspot/auto-reconnect")
            .key(&shop.key)
            .json(&json!({"username": user, "current_mac": mac}))
    };
    let what = "Demasiadas solicitudes de conexión seguidas.";
    for number in 0..3 {
        let answer = reconnect(&format!("PT-GUESS{number}"), MAC);
        assert_eq!(answer.expect(200)["estado"], "expirado");
    }
    too_many(&reconnect("PT-GUESS3", MAC), what);
    // Another device is served, until the address has used up its own budget.
    for number in 0..12 {
        let mac = format!("AA:BB:CC:00:12:{number:02}");
        reconnect(&format!("PT-OTHER{number}"), &mac).expect(200);
    }
    too_many(&reconnect(&pin, "AA:BB:CC:00:11:99"), what);
    let look_up = world
        .post("/api/v1/hotspot/user/profile-info")
        .key(&shop.key)
        .json(&json!({"username": pin}));
    too_many(&look_up, what);
    world.clock.advance(std::time::Duration::from_secs(31));
    let served = reconnect(&pin, "AA:BB:CC:00:11:99");
    assert_eq!(served.expect(200)["estado"], "activo");
}

#[test]
fn customers_who_come_back_use_up_no_budget() {
    let world = world(RateLimits { misses: 2, ..OFF });
    let shop = world.shop("cafe");
    let sold = pay(&world, &shop, "tok_1", "ana@x.test");
    let sold = sold.expect(200)["usuario_hotspot"].clone();
    for _ in 0..10 {
        let answer = world
            .post("/api/v1/hotspot/auto-reconnect")
            .key(&shop.key)
            .json(&json!({
                "username": sold["usuario"], "password": sold["contrasena"], "current_mac": MAC,
            }));
        assert_eq!(answer.expect(200)["estado"], "activo");
    }
}

#[test]
fn testing_cards_under_ever_new_emails_ends_in_a_cool_down() {
    let world = world(RateLimits { declines: 3, ..OFF });
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    for number in 0..3 {
        let token = format!("tok_declined_{number}");
        pay(&world, &shop, &token, &format!("x{number}@x.test")).expect(402);
    }
    let what = "Demasiados intentos de pago seguidos. No se realizó ningún cargo.";
    too_many(&pay(&world, &shop, "tok_1", "y@x.test"), what);
    too_many(&pay(&world, &other, "tok_2", "y@x.test"), what);
    assert_eq!(world.conekta.charges().len(), 3);
    // The answer to a stored sale is free.
    pay(&world, &shop, "tok_declined_0", "x0@x.test").expect(402);
    world.clock.advance(std::time::Duration::from_secs(31));
    pay(&world, &shop, "tok_3", "y@x.test").expect(200);
}

#[test]
fn a_key_runs_out_of_declines_whatever_the_address() {
    let world = world(RateLimits { declines: 2, ..OFF });
    let shop = world.shop("cafe");
    let pay_from = |number: usize, token: &str| {
        let mut body = shop.conekta_body(token);
        body["email_cliente"] = json!(format!("x{number}@x.test"));
        world
            .post("/api/v1/payments/pagar-conekta")
            .key(&shop.key)
            .header("X-Forwarded-For", &format!("203.0.113.{number}"))
            .json(&body)
    };
    for number in 0..4 {
        pay_from(number, &format!("tok_declined_{number}")).expect(402);
    }
    pay_from(9, "tok_1").expect(429);
}

#[test]
fn no_endpoint_is_without_a_limit() {
    let world = world(RateLimits {
        requests: 20,
        ..OFF
    });
    for _ in 0..20 {
        let answer = world
            .post("/api/v1/webhook/mercado-pago")
            .header("X-Forwarded-For", "203.0.113.1")
            .json(&json!({}));
        answer.expect(200);
    }
    for path in [
        "/ready",
        "/static/logos/x.png",
        "/api/v1/payments/estado-pago/1",
    ] {
        let answer = world
            .get(path)
            .header("X-Forwarded-For", "203.0.113.1")
            .send();
        too_many(&answer, "Demasiadas solicitudes.");
    }
    let health = world
        .get("/health")
        .header("X-Forwarded-For", "203.0.113.1");
    health.send().expect(200);
    let elsewhere = world.get("/ready").header("X-Forwarded-For", "203.0.113.2");
    elsewhere.send().expect(200);
}

#[test]
fn refused_log_ins_and_exports_are_in_the_audit_log() {
    let world = World::new();
    let shop = world.shop("cafe");
    let owner = world.owner();
    for email in [shop.operator_email.as_str(), "nobody@x.test"] {
        let body = json!({"email": email, "password": "wrong"});
        world.post("/api/v1/auth/login").json(&body).expect(401);
    }
    let table = "/api/v1/admin/mi-empresa/transacciones?formato=csv";
    let exported = world.get(table).session(&shop.operator).send();
    assert_eq!(exported.status, 200);
    let entries = |action: &str| {
        let path = format!("/admin/auditoria?accion={action}&limit=500");
        let log = world.get(&path).session(&owner).send();
        log.expect(200)["entradas"].as_array().unwrap().clone()
    };
    let refused = entries("session.refused");
    assert_eq!(refused.len(), 2, "{refused:?}");
    // Both alike: whether there is such an account is told to nobody.
    for entry in &refused {
        assert_eq!(entry["sujeto_tipo"], "account");
        assert_eq!(entry["empresa_id"], serde_json::Value::Null);
        assert_eq!(entry["direccion"], "127.0.0.1");
        assert!(!entry.to_string().contains("x.test"), "{entry}");
    }
    assert_ne!(refused[0]["sujeto_id"], refused[1]["sujeto_id"]);
    assert_eq!(entries("purchase.export").len(), 1);
}
