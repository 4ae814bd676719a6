//! The books themselves: what is wrong is noticed. Otherwise none of these proofs would prove
//! anything.

use gateway_sim::Gateway;

use crate::harness::wish::Wish;
use crate::harness::world::World;

async fn is_noticed(world: &World, what: &str) {
    let problems = world.problems(&world.sales().await);
    assert!(
        problems.iter().any(|problem| problem.contains(what)),
        "{what}: {problems:?}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_noticed() {
    const USERS: &str = "/ip/hotspot/user";
    let world = World::with(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    let wish = Wish::new(Gateway::Conekta, "ana");
    world.buy(&server, &shop, &wish).await.unwrap().expect(200);
    server.kill();
    world.expect_all_is_well().await;
    let sale = world.sales().await.remove(0);

    let user = sale.user.as_str();
    world
        .router
        .set(USERS, user, &[("disabled", "yes")])
        .unwrap();
    is_noticed(&world, "the money kept and the access given").await;
    is_noticed(&world, "a user without access").await;
    world
        .router
        .set(USERS, user, &[("disabled", "no")])
        .unwrap();
    world.expect_all_is_well().await;

    world.router.add_user("PT-GRATIS", "", "1hora").unwrap();
    is_noticed(&world, "a user of no sale").await;
    world.router.remove(USERS, "PT-GRATIS");

    let charge = world.gateways.ledger().charges()[0].payment_id.clone();
    world.gateways.refund(&charge, Some(1_500)).unwrap();
    is_noticed(&world, "the money kept and the access given").await;
    is_noticed(&world, "other amounts than in the ledger").await;
    world
        .sql
        .batch_execute(
            "DELETE FROM claves_idempotencia; DELETE FROM bandeja_salida; \
        DELETE FROM transacciones",
        )
        .await
        .unwrap();
    is_noticed(&world, "a charge of no sale").await;
}
