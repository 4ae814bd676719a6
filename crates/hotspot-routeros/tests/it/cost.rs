//! What it costs: commands, round trips, and that none grows with the number of users.

use futures::future::join_all;
use ports::hotspot::{DeviceConnection, HotspotGateway, ReconnectOutcome};
use routeros_sim::Version;

use crate::world::{
    IP, LOGIN, MAC, USER_ADD, USER_SET, World, device, removal, reservation, returning,
};

#[tokio::test]
async fn reserving_and_activating_are_one_round_trip_each() {
    let world = World::new().await;
    world.warm().await;
    let user = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap()
        .user;
    let counters = world.router.counters();
    assert_eq!((counters.all_commands(), counters.round_trips), (1, 1));
    assert_eq!(counters.commands_of(USER_ADD), 1);
    world.router.reset_counters();
    world.activate(&user).await.unwrap();
    let counters = world.router.counters();
    assert_eq!((counters.all_commands(), counters.round_trips), (1, 1));
    assert_eq!(counters.commands_of(USER_SET), 1);
}

#[tokio::test]
async fn a_sale_with_log_in_is_five_commands_and_a_look() {
    for version in [Version::V6_49, Version::V7_18] {
        let world = World::of(version).await;
        world.router.add_host(MAC, IP).unwrap();
        world.warm().await;
        let user = world.sold("A").await;
        let login = device(&user);
        let outcome = world
            .gateway
            .connect_device(&world.access, &login, true)
            .await;
        assert!(matches!(outcome, Ok(DeviceConnection::Connected(_))));
        let counters = world.router.counters();
        let looks = counters.commands_of("/ip/hotspot/active/print");
        assert_eq!(counters.all_commands() - looks, 5, "{counters:?}");
        assert_eq!((looks, counters.writes), (1, 4), "{counters:?}");
        assert_eq!(counters.commands_of(LOGIN), 1);
    }
}

#[tokio::test]
async fn nothing_grows_with_the_number_of_users() {
    let mut said = Vec::new();
    for users in [0, 10_000] {
        let world = World::new().await;
        world.router.fill_users("crowd", users).unwrap();
        world.router.add_host(MAC, IP).unwrap();
        let user = world.sold("A").await;
        let login = device(&user);
        world
            .gateway
            .connect_device(&world.access, &login, true)
            .await
            .unwrap();
        let back = world
            .gateway
            .reconnect(&world.access, &returning("A", "0481"))
            .await;
        assert!(matches!(back, Ok(ReconnectOutcome::User { .. })));
        let password = Some(domain::secret::Secret::new("0481"));
        let info = world
            .gateway
            .profile_info(&world.access, "A", password, None);
        info.await.unwrap();
        world.gateway.probe(&world.access).await.unwrap();
        let id = Some(user.id.as_str());
        world
            .gateway
            .remove(&world.access, &removal(&["A"], id))
            .await
            .unwrap();
        said.push(world.router.transcript().len());
        assert_eq!(world.router.users().len(), users);
    }
    assert_eq!(
        said[0], said[1],
        "as many sentences with 10 000 users as with none"
    );
}

#[tokio::test]
async fn sixty_four_customers_share_one_connection() {
    let world = World::new().await;
    let names: Vec<String> = (0..64).map(|number| format!("PT-{number:05}")).collect();
    let sales = names.iter().map(|name| world.sold(name));
    let users = join_all(sales).await;
    assert_eq!(users.len(), 64);
    assert_eq!(world.router.users().len(), 64);
    assert!(world.router.users().iter().all(|user| !user.is("disabled")));
    assert_eq!(world.router.counters().connections, 1);
    assert_eq!(world.gateway.open_sessions(), 1);
}
