//! `kill -9`, at moments drawn from a seed, again and again, while two hundred customers buy.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future;
use futures::stream::{self, StreamExt as _};
use gateway_sim::{Config, Gateway};

use crate::harness::answer::Answer;
use crate::harness::customer::Addresses;
use crate::harness::dice::Dice;
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::World;

const CUSTOMERS: usize = 200;
/// Customers who buy at once.
const AT_ONCE: usize = 24;
const KILLS: usize = 10;

/// The wish of one customer: both gateways, with a header or without, some cards refused.
fn wish(number: usize, dice: &mut Dice) -> Wish {
    let gateway = if dice.below(2) == 0 {
        Gateway::Conekta
    } else {
        Gateway::MercadoPago
    };
    let mut wish = Wish::new(gateway, format!("cliente-{number}"));
    wish.has_header = dice.below(4) > 0;
    if dice.below(8) == 0 {
        wish.card = "declined";
    }
    wish
}

#[tokio::test]
async fn two_hundred_purchases_survive_kills_at_random_moments() {
    let seed = Config::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let world = World::new().await;
    let mut server = world.server().await;
    let shop = world.open_shop(&server).await;
    let servers = Addresses::default();
    servers.set(vec![server.base.clone()]);
    let done = AtomicUsize::new(0);
    let wishes: Vec<Wish> = (0..CUSTOMERS)
        .map(|number| wish(number, &mut dice))
        .collect();

    let customers = stream::iter(&wishes)
        .map(async |wish| {
            let answer = world.insist(&servers, &shop, wish, 0).await;
            done.fetch_add(1, Ordering::Relaxed);
            (wish, answer)
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<(&Wish, Answer)>>();
    let killer = async {
        for number in 0..KILLS {
            // What the outside hears tells how far the server has come.
            let heard = || {
                let gateways = world.gateways.counters();
                let gateways: u64 = gateways.values().flat_map(|all| all.values()).sum();
                gateways + world.router.counters().all_commands()
            };
            let moment = heard() + 20 + dice.below(60);
            until("the next moment to kill", async || {
                let over = done.load(Ordering::Relaxed) == CUSTOMERS;
                (over || heard() >= moment).then_some(())
            })
            .await;
            let still_buying = done.load(Ordering::Relaxed) < CUSTOMERS;
            assert!(
                still_buying || number > KILLS / 2,
                "killed too late: {number}"
            );
            server.kill();
            world.expect_only_paid_access().await;
            server = world.server().await;
            servers.set(vec![server.base.clone()]);
        }
        server
    };
    let (answers, _server) = future::join(customers, killer).await;

    world.at_rest().await;
    world.expect_all_is_well().await;
    for (wish, answer) in answers {
        let sale = world.sale_to(&wish.email()).await.unwrap();
        // What a customer was told is what is so.
        assert_eq!(sale.state == "paid", answer.status == 200, "{sale:?}");
        if answer.status == 200 {
            assert_eq!(answer.text("/usuario_hotspot/usuario"), sale.user);
        }
    }
}
