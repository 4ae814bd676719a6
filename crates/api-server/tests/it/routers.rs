//! Routers that break and come back otherwise than they were.

use gateway_sim::Gateway;
use routeros_sim::Fault;

use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::World;

const USER: &str = "/ip/hotspot/user";

#[tokio::test]
async fn a_router_restored_between_payment_and_activation_lets_in_who_paid_and_nobody_else() {
    let world = World::new().await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    world.router.add_user("gone", "x", "default").unwrap();
    let busy = Fault::trap("failure: busy, try again").on("/ip/hotspot/user/set");
    let fault = world.router.inject(busy.always());
    let wish = Wish::new(Gateway::Conekta, "ana");
    world.buy(&server, &shop, &wish).await;
    let sold = world.router.users().into_iter();
    let mut sold = sold.map(|user| (user.name().to_owned(), user.id().to_owned()));
    let (name, id) = sold.next_back().unwrap();

    // The next user in the table gets the sold user's id.
    let expired = [("name", "expired"), ("disabled", "yes")];
    world.router.add(USER, &expired).unwrap();
    world.router.remove(USER, "gone");
    world.router.restore();
    assert_eq!(world.router.user("expired").unwrap().id(), id);
    world.router.clear_fault(fault);

    until("the access of the customer", async || {
        let user = world.router.user(&name)?;
        (!user.is("disabled")).then_some(())
    })
    .await;
    assert!(world.router.user("expired").unwrap().is("disabled"));
    // The books know nothing but sold users.
    world.router.remove(USER, "expired");
    world.at_rest().await;
    world.expect_all_is_well().await;
}
