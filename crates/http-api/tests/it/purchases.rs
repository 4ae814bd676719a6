//! Buying access: what the customer reads, what moves at the gateway, what is on the router.

use std::time::Duration;

use fakes::gateway::cards::{BUSY, DECLINED, INVALID, KEY_REFUSED, TIMED_OUT};
use ports::hotspot::{HotspotError, TlsTrouble};
use serde_json::{Value, json};

use crate::harness::world::{World, text};

const CONEKTA: &str = "/api/v1/payments/pagar-conekta";
const MERCADO_PAGO: &str = "/api/v1/payments/pagar-mercado-pago";

/// `PT-` and five of A–Z, 0–9 with a password of six characters; a PIN has eight and none. What
/// has to be secret holds nothing that looks like another character.
fn assert_credentials(credentials: &Value, is_pin: bool) -> String {
    let user = text(credentials, "usuario");
    let body = user.strip_prefix("PT-").unwrap();
    let is_clear = |text: &str| {
        text.bytes()
            .all(|byte| b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789".contains(&byte))
    };
    let fits = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    assert!(body.bytes().all(fits), "{user}");
    assert_eq!(body.len(), if is_pin { 8 } else { 5 }, "{user}");
    assert!(!is_pin || is_clear(body), "{user}");
    let password = text(credentials, "contrasena");
    if is_pin {
        assert_eq!(password, "");
    } else {
        assert_eq!(password.len(), 6, "{password}");
        assert!(is_clear(&password), "{password}");
    }
    user
}

/// Nobody was charged and nobody has access.
fn assert_untouched(world: &World) {
    assert!(world.conekta.taken().is_empty() && world.mercado_pago.taken().is_empty());
    assert!(world.router.enabled_users().is_empty());
}

#[test]
fn a_paid_card_brings_user_and_password() {
    let world = World::new();
    let shop = world.shop("cafe");
    let answer = world.buy(&shop, "tok_1");
    let paid = answer.expect(200);
    let order = world.conekta.charges()[0].attempt.order.clone().unwrap();
    let user = assert_credentials(&paid["usuario_hotspot"], false);
    assert_eq!(
        *paid,
        json!({
            "success": true, "compra": paid["compra"], "consulta": paid["consulta"],
            "id_transaccion": order, "estado_pago": "paid",
            "tipo_usuario": "usuario_contrasena",
            "usuario_hotspot": paid["usuario_hotspot"],
            "producto": {
                "nombre": "1 Hora de Internet", "precio": 15.0, "moneda": "MXN",
                "perfil_mikrotik": "1hora"
            },
            "cliente": {"nombre": "Ana Paz", "email": "ana@x.test"},
            "timestamp": "2026-03-04T10:00:00",
            "auto_conexion": {
                "estado": "no_conectado", "mac": "", "ip": "",
                "mensaje": "Use las credenciales para conectarse en la página de acceso.",
                "verificado": false
            }
        })
    );
    let row = world.router.user(&user).unwrap();
    assert!(!row.is_disabled && row.comment.is_empty());
    assert_eq!(row.profile, "1hora");
    assert_eq!(row.password, paid["usuario_hotspot"]["contrasena"]);
    assert_eq!(world.conekta.taken(), [(1500, "MXN".to_owned())]);
    assert_eq!(world.conekta.charges()[0].attempt.account, "key_abc");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn a_pin_has_no_password_and_english_names_are_read_too() {
    let world = World::new();
    let shop = world.shop("cafe");
    let answer = world.post(CONEKTA).key(&shop.key).json(&json!({
        "product_id": shop.product, "card_token": "tok_1", "customer_name": "Ana Paz",
        "customer_email": "ANA@x.test", "customer_phone": 5_512_345_678_i64, "user_type": "pin",
        "mac_address": "aa-bb-cc-00-11-22", "ip_address": "10.5.50.9", "device_info": "Android",
        "auto_connect": true, "unknown": [1],
    }));
    let paid = answer.expect(200);
    assert_eq!(paid["tipo_usuario"], "pin");
    assert_eq!(paid["cliente"]["email"], "ana@x.test");
    let user = assert_credentials(&paid["usuario_hotspot"], true);
    assert_eq!(world.router.user(&user).unwrap().password, "");
    assert_eq!(
        paid["auto_conexion"],
        json!({
            "estado": "conectado", "mac": "AA:BB:CC:00:11:22", "ip": "10.5.50.9",
            "mensaje": "Su dispositivo ya está conectado. ¡Disfrute su conexión!",
            "verificado": true, "session_id": "*A1"
        })
    );
}

#[test]
fn the_key_may_come_as_a_bearer_token() {
    let world = World::new();
    let shop = world.shop("cafe");
    let answer = world
        .post(CONEKTA)
        .session(&shop.key)
        .json(&shop.conekta_body("tok_1"));
    answer.expect(200);
    // An empty header is none; another key wins.
    for (header, status) in [("", 200), (" ", 200), ("jwt_other", 401)] {
        let both = world.get("/api/v1/config/public").session(&shop.key);
        let answer = both.header("X-API-Key", header).send();
        assert_eq!(answer.status, status, "{header}");
    }
}

#[test]
fn hints_that_cannot_be_read_do_not_stop_a_sale() {
    let world = World::new();
    let shop = world.shop("cafe");
    let hints = [
        ("mac_cliente", vec!["---", "$(mac)", "undefined"]),
        ("mac_cliente", vec!["AABBCC001122", "aabb.cc00.1122"]),
        ("mac_cliente", vec!["AA%3ABB%3ACC%3A00%3A11%3A22"]),
        ("ip_cliente", vec!["2806:2f0::1", "::ffff:10.5.50.9"]),
        ("ip_cliente", vec!["10.5.50.9, 189.1.2.3", "$(ip)"]),
        ("telefono_cliente", vec!["+52 1 (55) 2299-7233 ext. 4"]),
    ];
    let long = json!("x".repeat(406));
    let long_hints = ["info_dispositivo", "device_id"].map(|field| (field, long.clone()));
    let all = hints
        .into_iter()
        .flat_map(|(field, values)| values.into_iter().map(move |value| (field, json!(value))))
        .chain(long_hints)
        .chain([("cuotas", json!(""))]);
    for (number, (field, value)) in all.enumerate() {
        for (path, mut body) in [
            (CONEKTA, shop.conekta_body(&format!("tok_{number}"))),
            (
                MERCADO_PAGO,
                shop.mercado_pago_body(&format!("mp_{number}")),
            ),
        ] {
            body[field] = value.clone();
            body["email_cliente"] = json!(format!("hint{number}@example.com"));
            let answer = world.post(path).key(&shop.key).json(&body);
            assert_eq!(answer.status, 200, "{field} {value}: {}", answer.text());
        }
    }
}

#[test]
fn mercado_pago_adds_its_own_part() {
    let world = World::new();
    let shop = world.shop("cafe");
    let mut body = shop.mercado_pago_body("tok_1");
    body["cuotas"] = json!(3);
    body["issuer_id"] = json!(25);
    let answer = world.post(MERCADO_PAGO).key(&shop.key).json(&body);
    let paid = answer.expect(200);
    assert_eq!(paid["estado_pago"], "approved");
    assert_eq!(paid["id_transaccion"], "1320000001");
    assert_eq!(
        paid["mercado_pago"],
        json!({
            "payment_id": 1_320_000_001, "status": "approved", "status_detail": "accredited",
            "installments": 3,
            "payment_method": {
                "id": "visa", "type": "credit_card", "issuer": "25", "last_four_digits": "4242",
                "installments": 3
            },
            "raw_response": {}
        })
    );
    assert_credentials(&paid["usuario_hotspot"], false);
    assert_eq!(world.mercado_pago.taken(), [(1500, "MXN".to_owned())]);
    let reference = &world.mercado_pago.charges()[0].attempt.reference;
    let start = format!("HSEM{:03}1772618400", shop.product);
    assert!(reference.starts_with(&start), "{reference}");

    let status = world
        .get("/api/v1/payments/estado-pago/1320000001")
        .key(&shop.key)
        .send();
    let status = status.expect(200);
    assert_eq!(status["success"], true);
    assert_eq!(status["payment_id"], 1_320_000_001);
    assert_eq!(status["status"], "approved");
    assert_eq!(status["amount"], 15.0);
    assert_eq!(status["currency_id"], "MXN");
}

#[test]
fn a_portals_rounding_is_forgiven_and_the_price_charged() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (number, shown) in [14.99, 15.01, 15.000_000_000_000_002].iter().enumerate() {
        let mut body = shop.mercado_pago_body(&format!("tok_{number}"));
        body["monto"] = json!(shown);
        world
            .post(MERCADO_PAGO)
            .key(&shop.key)
            .json(&body)
            .expect(200);
        assert_eq!(world.mercado_pago.taken().pop().unwrap().0, 1500);
    }
}

#[test]
fn prices_are_charged_to_the_cent() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (number, price, cents) in [
        (1, "19.99", 1999),
        (2, "35.55", 3555),
        (3, "0.01", 1),
        (4, "1.10", 110),
        (5, "10", 1000),
        (6, "10.50", 1050),
        (7, "99999999.99", 9_999_999_999_i64),
        (8, "1e2", 10_000),
        (9, "4.35", 435),
        (10, "1.005e2", 10_050),
    ] {
        let body = format!(
            "{{\"router_id\":\"{}\",\"perfil_mikrotik_id\":\"*c{number}\",\
             \"perfil_mikrotik_nombre\":\"1hora\",\"nombre_venta\":\"x\",\"precio\":{price}}}",
            shop.router
        );
        let made = world
            .post("/api/v1/admin/products")
            .session(&shop.operator)
            .bytes("application/json", body);
        let product = &made.expect(201)["id"];
        let shown = format!("{}", made.body["precio"]);
        assert_eq!(shown.parse::<f64>(), price.parse::<f64>(), "{shown}");

        let mut body = shop.conekta_body(&format!("tok_c{number}"));
        body["producto_id"] = product.clone();
        world.post(CONEKTA).key(&shop.key).json(&body).expect(200);
        assert_eq!(world.conekta.taken().pop().unwrap().0, cents, "{price}");

        let body = format!(
            "{{\"producto_id\":{product},\"token\":\"tok_m{number}\",\
             \"payment_method_id\":\"visa\",\"monto\":{price},\"nombre_cliente\":\"Ana\",\
             \"email_cliente\":\"ana@x.test\"}}"
        );
        let paid = world
            .post(MERCADO_PAGO)
            .key(&shop.key)
            .bytes("application/json", body);
        paid.expect(200);
        assert_eq!(
            world.mercado_pago.taken().pop().unwrap().0,
            cents,
            "{price}"
        );
    }
}

