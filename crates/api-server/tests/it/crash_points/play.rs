//! One death after the other, several worlds side by side.

use std::collections::VecDeque;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::Mutex;
use std::time::Duration;

use futures::future;

use crate::crash_points::act::{act, repeat, wish};
use crate::crash_points::case::{Act, Area, Case, cases};
use crate::harness::server::Server;
use crate::harness::shop::Shop;
use crate::harness::wait::{until, within};
use crate::harness::wish::Wish;
use crate::harness::world::World;

/// Worlds that play at once: most of the time is spent waiting for leases to end.
const WORLDS: usize = 6;
/// How often it is done again when, on a busy machine, it went another way.
const TRIES: usize = 5;
/// How long an act, and workers after it, may take to come to the point.
const COMING: Duration = Duration::from_secs(30);
/// `abort`.
const ABORTED: i32 = 6;

/// Plays all cases of an area.
pub(super) async fn play_all(area: Area) {
    let queue = Mutex::new(VecDeque::from(cases(area)));
    let next = || queue.lock().unwrap().pop_front();
    let players = (0..WORLDS).map(|_| async {
        let world = World::new().await;
        let server = world.server().await;
        let shop = world.open_shop(&server).await;
        world.want_notices(&server, &shop).await;
        server.kill();
        while let Some(case) = next() {
            play(&world, &shop, &case).await;
        }
    });
    future::join_all(players).await;
}

async fn play(world: &World, shop: &Shop, case: &Case) {
    let armed = match case.skip {
        0 => format!("{}=panic", case.point),
        skip => format!("{}={skip}*off->panic", case.point),
    };
    let mut server = world.server_with(&[("FAILPOINTS", &armed)]).await;
    let wishes = drive_to_death(world, shop, case, &server).await;
    let status = server.ended().await;
    assert_eq!(status.signal(), Some(ABORTED), "{case:?}: {status}");
    let words = format!("failpoint {} panic", case.point);
    assert!(
        server.log.contains(&words),
        "{case:?} died of something else"
    );
    world.expect_only_paid_access().await;

    all_is_normal(world);
    if case.act == Act::OperatorNotice {
        a_minute_passes(world).await;
    }
    let server = world.server().await;
    repeat(world, shop, case, &server, &wishes).await;
    world.at_rest().await;
    world.expect_all_is_well().await;
    if case.act == Act::OperatorNotice {
        expect_told(world, &wishes).await;
    }
}

/// The operator is told of every sale, at least once.
async fn expect_told(world: &World, wishes: &[Wish]) {
    for wish in wishes {
        let sale = world.sale_to(&wish.email()).await.unwrap();
        until("the operator to be told", async || {
            let messages = world.gateways.telegram_messages();
            let told = |text: &str| text.contains(&sale.user);
            messages.iter().any(|one| told(&one.text)).then_some(())
        })
        .await;
    }
}

/// Acts until the server dies.
async fn drive_to_death(world: &World, shop: &Shop, case: &Case, server: &Server) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for number in 0..TRIES {
        let name = format!("{:?}-{}-{}-{number}", case.gateway, case.point, case.skip);
        let wish = wish(case, format!("{:?}-{name}", case.act).to_lowercase());
        wishes.push(wish.clone());
        // What the act waits for may never come: the server is dead, or things went another way.
        let death = within(COMING, async || server.has_ended());
        tokio::select! {
            () = act(world, shop, case, server, &wish) => {}
            _ = death => {}
        }
        let dead = within(COMING, async || server.has_ended()).await;
        if dead.is_some() {
            return wishes;
        }
        all_is_normal(world);
    }
    panic!("never came to the point: {case:?}");
}

/// Ends whatever an act made go wrong.
fn all_is_normal(world: &World) {
    world.gateways.clear_faults();
    world.gateways.release_all();
    world.router.clear_faults();
}

/// The lease of a notice to the operator is a minute. Nobody runs who could notice that only this
/// table's clock moves.
async fn a_minute_passes(world: &World) {
    let passes = "UPDATE bandeja_salida SET bloqueada_hasta = bloqueada_hasta - interval '1 minute', \
                  proximo_intento_en = proximo_intento_en - interval '1 minute'";
    world.sql.batch_execute(passes).await.unwrap();
}
