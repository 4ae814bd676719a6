//! Money that nobody may forget: refunds that do not come through, payments that nobody finishes,
//! and what operators are told of them.

use std::time::Duration;

use application::gateway_events::process;
use application::notifications::deliver;
use application::settings::Settings;
use domain::credentials::CredentialKind;
use domain::gateway::DeclineReason;
use domain::notification::{Notification, NotificationKind};
use fakes::gateway::Standing;
use fakes::gateway::cards::{ANSWER_LOST, DECLINED, PENDING};
use futures::executor::block_on;
use ports::notify::NotifyError;
use serde_json::{Value, json};

use crate::harness::shop::Shop;
use crate::harness::world::{World, text};

/// A world in which sessions outlast a few days.
fn world() -> World {
    World::with(Settings {
        session_lifetime: Duration::from_hours(24 * 30),
        ..Settings::default()
    })
}

/// A shop whose operator wants notifications.
fn shop(world: &World, name: &str) -> Shop {
    let shop = world.shop(name);
    let change = json!({"telegram_bot_token": "123456:ABC-DEF1234ghIkl", "telegram_chat_id": "-1",
        "notificaciones_telegram": true, "nombre": "Café <b>&"});
    let call = world
        .put("/api/v1/admin/mi-empresa")
        .session(&shop.operator);
    call.json(&change).expect(200);
    shop
}

/// Delivers what waits for operators; all notifications so far.
fn told(world: &World) -> Vec<Notification> {
    loop {
        let claimed = block_on(deliver::claim(&world.app, 10)).unwrap();
        if claimed.is_empty() {
            break;
        }
        for entry in claimed {
            block_on(deliver::deliver(&world.app, entry)).unwrap();
        }
    }
    let sent = world.telegram.sent().into_iter();
    sent.map(|(_, notification)| notification).collect()
}

fn alerts(world: &World) -> usize {
    let told = told(world);
    let alerts = told
        .iter()
        .filter(|told| told.kind == NotificationKind::NeedsDecision);
    alerts.count()
}

fn ask(world: &World, shop: &Shop, answer: &Value) -> Value {
    let path = format!("/api/v1/payments/compra/{}", text(answer, "compra"));
    world.get(&path).key(&shop.key).send().expect(200).clone()
}

fn sale(world: &World, shop: &Shop) -> i64 {
    let sales = world.sales(shop);
    sales["transacciones"][0]["id"].as_i64().unwrap()
}

fn parked(world: &World) -> usize {
    let listed = world.get("/admin/compras").session(&world.owner()).send();
    listed.expect(200).as_array().unwrap().len()
}

fn resolve(world: &World, id: i64, action: &str) {
    let call = world
        .post(&format!("/admin/compras/{id}/resolver"))
        .session(&world.owner());
    call.json(&json!({"accion": action, "motivo": "visto"}))
        .expect(200);
}

/// Hours go by, and workers look now and then.
fn pass(world: &World, hours: u64) {
    for _ in 0..hours * 2 {
        world.clock.advance(Duration::from_mins(30));
        world.run_purchase_workers();
    }
}

fn notice(world: &World, shop: &Shop, signature: &str, body: &Value) {
    let path = format!("/api/v1/webhook/mercado-pago/{}", shop.tenant);
    let call = world.post(&path).header("X-Signature", signature);
    call.json(body).expect(200);
    for entry in block_on(process::claim(&world.app, 10, Vec::new())).unwrap() {
        block_on(process::process(&world.app, entry)).unwrap();
    }
}

fn sign_notices(world: &World, shop: &Shop) {
    let path = format!("/api/v1/webhook/empresa/{}/configurar-webhook", shop.tenant);
    let call = world.post(&path).session(&shop.operator);
    call.json(&json!({"webhook_secret": "s3cret"})).expect(200);
}

