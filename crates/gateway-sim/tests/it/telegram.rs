//! Telegram's part.

use gateway_sim::{Endpoint, Fault, FaultSpec, Gateway};
use serde_json::{Value, json};

use crate::world::{Answer, World, answer};

const BOT: &str = "123456:ABC-DEF_ghi";

async fn send(world: &World, bot: &str, body: Value) -> Answer {
    let url = format!("{}/bot{bot}/sendMessage", world.sandbox.telegram_url());
    answer(world.http.post(url).json(&body)).await
}

#[tokio::test]
async fn messages_are_recorded() {
    let world = World::new().await;
    let body =
        json!({"chat_id": "-100200", "text": "<b>Vendido</b> a &lt;Ana&gt;", "parse_mode": "HTML"});
    let sent = send(&world, BOT, body).await;
    assert_eq!((sent.status, sent.at("/ok")), (200, &json!(true)));
    let body = json!({"chat_id": 77, "text": "plain < text"});
    assert_eq!(
        send(&world, BOT, body).await.at("/result/message_id"),
        &json!(2)
    );
    let messages = world.sandbox.telegram_messages();
    assert_eq!(messages[0].text, "<b>Vendido</b> a &lt;Ana&gt;");
    assert_eq!(messages[1].chat_id, "77");
    let shown = format!("{messages:?}{:?}", world.sandbox.requests());
    assert!(!shown.contains("ABC-DEF"), "the token is not shown");
}

#[tokio::test]
async fn wrong_tokens_and_bad_messages_are_refused() {
    let world = World::new().await;
    let good = json!({"chat_id": "1", "text": "x"});
    assert_eq!(
        send(&world, "123456:invalid", good.clone()).await.status,
        401
    );
    assert_eq!(send(&world, "nonsense", good.clone()).await.status, 404);
    world.sandbox.revoke_key(Gateway::Telegram, BOT);
    assert_eq!(send(&world, BOT, good).await.status, 401);
    for body in [
        json!({"text": "x"}),
        json!({"chat_id": "1"}),
        json!({"chat_id": "somebody", "text": "x"}),
        json!({"chat_id": "1", "text": "1 < 2", "parse_mode": "HTML"}),
        json!({"chat_id": "1", "text": "x".repeat(4_097)}),
    ] {
        let refused = send(&world, "99:other", body.clone()).await;
        assert_eq!(
            (refused.status, refused.at("/ok")),
            (400, &json!(false)),
            "{body}"
        );
    }
    assert!(world.sandbox.telegram_messages().is_empty());
}

#[tokio::test]
async fn faults_reach_telegram_too() {
    let world = World::new().await;
    let fault = Fault::Status {
        status: 429,
        after: false,
        retry_after: Some(7),
    };
    world
        .sandbox
        .fault(FaultSpec::once(fault).at(Endpoint::SendMessage));
    let body = json!({"chat_id": "1", "text": "x"});
    let refused = send(&world, BOT, body.clone()).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.at("/parameters/retry_after"), &json!(7));
    assert_eq!(send(&world, BOT, body).await.status, 200);
}
