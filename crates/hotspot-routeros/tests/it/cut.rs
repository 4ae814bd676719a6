//! Lost replies: the connection cut at every byte, and other ways not to get an answer.

use std::time::Duration;

use domain::credentials::HotspotName;
use ports::hotspot::{Activation, HotspotError, HotspotGateway, HotspotUser, RemovalOutcome};
use routeros_sim::{Fault, FaultId, FaultKind, Point};

use crate::world::{
    COMMENT, IP, MAC, USER_ADD, USER_SET, World, config, device, gateway, removal, reservation,
};

/// Cuts the next exchange on the warm connection after so many bytes; sees whether it was long
/// enough for that.
struct Cut<'a> {
    world: &'a World,
    fault: FaultId,
}

impl<'a> Cut<'a> {
    async fn after(world: &'a World, bytes: u64) -> Self {
        world.warm().await;
        let fault = world.router.inject(Fault::cut_after(bytes));
        Self { world, fault }
    }

    fn happened(&self) -> bool {
        self.world.router.hits(self.fault) > 0
    }
}

#[tokio::test]
async fn a_reservation_cut_at_every_byte_makes_exactly_one_user() {
    let world = World::new().await;
    let mut doubts = Vec::new();
    let mut bytes = 0;
    loop {
        let cut = Cut::after(&world, bytes).await;
        let name = format!("PT-{bytes:05}");
        let reservation = reservation(&[&name, "second", "third"]);
        let outcome = world.gateway.reserve(&world.access, &reservation).await;
        let reserved = outcome.unwrap();
        doubts.push(reserved.may_be_added_again);
        let user = reserved.user;
        assert_eq!(user.name.as_str(), name, "cut after {bytes} bytes");
        let reserved = world.reserved();
        assert_eq!(reserved.len(), 1, "cut after {bytes} bytes: {reserved:?}");
        assert_eq!(reserved[0].id(), user.id);
        assert!(reserved[0].is("disabled"));
        let removed = world
            .gateway
            .remove(&world.access, &removal(&[&name], None))
            .await;
        assert_eq!(removed, Ok(RemovalOutcome::Gone));
        let happened = cut.happened();
        world.router.clear_faults();
        if !happened {
            break;
        }
        bytes += 1;
    }
    // The command alone is longer than this: the cuts went through all of it and the answer.
    assert!(bytes > 120, "{bytes}");
    // A command that did not arrive whole might still; one that was found done is over.
    assert!(doubts.is_sorted_by(|earlier, later| *earlier || !later));
    assert_eq!(doubts.first(), Some(&true));
    // The last ran through, and of the one before only the end of the answer was lost.
    assert!(doubts.ends_with(&[false, false]));
}

#[tokio::test]
async fn a_first_connection_cut_at_every_byte_leaves_one_user_after_the_repeat() {
    let world = World::new().await;
    let mut failed = 0;
    for bytes in 0.. {
        let gateway = gateway(config());
        let fault = world.router.inject(Fault::cut_after(bytes));
        let name = format!("PT-{bytes:05}");
        let reservation = reservation(&[&name, "second"]);
        let user = match gateway.reserve(&world.access, &reservation).await {
            Ok(user) => user,
            Err(error) => {
                assert_eq!(error, HotspotError::Unreachable, "cut after {bytes} bytes");
                failed += 1;
                gateway.reserve(&world.access, &reservation).await.unwrap()
            }
        }
        .user;
        let reserved = world.reserved();
        assert_eq!(reserved.len(), 1, "cut after {bytes} bytes: {reserved:?}");
        assert_eq!(
            (reserved[0].id(), reserved[0].name()),
            (user.id.as_str(), name.as_str())
        );
        world.router.remove("/ip/hotspot/user", &user.id);
        let happened = world.router.hits(fault) > 0;
        world.router.clear_faults();
        if !happened {
            break;
        }
    }
    assert!(failed > 30, "the login was cut too: {failed}");
}

#[tokio::test]
async fn an_activation_cut_at_every_byte_activates() {
    let world = World::new().await;
    let mut bytes = 0;
    loop {
        let name = format!("PT-{bytes:05}");
        let user = world
            .gateway
            .reserve(&world.access, &reservation(&[&name]))
            .await
            .unwrap()
            .user;
        let cut = Cut::after(&world, bytes).await;
        let outcome = world.activate(&user).await;
        assert_eq!(
            outcome,
            Ok(Activation::Active(user.id.clone())),
            "cut after {bytes} bytes"
        );
        let row = world.router.user(&name).unwrap();
        assert!(!row.is("disabled") && row.get("comment") != Some(COMMENT));
        let happened = cut.happened();
        world.router.clear_faults();
        if !happened {
            break;
        }
        bytes += 1;
    }
    assert!(bytes > 60, "{bytes}");
}