#[test]
fn a_refund_without_an_answer_for_a_day_is_put_before_a_person() {
    let world = world();
    let shop = shop(&world, "cafe");
    world.buy(&shop, "tok_1").expect(200);
    let id = sale(&world, &shop);
    for (body, key) in [(json!({"monto": 5}), "r-1"), (json!({}), "r-2")] {
        let before = alerts(&world);
        world.conekta.fail("refund");
        let call = world
            .post(&format!(
                "/api/v1/admin/mi-empresa/transacciones/{id}/reembolso"
            ))
            .session(&shop.operator)
            .header("Idempotency-Key", key);
        call.json(&body).expect(202);
        pass(&world, 23);
        assert_eq!((parked(&world), alerts(&world)), (0, before));
        pass(&world, 2);
        assert_eq!((parked(&world), alerts(&world)), (1, before + 1));

        // The money may be back already: access cannot be given as well.
        let grant = world
            .post(&format!("/admin/compras/{id}/resolver"))
            .session(&world.owner());
        grant
            .json(&json!({"accion": "conceder", "motivo": "visto"}))
            .expect(400);

        // A decision starts the clock anew: a day in vain later it is there again; then it works.
        resolve(&world, id, "reembolsar");
        world.run_purchase_workers();
        assert_eq!((parked(&world), alerts(&world)), (0, before + 1));
        pass(&world, 25);
        assert_eq!((parked(&world), alerts(&world)), (1, before + 2));
        world.conekta.recover();
        resolve(&world, id, "reembolsar");
        world.run_purchase_workers();
        assert_eq!(parked(&world), 0);
    }
    assert_eq!(world.conekta.charges()[0].refund_amounts(), [500, 1000]);
}

#[test]
fn notifications_outlast_a_channel_that_is_away_for_hours() {
    let world = world();
    let shop = shop(&world, "cafe");
    world.telegram.fail_with(Some(NotifyError::Unavailable));
    world.buy(&shop, "tok_1").expect(200);
    for _ in 0..200 {
        world.clock.advance(Duration::from_mins(5));
        assert!(told(&world).is_empty());
    }
    world.telegram.fail_with(None);
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(told(&world).len(), 1);
}

#[test]
fn news_of_a_parked_sale_sets_it_going_again() {
    let world = world();
    let shop = shop(&world, "cafe");
    sign_notices(&world, &shop);
    let answer = world.buy_with_mercado_pago(&shop, ANSWER_LOST);
    let body = answer.expect(504);
    world.mercado_pago.fail("read");
    pass(&world, 26);
    assert_eq!((parked(&world), alerts(&world)), (1, 1));
    world.mercado_pago.recover();
    let reference = world.mercado_pago.charges()[0].attempt.reference.clone();
    notice(
        &world,
        &shop,
        "s3cret",
        &json!({"event": "1", "reference": reference}),
    );
    assert_eq!(parked(&world), 0);
    assert_eq!(ask(&world, &shop, body)["estado_pago"], "approved");
    assert_eq!(world.router.enabled_users().len(), 1);
}

#[test]
fn a_notice_finds_the_payment_whose_number_never_reached_us() {
    let world = world();
    let (mine, other) = (shop(&world, "mine"), shop(&world, "other"));
    for shop in [&mine, &other] {
        sign_notices(&world, shop);
    }
    let answer = world.buy_with_mercado_pago(&mine, ANSWER_LOST);
    let body = answer.expect(504);
    let payment = Some(world.mercado_pago.charges()[0].id.clone());
    let payment = json!({"event": "1", "payment": payment});
    notice(&world, &mine, "forged", &payment);
    notice(&world, &other, "s3cret", &payment);
    assert_eq!(ask(&world, &mine, body)["estado_pago"], "verificando");
    notice(&world, &mine, "s3cret", &payment);
    assert_eq!(ask(&world, &mine, body)["estado_pago"], "approved");
}

#[test]
fn what_nobody_finishes_is_cancelled_and_counts_as_not_charged() {
    let world = world();
    let shop = shop(&world, "cafe");
    let answer = world.buy_with_mercado_pago(&shop, PENDING);
    let body = answer.expect(402);
    pass(&world, 2);
    assert_eq!(ask(&world, &shop, body)["estado_pago"], "fallido");
    assert_eq!(alerts(&world), 0);
    assert!(world.router.enabled_users().is_empty());
}

#[test]
fn a_word_that_nobody_knows_is_told_once_and_waited_for() {
    let world = world();
    let shop = shop(&world, "cafe");
    let answer = world.buy_with_mercado_pago(&shop, PENDING);
    let body = answer.expect(402);
    world
        .mercado_pago
        .settle_pending(Standing::Unrecognized("brand_new"));
    pass(&world, 3);
    assert_eq!(ask(&world, &shop, body)["estado_pago"], "pendiente");
    assert_eq!(alerts(&world), 1);
    // It cannot be cancelled either: a day later a person must look.
    pass(&world, 26);
    assert_eq!((parked(&world), alerts(&world)), (1, 2));
}

