//! SIGTERM: what is under way is finished and answered, what is new is refused.

use futures::future;
use gateway_sim::{Fault, FaultSpec, Gateway};
use reqwest::Method;
use rustix::process::Signal;

use crate::harness::server::Server;
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::World;

#[tokio::test]
async fn sales_under_way_are_finished_and_new_ones_refused() {
    let world = World::with(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    let wishes: Vec<Wish> = (0..8)
        .map(|number| {
            let gateway = [Gateway::Conekta, Gateway::MercadoPago][number % 2];
            Wish::new(gateway, format!("cliente-{number}"))
        })
        .collect();
    for wish in &wishes {
        let hold = FaultSpec::once(Fault::Hold { after: false });
        world.gateways.fault(hold.token(wish.token()));
    }
    let sales = future::join_all(wishes.iter().map(|wish| world.buy(&server, &shop, wish)));
    let termination = async {
        world.gateways.wait_held(wishes.len()).await;
        server.signal(Signal::TERM);
        let health = format!("{}/health", server.base);
        until("the server to take nothing new", async || {
            let asked = world.http.request(Method::GET, health.clone());
            let answer = world.http.send(asked).await;
            answer.is_none().then_some(())
        })
        .await;
        let late = Wish::new(Gateway::Conekta, "tarde");
        let refused = world.buy(&server, &shop, &late).await;
        assert!(refused.is_none(), "{refused:?}");
        assert!(server.has_ended().is_none(), "sales were under way");
        world.gateways.release_all();
    };
    let (answers, ()) = future::join(sales, termination).await;
    for answer in answers {
        answer.unwrap().expect(200);
    }
    let mut server = server;
    let status = server.ended().await;
    assert_eq!(status.code(), Some(0), "{}", server.log.tail());
    assert_eq!(world.sales().await.len(), wishes.len());
    world.expect_all_is_well().await;
}

#[tokio::test]
async fn an_idle_server_ends_at_once_on_both_signals() {
    let world = World::with(&[]).await;
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = world.server().await;
        server.signal(signal);
        let status = server.ended().await;
        assert_eq!(status.code(), Some(0), "{}", server.log.tail());
    }
}

#[tokio::test]
async fn a_load_balancer_learns_of_the_end_before_the_listener_closes() {
    let world = World::with(&[]).await;
    let mut environment = world.environment();
    // A second signal ends the delay.
    environment.push(("SHUTDOWN_DELAY_MS", "600000".to_owned()));
    let mut server = Server::serve(&environment).await;
    let ask = async |path: &str| {
        let url = format!("{}{path}", server.base);
        world.http.send(world.http.request(Method::GET, url)).await
    };
    ask("/ready").await.unwrap().expect(200);
    server.signal(Signal::TERM);
    until("the server not to be ready", async || {
        let answer = ask("/ready").await.unwrap();
        (answer.status == 503).then_some(())
    })
    .await;
    ask("/health").await.unwrap().expect(200);
    server.signal(Signal::TERM);
    let status = server.ended().await;
    assert_eq!(status.code(), Some(0), "{}", server.log.tail());
}
