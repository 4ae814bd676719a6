//! The same request, many times at once, at two servers.

use futures::future;
use gateway_sim::Gateway;

use crate::harness::answer::Answer;
use crate::harness::server::Server;
use crate::harness::shop::Shop;
use crate::harness::wish::Wish;
use crate::harness::world::World;

/// How often each server gets each request.
const COPIES: usize = 3;

async fn shop_with_two_servers() -> (World, Shop, [Server; 2]) {
    let world = World::with(&[("RECONCILE_INTERVAL_MS", "100")]).await;
    let one = world.server().await;
    let shop = world.open_shop(&one).await;
    let two = world.server().await;
    (world, shop, [one, two])
}

#[tokio::test]
async fn a_wish_is_charged_once_however_often_it_is_sent() {
    let (world, shop, servers) = shop_with_two_servers().await;
    for gateway in [Gateway::Conekta, Gateway::MercadoPago] {
        for has_header in [true, false] {
            let mut wish = Wish::new(gateway, format!("{gateway}-{has_header}").replace('_', "-"));
            wish.has_header = has_header;
            let copies = servers.iter().cycle().take(2 * COPIES);
            let answers = copies.map(|server| world.buy(server, &shop, &wish));
            let answers = future::join_all(answers).await;
            let user = |answer: &Option<Answer>| {
                let answer = answer.as_ref().unwrap();
                answer.expect(200);
                [
                    answer.text("/usuario_hotspot/usuario"),
                    answer.text("/usuario_hotspot/contrasena"),
                    answer.text("/id_transaccion"),
                ]
            };
            let first = user(&answers[0]);
            assert!(answers.iter().all(|answer| user(answer) == first));
        }
    }
    world.at_rest().await;
    world.expect_all_is_well().await;
    assert_eq!(world.gateways.ledger().charges().len(), 4);
    assert_eq!(world.sales().await.len(), 4);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused_at_both_servers() {
    let (world, shop, servers) = shop_with_two_servers().await;
    let wish = Wish::new(Gateway::Conekta, "ana");
    let bought = world.buy(&servers[0], &shop, &wish).await.unwrap();
    bought.expect(200);
    let mut other = wish.clone();
    other.card = "another";
    for server in &servers {
        let answer = world.buy(server, &shop, &other).await.unwrap();
        answer.expect(422);
    }
    assert_eq!(world.gateways.ledger().charges().len(), 1);
}

#[tokio::test]
async fn a_refund_is_made_once_however_often_it_is_asked_for() {
    let (world, shop, servers) = shop_with_two_servers().await;
    for gateway in [Gateway::Conekta, Gateway::MercadoPago] {
        for amount in [Some(5.0), None] {
            let name = format!("{gateway}-{}", amount.is_some()).replace('_', "-");
            let wish = Wish::new(gateway, name);
            let bought = world.buy(&servers[0], &shop, &wish).await.unwrap();
            bought.expect(200);
            let sale = world.sale_to(&wish.email()).await.unwrap();
            let copies = servers.iter().cycle().take(2 * COPIES);
            let answers =
                copies.map(|server| world.refund(&server.base, &shop, sale.id, "clave-1", amount));
            for answer in future::join_all(answers).await {
                let answer = answer.unwrap();
                // Under way already, or somebody else is at it this moment.
                assert!(
                    matches!(answer.status, 200 | 202 | 409),
                    "{}: {}",
                    answer.status,
                    answer.body
                );
            }
            world.at_rest().await;
            let mut told = Vec::new();
            for server in &servers {
                let again = world.refund(&server.base, &shop, sale.id, "clave-1", amount);
                let mut body = again.await.unwrap().expect(200).clone();
                body["timestamp"].take();
                told.push(body);
            }
            assert_eq!(told[0], told[1]);
        }
    }
    world.expect_all_is_well().await;
    assert_eq!(world.gateways.ledger().refunds().len(), 4);
}