#[test]
fn test_tokens_pay_again_only_while_the_company_is_testing() {
    let world = world();
    let shop = shop(&world, "cafe");
    let mode = |mode: &str| {
        let path = "/api/v1/admin/mi-empresa/configurar-conekta";
        let call = world.post(path).session(&shop.operator);
        call.json(&json!({"private_key": "key_abc", "public_key": "key_pub_abc", "mode": mode}))
            .expect(200);
    };
    let buy = || {
        text(
            world.buy(&shop, "tok_test_visa_4242").expect(200),
            "id_transaccion",
        )
    };
    let (first, second) = (buy(), buy());
    assert_ne!(first, second);
    mode("live");
    assert_eq!(buy(), second, "the same sale, told again");
    mode("test");
    assert_ne!(buy(), second);
    assert_eq!(world.conekta.taken().len(), 3);
}

#[test]
fn operators_are_told_of_sales_and_declines_at_both_gateways() {
    let world = world();
    let shop = shop(&world, "cafe");
    for mercado_pago in [false, true] {
        let buy = |token: &str, kind: &str| {
            let (path, mut body) = if mercado_pago {
                let body = shop.mercado_pago_body(token);
                ("/api/v1/payments/pagar-mercado-pago", body)
            } else {
                ("/api/v1/payments/pagar-conekta", shop.conekta_body(token))
            };
            body["nombre_cliente"] = json!("Ana <i>& Paz");
            body["tipo_usuario"] = json!(kind);
            world.post(path).key(&shop.key).json(&body)
        };
        let last = || {
            let told = told(&world).pop().unwrap();
            assert_eq!(told.tenant_name, "Café <b>&");
            (told.kind, told.sale.unwrap())
        };

        let answer = buy("tok_pin", "pin");
        let sold = answer.expect(200);
        let (kind, sale) = last();
        assert_eq!(kind, NotificationKind::SaleApproved);
        assert_eq!(sale.sale_name, "1 Hora de Internet");
        assert_eq!(sale.amount.to_string(), "15.00 MXN");
        assert_eq!(sale.customer_name, "Ana <i>& Paz");
        assert_eq!(sale.transaction_id, Some(text(sold, "id_transaccion")));
        let pin = sale.credentials.unwrap();
        assert_eq!(pin.kind, CredentialKind::Pin);
        assert_eq!(pin.name.as_str(), text(&sold["usuario_hotspot"], "usuario"));

        let answer = buy("tok_user", "usuario_contrasena");
        let user = &answer.expect(200)["usuario_hotspot"];
        let sold = last().1.credentials.unwrap();
        assert_eq!(sold.kind, CredentialKind::UserAndPassword);
        assert_eq!(sold.name.as_str(), text(user, "usuario"));
        assert_eq!(sold.password.expose(), text(user, "contrasena"));

        buy(DECLINED, "pin").expect(402);
        let (kind, sale) = last();
        assert_eq!(kind, NotificationKind::SaleDeclined);
        assert_eq!(sale.decline, Some(DeclineReason::InsufficientFunds));
        assert_eq!(sale.credentials, None);
    }
    let told_before = told(&world).len();
    let silent = json!({"notificaciones_telegram": false});
    let call = world
        .put("/api/v1/admin/mi-empresa")
        .session(&shop.operator);
    call.json(&silent).expect(200);
    world.buy(&shop, "tok_silent").expect(200);
    assert_eq!(told(&world).len(), told_before);
    // Nor is anything told later of what nobody was to be told.
    let call = world
        .put("/api/v1/admin/mi-empresa")
        .session(&shop.operator);
    call.json(&json!({"notificaciones_telegram": true}))
        .expect(200);
    assert_eq!(told(&world).len(), told_before);
}

#[test]
fn one_customers_test_token_is_not_in_anothers_way() {
    let world = world();
    let shop = shop(&world, "cafe");
    let buy = |email: &str| {
        let mut body = shop.conekta_body("tok_test_visa_4242");
        body["email_cliente"] = json!(email);
        let request = world.post("/api/v1/payments/pagar-conekta");
        request.key(&shop.key).json(&body)
    };
    world.conekta.fail("charge");
    let open = buy("ana@x.test");
    assert_eq!(open.expect(504)["estado_pago"], "verificando");
    world.conekta.recover();
    buy("eva@x.test").expect(200);
    // The same person is led back to the open one.
    assert_eq!(buy("ana@x.test").body["compra"], open.body["compra"]);
}
