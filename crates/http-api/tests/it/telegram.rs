//! Trying the Telegram settings out.

use domain::notification::NotificationKind;
use ports::notify::{ChannelAddress, NotifyError};
use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::World;

const TOKEN: &str = "123456:ABC-DEF1234ghIkl";
const MISSING: &str =
    "Falta el token del bot o el chat_id de Telegram. Guárdelos o envíelos con la prueba.";

fn test(world: &World, shop: &Shop, body: &Value) -> Answer {
    world
        .post("/api/v1/admin/test-telegram")
        .session(&shop.operator)
        .json(body)
}

fn store(world: &World, shop: &Shop, change: &Value) -> Answer {
    world
        .put("/api/v1/admin/mi-empresa")
        .session(&shop.operator)
        .json(change)
}

fn sent(world: &World) -> Vec<(String, String)> {
    let sent = world.telegram.sent().into_iter();
    sent.map(|(address, _)| {
        let ChannelAddress::Telegram { bot_token, chat_id } = address;
        (bot_token.expose().to_owned(), chat_id)
    })
    .collect()
}

#[test]
fn what_is_sent_is_tried_and_what_is_not_comes_from_the_settings() {
    let world = World::new();
    let shop = world.shop("cafe");
    test(&world, &shop, &json!({})).refused(400, MISSING);
    test(&world, &shop, &json!({"token": TOKEN})).refused(400, MISSING);
    test(&world, &shop, &json!({"chat_id": "-100"})).refused(400, MISSING);
    assert!(sent(&world).is_empty());

    let answer = test(&world, &shop, &json!({"token": TOKEN, "chat_id": "-100"}));
    assert_eq!(
        *answer.expect(200),
        json!({"message": "Mensaje de prueba enviado con éxito"})
    );
    store(
        &world,
        &shop,
        &json!({"nombre": "Café <b>&", "telegram_bot_token": TOKEN, "telegram_chat_id": "-200"}),
    )
    .expect(200);
    test(&world, &shop, &json!({})).expect(200);
    // Numbers are fine for chats; the masked token that the panel shows stands for the stored one.
    let masked = json!({"token": "********hIkl", "chat_id": -300});
    test(&world, &shop, &masked).expect(200);
    let without_body = world
        .post("/api/v1/admin/test-telegram")
        .session(&shop.operator)
        .send();
    without_body.expect(200);
    let expected = ["-100", "-200", "-300", "-200"].map(|chat| (TOKEN.to_owned(), chat.to_owned()));
    assert_eq!(sent(&world), expected);
    let (_, notification) = world.telegram.sent().remove(1);
    assert_eq!(notification.kind, NotificationKind::ChannelTest);
    assert_eq!(notification.tenant_name, "Café <b>&");
}

#[test]
fn telegrams_failures_are_told_apart_and_give_nothing_away() {
    let world = World::new();
    let shop = world.shop("cafe");
    let body = json!({"token": TOKEN, "chat_id": "-100"});
    world.telegram.fail_with(Some(NotifyError::Refused));
    let refused = test(&world, &shop, &body);
    refused.refused(
        500,
        "Telegram rechazó el mensaje. Revise el token del bot y el chat_id.",
    );
    assert!(!refused.text().contains(TOKEN));
    world.telegram.fail_with(Some(NotifyError::Unavailable));
    test(&world, &shop, &body).refused(
        500,
        "Telegram no respondió. Intente de nuevo en un momento.",
    );
}

#[test]
fn wrong_types_are_refused_with_the_field() {
    let world = World::new();
    let shop = world.shop("cafe");
    test(&world, &shop, &json!({"token": 5, "chat_id": "1"})).refuses_field("body.token");
    test(&world, &shop, &json!({"token": TOKEN, "chat_id": []})).refuses_field("body.chat_id");
    test(&world, &shop, &json!([])).refuses_field("body");
    assert!(sent(&world).is_empty());
}
