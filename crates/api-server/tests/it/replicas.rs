//! Three replicas on one database: one is killed, one stands still for longer than any lease and
//! then goes on as if nothing had happened.

use std::time::Duration;

use futures::channel::oneshot;
use futures::future;
use futures::stream::{self, StreamExt as _};
use gateway_sim::{Endpoint, Fault, FaultSpec, Gateway};
use routeros_sim::{FaultKind, Point};
use rustix::process::Signal;

use crate::harness::answer::Answer;
use crate::harness::customer::Addresses;
use crate::harness::server::Server;
use crate::harness::shop::Shop;
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::World;

const CUSTOMERS: usize = 60;
const AT_ONCE: usize = 12;
/// Customers of a server that stands still wait no longer.
const IMPATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn one_replica_dies_and_one_stands_still() {
    // Long enough for three sales to be brought to the same moment on a busy machine.
    let world = World::with(&[
        ("GATEWAY_TIMEOUT_MS", "3000"),
        ("ROUTER_TIMEOUT_MS", "5000"),
        ("RECONCILE_INTERVAL_MS", "100"),
        ("RECONCILE_GIVE_UP_MS", "17000"),
    ])
    .await;
    let first = world.server().await;
    let shop = world.open_shop(&first).await;
    let (second, third) = future::join(world.server(), world.server()).await;
    let servers = Addresses::default();
    let bases = [&first, &second, &third].map(|server| server.base.clone());
    servers.set(bases.to_vec());

    stand_still_over_sales(&world, &shop, &second).await;

    let wishes: Vec<Wish> = (0..CUSTOMERS)
        .map(|number| {
            let gateway = [Gateway::Conekta, Gateway::MercadoPago][number % 2];
            let mut wish = Wish::new(gateway, format!("cliente-{number}"));
            wish.has_header = number % 3 > 0;
            wish
        })
        .collect();
    let customers = stream::iter(wishes.iter().enumerate())
        .map(async |(number, wish)| {
            // Impatient: the same wish at two servers at once.
            let one = world.insist(&servers, &shop, wish, number);
            let other = world.insist(&servers, &shop, wish, number + 1);
            let (one, other) = future::join(one, other).await;
            let user = |answer: &Answer| answer.text("/usuario_hotspot/usuario");
            assert_eq!(user(&one), user(&other));
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>();
    let before = world.gateways.ledger().charges().len();
    let kill = async {
        let third_of_all = before + CUSTOMERS / 3;
        let gateways = &world.gateways;
        gateways
            .wait_until(|gateways| gateways.ledger().charges().len() >= third_of_all)
            .await;
        third.kill();
    };
    future::join(customers, kill).await;
    // Whatever stood still or died was taken over by the first.
    world.at_rest().await;
    world.expect_all_is_well().await;

    second.signal(Signal::CONT);
    let mut second = second;
    // It ends only when all that it had begun has ended.
    second.signal(Signal::TERM);
    let status = second.ended().await;
    assert!(status.success(), "{status}");
    world.at_rest().await;
    world.expect_all_is_well().await;
    let paid = world.count("SELECT count(*) FROM transacciones WHERE estado = 'paid'");
    assert!(paid.await >= i64::try_from(CUSTOMERS).unwrap());
}

/// Stops a replica while three of its sales are under way: one whose user is about to be enabled,
/// one whose charge is on the wire, and one whose user was just added. What it sent arrives.
async fn stand_still_over_sales(world: &World, shop: &Shop, server: &Server) {
    let [activating, charging, reserving] = ["activating", "charging", "reserving"]
        .map(|name| Wish::new(Gateway::Conekta, format!("parado-{name}")));
    let hold = |path: &str, point| {
        let fault = routeros_sim::Fault::new(FaultKind::Hold(point));
        world.router.inject(fault.on(path))
    };
    let caught = async |fault| {
        until("the router to hold a command", async || {
            (world.router.hits(fault) > 0).then_some(())
        })
        .await;
    };
    let (to_charge, charge_may_begin) = oneshot::channel::<()>();
    let (to_reserve, reservation_may_begin) = oneshot::channel::<()>();
    // The customers of a server that stands still give up; who they were is known by e-mail.
    let buy = async |wish: &Wish| {
        let asked = world.buy_at(&server.base, shop, wish);
        drop(tokio::time::timeout(IMPATIENCE, asked).await);
    };
    let charge = async {
        charge_may_begin.await.unwrap();
        buy(&charging).await;
    };
    let reserve = async {
        reservation_may_begin.await.unwrap();
        buy(&reserving).await;
    };
    let scene = async {
        let set = hold("/ip/hotspot/user/set", Point::Execution);
        caught(set).await;
        let wire = FaultSpec::once(Fault::Hold { after: false });
        let wire = wire.at(Endpoint::CreateCharge).token(charging.token());
        world.gateways.fault(wire);
        to_charge.send(()).unwrap();
        world.gateways.wait_held(1).await;
        let add = hold("/ip/hotspot/user/add", Point::Reply);
        to_reserve.send(()).unwrap();
        caught(add).await;
        server.signal(Signal::STOP);
        expect_under_way(world).await;
        world.router.release(set);
        world.router.release(add);
        world.gateways.release_all();
        world.router.clear_faults();
    };
    future::join4(buy(&activating), charge, reserve, scene).await;
}

/// The replica did stop in the middle: nobody has gone on yet.
async fn expect_under_way(world: &World) {
    let under_way = "SELECT string_agg(estado || ' ' || estado_hotspot, ',' ORDER BY estado) \
        FROM transacciones WHERE cliente_email LIKE 'parado-%'";
    let row = world.sql.query_one(under_way, &[]).await.unwrap();
    let states: Option<String> = row.get(0);
    assert_eq!(
        states.as_deref(),
        Some("charging pending,created pending,paid pending")
    );
}