#[test]
fn a_declined_card_is_told_why_and_leaves_nothing() {
    let world = World::new();
    let shop = world.shop("cafe");
    let declined = "Su tarjeta no tiene fondos suficientes. Intente con otra tarjeta. No se \
                    realizó ningún cargo.";
    for answer in [
        world.buy(&shop, DECLINED),
        world.buy_with_mercado_pago(&shop, DECLINED),
    ] {
        let body = answer.expect(402);
        assert_eq!(
            *body,
            json!({
                "detail": declined, "codigo": "fondos_insuficientes", "estado_pago": "rechazado",
                "compra": body["compra"], "consulta": body["consulta"],
            })
        );
        assert!(text(body, "consulta").ends_with(text(body, "compra").as_str()));
    }
    assert_untouched(&world);
    world.clock.advance(Duration::from_mins(1));
    world.run_purchase_workers();
    let sales = world.sales(&shop);
    assert_eq!(sales["total"], 2);
    assert_eq!(sales["transacciones"][1]["estado_pago"], "declined");
    assert_eq!(sales["transacciones"][0]["estado_pago"], "rejected");
    // Another card is another purchase.
    world.buy(&shop, "tok_2").expect(200);
    assert_eq!(world.router.enabled_users().len(), 1);
}

#[test]
fn without_the_router_no_card_is_charged() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (number, (trouble, status)) in [
        (HotspotError::TimedOut, 504),
        (HotspotError::Unreachable, 502),
        (HotspotError::Suspended, 502),
        (HotspotError::AddressNotAllowed, 502),
        (HotspotError::LoginRefused, 502),
        (HotspotError::NotPermitted, 502),
        (HotspotError::ProfileMissing, 502),
        (HotspotError::NamesTaken, 502),
        (HotspotError::CertificateChanged, 502),
        (HotspotError::Tls(TlsTrouble::NoCertificate), 502),
        (HotspotError::Refused("secret diagnosis".to_owned()), 502),
    ]
    .into_iter()
    .enumerate()
    {
        world.router.fail_all(trouble.clone());
        for answer in [
            world.buy(&shop, &format!("tok_r{number}")),
            world.buy_with_mercado_pago(&shop, &format!("tok_r{number}")),
        ] {
            let body = answer.expect(status);
            let detail = text(body, "detail");
            assert!(
                detail.ends_with("No se realizó ningún cargo."),
                "{trouble}: {detail}"
            );
            assert!(!detail.contains("secret"), "{detail}");
            assert_eq!(body["estado_pago"], "fallido", "{body}");
        }
    }
    assert!(world.conekta.charges().is_empty() && world.mercado_pago.charges().is_empty());
    assert_eq!(world.sales(&shop)["total"], 0);
    // The card was never sent, so the customer may try the same one again.
    world.router.recover();
    world.buy(&shop, "tok_r0").expect(200);
}

