//! Doing it. The server may die at any moment, so a request that brings no answer is no failure.

use futures::future;
use gateway_sim::{Endpoint, Fault, FaultSpec, Gateway};
use reqwest::Method;
use routeros_sim::FaultKind;
use serde_json::json;

use crate::crash_points::case::{Act, Case};
use crate::harness::books::Sale;
use crate::harness::server::Server;
use crate::harness::shop::Shop;
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::World;

const MAC: &str = "AA:BB:CC:00:11:22";
const IP: &str = "10.5.50.9";

/// The request with which a gateway takes money.
const fn charging(gateway: Gateway) -> Endpoint {
    match gateway {
        Gateway::MercadoPago => Endpoint::CreatePayment,
        _ => Endpoint::CreateCharge,
    }
}

/// The request with which the outcome is read.
const fn reading(gateway: Gateway) -> Endpoint {
    match gateway {
        Gateway::MercadoPago => Endpoint::ReadPayment,
        _ => Endpoint::ReadOrder,
    }
}

/// The customer's wish in a case.
pub(super) fn wish(case: &Case, name: String) -> Wish {
    let mut wish = Wish::new(case.gateway, name);
    match case.act {
        Act::Sale => wish.device = Some((MAC.to_owned(), IP.to_owned())),
        Act::Declined => wish.card = "declined",
        _ => {}
    }
    wish
}

/// Does what the case is about, as far as the server lives.
pub(super) async fn act(world: &World, shop: &Shop, case: &Case, server: &Server, wish: &Wish) {
    // Always: Mercado Pago's requests are repeated with the same key.
    let at_charge = |fault| {
        FaultSpec::always(fault)
            .at(charging(case.gateway))
            .token(wish.token())
    };
    let buy = world.buy(server, shop, wish);
    match case.act {
        Act::Sale => {
            world.router.add_host(MAC, IP).unwrap();
            buy.await;
        }
        Act::Declined | Act::OperatorNotice => drop(buy.await),
        Act::RouterRefuses => {
            let trap = routeros_sim::Fault::trap("failure: no");
            world.router.inject(trap.on("/ip/hotspot/user/add"));
            buy.await;
        }
        Act::LostAnswer => {
            world.gateways.fault(at_charge(Fault::Hang { after: true }));
            buy.await;
        }
        Act::RouterAway => {
            let away = routeros_sim::Fault::new(FaultKind::CloseBeforeExecution);
            world
                .router
                .inject(away.on("/ip/hotspot/user/set").always());
            buy.await;
        }
        Act::UserGone => {
            world
                .gateways
                .fault(at_charge(Fault::Hold { after: false }));
            let meddle = async {
                world.gateways.wait_held(1).await;
                remove_reservations(world);
                world.gateways.release_all();
            };
            future::join(buy, meddle).await;
        }
        Act::Refund | Act::PartRefund => {
            buy.await;
            if let Some(sale) = world.sale_to(&wish.email()).await {
                ask_for_refund(world, shop, case, &server.base, &sale).await;
            }
        }
        Act::Chargeback => {
            buy.await;
            if let Some(sale) = world.sale_to(&wish.email()).await {
                // Nothing to take back where the server died before it charged.
                drop(world.gateways.chargeback(&sale.reference));
            }
            world.notify(server, shop, case.gateway, false).await;
        }
        Act::Mismatch => {
            // Reading once more does not clear it up.
            for endpoint in [charging(case.gateway), reading(case.gateway)] {
                let wrong = FaultSpec::always(Fault::WrongReference);
                world.gateways.fault(wrong.at(endpoint));
            }
            buy.await;
        }
        Act::LateMoney => pay_late(world, shop, case, server, wish).await,
        Act::Webhook => {
            world.gateways.fault(at_charge(Fault::Hang { after: true }));
            buy.await;
            world.notify(server, shop, case.gateway, false).await;
        }
        Act::Decision => {
            buy.await;
            if let Some(sale) = world.sale_to(&wish.email()).await {
                let path = format!("/admin/compras/{}/resolver", sale.id);
                let body = json!({"accion": "reembolsar", "motivo": "prueba"});
                let call = (Method::POST, path.as_str());
                world.session(server, &shop.owner, call, Some(body)).await;
            }
        }
    }
}

/// Whoever got no answer sends again what was sent: customers, operators and gateways.
pub(super) async fn repeat(
    world: &World,
    shop: &Shop,
    case: &Case,
    server: &Server,
    wishes: &[Wish],
) {
    for wish in wishes {
        let answer = world.buy(server, shop, wish).await.unwrap();
        assert!(
            matches!(answer.status, 200 | 402 | 409 | 502 | 504),
            "{}: {}",
            answer.status,
            answer.body
        );
        if matches!(case.act, Act::Refund | Act::PartRefund)
            && let Some(sale) = world.sale_to(&wish.email()).await
        {
            let answer = ask_for_refund(world, shop, case, &server.base, &sale).await;
            assert!(matches!(answer, Some(200 | 202 | 400 | 409)), "{answer:?}");
        }
    }
    if matches!(case.act, Act::Webhook | Act::LateMoney | Act::Chargeback) {
        world.notify(server, shop, case.gateway, true).await;
    }
}

async fn ask_for_refund(
    world: &World,
    shop: &Shop,
    case: &Case,
    base: &str,
    sale: &Sale,
) -> Option<u16> {
    let key = format!("refund-{}", sale.id);
    let amount = (case.act == Act::PartRefund).then_some(5.0);
    let answer = world.refund(base, shop, sale.id, &key, amount).await;
    answer.map(|answer| answer.status)
}

fn remove_reservations(world: &World) {
    for user in world.router.users() {
        if user.is("disabled") {
            world.router.remove("/ip/hotspot/user", user.name());
        }
    }
}

/// The charge reaches the gateway, and is made long after everybody stopped waiting for it.
async fn pay_late(world: &World, shop: &Shop, case: &Case, server: &Server, wish: &Wish) {
    let hold = FaultSpec::once(Fault::Hold { after: false });
    world
        .gateways
        .fault(hold.at(charging(case.gateway)).token(wish.token()));
    world.buy(server, shop, wish).await;
    until("the sale to be given up", async || {
        let sale = world.sale_to(&wish.email()).await;
        sale.filter(|sale| sale.state == "given_up").map(drop)
    })
    .await;
    let charges = world.gateways.ledger().charges().len();
    world.gateways.release_all();
    let gateways = &world.gateways;
    gateways
        .wait_until(|gateways| gateways.ledger().charges().len() > charges)
        .await;
    world.notify(server, shop, case.gateway, false).await;
}