#[tokio::test]
async fn a_removal_cut_at_every_byte_removes_all_there_is() {
    let world = World::new().await;
    let mut bytes = 0;
    loop {
        let name = format!("PT-{bytes:05}");
        let user = world.sold(&name).await;
        world.router.add_host(MAC, IP).unwrap();
        world
            .gateway
            .connect_device(&world.access, &device(&user), true)
            .await
            .unwrap();
        world
            .router
            .add_user(&format!("bystander{bytes}"), "x", "default")
            .unwrap();
        let cut = Cut::after(&world, bytes).await;
        let removal = removal(&[&name, "never-used"], Some(&user.id));
        let outcome = world.gateway.remove(&world.access, &removal).await;
        assert_eq!(outcome, Ok(RemovalOutcome::Gone), "cut after {bytes} bytes");
        assert!(
            world.router.user(&name).is_none(),
            "cut after {bytes} bytes"
        );
        assert!(world.router.active().is_empty() && world.router.cookies().is_empty());
        let happened = cut.happened();
        world.router.clear_faults();
        assert!(
            world
                .router
                .remove("/ip/hotspot/user", &format!("bystander{bytes}"))
        );
        if !happened {
            break;
        }
        // Every byte of the first two commands, then steps: the exchange is long.
        bytes += if bytes < 300 { 1 } else { 7 };
    }
    assert!(bytes > 600, "{bytes}");
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_in_time_and_the_repeat_finds_the_user() {
    let world = World::new().await;
    let hasty = gateway(hotspot_routeros::config::HotspotConfig {
        router_timeout: Duration::from_secs(1),
        ..config()
    });
    hasty.profiles(&world.access).await.unwrap();
    // It answers nothing at all from here on, though it executes.
    let hold = world
        .router
        .inject(Fault::new(FaultKind::Hold(Point::Reply)).always());
    let outcome = hasty.reserve(&world.access, &reservation(&["A"])).await;
    assert_eq!(outcome, Err(HotspotError::TimedOut));
    world.router.release(hold);
    let user = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap()
        .user;
    assert_eq!(world.reserved().len(), 1);
    assert_eq!(world.reserved()[0].id(), user.id);
}

#[tokio::test]
async fn a_command_that_takes_effect_after_its_repeat_still_makes_one_user() {
    let world = World::new().await;
    let hasty = gateway(hotspot_routeros::config::HotspotConfig {
        router_timeout: Duration::from_secs(3),
        ..config()
    });
    hasty.profiles(&world.access).await.unwrap();
    let late = world
        .router
        .inject(Fault::new(FaultKind::Hold(Point::Execution)).on(USER_ADD));
    // The look-up finds nobody, since the router has not done it yet; so it is asked again.
    let user = hasty
        .reserve(&world.access, &reservation(&["A", "B"]))
        .await
        .unwrap()
        .user;
    assert_eq!(user.name.as_str(), "A");
    world.router.release(late);
    world
        .router
        .until(|counters| counters.commands_of(USER_ADD) >= 2)
        .await;
    let again = world
        .gateway
        .reserve(&world.access, &reservation(&["A", "B"]))
        .await
        .unwrap()
        .user;
    assert_eq!(again, user);
    assert_eq!(world.reserved().len(), 1);
}

#[tokio::test]
async fn executed_without_an_answer_is_found_out() {
    let world = World::new().await;
    for kind in [
        FaultKind::CloseBeforeReply,
        FaultKind::CloseBeforeExecution,
        FaultKind::ReservedByte,
        FaultKind::HugeLength,
        FaultKind::CloseInReply { bytes: 3 },
    ] {
        world.warm().await;
        world.router.inject(Fault::new(kind.clone()).on(USER_ADD));
        let user = world
            .gateway
            .reserve(&world.access, &reservation(&["A"]))
            .await
            .unwrap()
            .user;
        assert_eq!(world.reserved().len(), 1, "{kind:?}");
        world.router.inject(Fault::new(kind.clone()).on(USER_SET));
        let active = world.activate(&user).await;
        assert_eq!(active, Ok(Activation::Active(user.id.clone())), "{kind:?}");
        let id = Some(user.id.as_str());
        world
            .gateway
            .remove(&world.access, &removal(&["A"], id))
            .await
            .unwrap();
        assert!(world.router.users().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn odd_but_harmless_answers_change_nothing() {
    let world = World::new().await;
    for kind in [
        FaultKind::OneByteAtATime,
        FaultKind::UnknownReplyWord,
        FaultKind::UnknownTag,
        FaultKind::EmptyBeforeDone,
        FaultKind::TagLast,
        FaultKind::SentencePerPacket,
    ] {
        world.warm().await;
        let fault = world.router.inject(Fault::new(kind.clone()).always());
        let user = world
            .gateway
            .reserve(&world.access, &reservation(&["A"]))
            .await
            .unwrap()
            .user;
        let active = world.activate(&user).await;
        assert_eq!(active, Ok(Activation::Active(user.id.clone())), "{kind:?}");
        let id = Some(user.id.as_str());
        let removed = world
            .gateway
            .remove(&world.access, &removal(&["A"], id))
            .await;
        assert_eq!(removed, Ok(RemovalOutcome::Gone), "{kind:?}");
        assert_eq!(world.router.counters().connections, 0, "{kind:?}");
        world.router.clear_fault(fault);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_cancels_and_holds_nobody_up() {
    let world = World::new().await;
    world.warm().await;
    let hold = world
        .router
        .inject(Fault::new(FaultKind::Hold(Point::Execution)).on(USER_SET));
    let user = HotspotUser {
        name: HotspotName::from_stored("A"),
        id: "*1F".to_owned(),
    };
    tokio::select! {
        biased;
        outcome = world.activate(&user) => panic!("held: {outcome:?}"),
        () = world.router.holding(hold, 1) => {}
    }
    world
        .router
        .until(|counters| counters.commands_of("/cancel") == 1)
        .await;
    // The same connection goes on serving others.
    world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap();
    assert_eq!(world.router.counters().connections, 0);
}