#[test]
fn a_gateway_that_does_not_take_the_order_charges_nothing() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (token, status) in [(KEY_REFUSED, 502), (TIMED_OUT, 504), (BUSY, 429)] {
        for answer in [
            world.buy(&shop, token),
            world.buy_with_mercado_pago(&shop, token),
        ] {
            let body = answer.expect(status);
            let detail = text(body, "detail");
            assert!(detail.ends_with("No se realizó ningún cargo."), "{detail}");
            assert_eq!(body["estado_pago"], "fallido", "{body}");
        }
    }
    assert_eq!(
        world.buy(&shop, BUSY).header("retry-after"),
        Some("5"),
        "the customer is told when to come back"
    );
    let invalid = world.buy(&shop, INVALID);
    invalid.refused(
        402,
        "Los datos de la tarjeta no son correctos. Revíselos e intente de nuevo. No se realizó ningún cargo.",
    );
    assert_untouched(&world);
}

#[test]
fn what_cannot_be_sold_is_refused_before_anything_is_touched() {
    let world = World::new();
    let owner = world.owner();
    let shop = world.shop("cafe");
    let other_router = world.router_of(&shop.tenant, "Segundo");
    let other_key = text(&other_router, "api_key");
    let buy = |path: &str, key: &str, body: &Value| world.post(path).key(key).json(body);
    let body = shop.conekta_body("tok_1");
    let not_found = "Producto no encontrado";

    // Another router's product, an unknown one, an inactive one.
    buy(CONEKTA, &other_key, &body).refused(404, not_found);
    for number in [0, 987_654, i64::MAX] {
        let mut unknown = body.clone();
        unknown["producto_id"] = json!(number);
        buy(CONEKTA, &shop.key, &unknown).refused(404, not_found);
    }
    let path = format!("/api/v1/admin/products/{}", shop.product);
    world
        .delete(&path)
        .session(&shop.operator)
        .send()
        .expect(200);
    buy(CONEKTA, &shop.key, &body).refused(404, not_found);
    let on = json!({"activo": true});
    world
        .put(&path)
        .session(&shop.operator)
        .json(&on)
        .expect(200);

    // A wrong price, another currency.
    for price in [json!(14.98), json!(15.02), json!(0.15), json!(1500)] {
        let mut body = shop.mercado_pago_body("tok_1");
        body["monto"] = price;
        buy(MERCADO_PAGO, &shop.key, &body)
            .refused(400, "El monto no coincide con el precio del producto. Actualice la página e intente de nuevo. No se realizó ningún cargo.");
    }
    let dollars = json!({"perfil_mikrotik_id": "*9", "moneda": "USD"});
    let dollars = world.product_of(&shop.operator, &shop.router, &dollars);
    let mut body_in_dollars = shop.mercado_pago_body("tok_1");
    body_in_dollars["producto_id"] = json!(dollars);
    buy(MERCADO_PAGO, &shop.key, &body_in_dollars).refused(
        400,
        "Mercado Pago cobra en pesos mexicanos y este producto tiene otra moneda. Elija otra forma de pago. No se realizó ningún cargo.",
    );

    // No gateway.
    let bare = world.tenant("Sin pasarela");
    world.operator_of(&bare, "bare@x.test");
    let operator = world.login("bare@x.test", "ClientePass456!");
    let router = world.router_of(&bare, "R");
    let product = world.product_of(&operator, &text(&router, "id"), &json!({}));
    let mut bare_body = shop.mercado_pago_body("tok_1");
    bare_body["producto_id"] = json!(product);
    let bare_key = text(&router, "api_key");
    buy(MERCADO_PAGO, &bare_key, &bare_body)
        .refused(400, "La empresa no tiene configurado Mercado Pago");
    world
        .get("/api/v1/payments/estado-pago/1")
        .key(&bare_key)
        .send()
        .refused(400, "La empresa no tiene configurado Mercado Pago");

    // Switched off: the router, then the company.
    let router = format!(
        "/admin/empresas/{}/routers/{}/toggle-activo",
        shop.tenant, shop.router
    );
    world.put(&router).session(&owner).send().expect(200);
    let off =
        "Este punto de acceso está desactivado y no puede vender. No se realizó ningún cargo.";
    buy(CONEKTA, &shop.key, &body).refused(403, off);
    let catalogue = world
        .get("/api/v1/catalogo_perfiles_venta")
        .key(&shop.key)
        .send();
    catalogue.expect(200);
    world.put(&router).session(&owner).send().expect(200);
    let company = format!("/admin/empresas/{}/toggle-activo", shop.tenant);
    world.put(&company).session(&owner).send().expect(200);
    buy(CONEKTA, &shop.key, &body).refused(
        403,
        "Este establecimiento no está vendiendo accesos en este momento. No se realizó ningún cargo.",
    );
    for path in ["/api/v1/config/public", "/api/v1/catalogo_perfiles_venta"] {
        world
            .get(path)
            .key(&shop.key)
            .send()
            .refused(401, "Empresa no activa");
    }
    assert!(world.conekta.charges().is_empty() && world.mercado_pago.charges().is_empty());
    assert!(world.router.last_access().is_none(), "no router was asked");
}
