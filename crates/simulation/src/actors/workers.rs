//! The workers of each replica, and the daily audit.

use std::sync::Arc;

use application::app::App;
use application::error::Failure;
use application::gateway_events::process;
use application::jobs::audit;
use application::notifications::deliver;
use application::purchase::engine::advance;
use application::purchase::persistence;
use ports::system::Task;

use crate::cluster::Cluster;
use crate::engine::scheduler::Replica;
use crate::world::World;

/// Pieces of work claimed at once.
const LIMIT: i64 = 16;

/// A replica's workers claim due work and do it, each piece in a task of its own.
pub(crate) fn tick(run: &mut Cluster, replica: Replica, app: Arc<App>) {
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "a claim of due work",
        Box::pin(async move {
            let claims = claim(&world, replica, &app).await;
            if let Err(error) = claims {
                world.log(|| format!("workers: {error}"));
            }
        }),
    );
}

async fn claim(world: &Arc<World>, replica: Replica, app: &Arc<App>) -> Result<(), Failure> {
    let spawn = |name, task: Task| world.scheduler.spawn(replica, name, task);
    for purchase in persistence::claim_due(app, LIMIT, Vec::new()).await? {
        let (world, app) = (Arc::clone(world), Arc::clone(app));
        spawn(
            "a purchase worker",
            Box::pin(async move {
                let id = purchase.id();
                let done = advance(&app, purchase).await;
                report(&world, &format!("working on sale {id}"), done);
            }),
        );
    }
    for entry in process::claim(app, LIMIT, Vec::new()).await? {
        let (world, app) = (Arc::clone(world), Arc::clone(app));
        spawn(
            "a webhook worker",
            Box::pin(async move {
                let done = process::process(&app, entry).await;
                report(&world, "processing a notice", done);
            }),
        );
    }
    for entry in deliver::claim(app, LIMIT).await? {
        let (world, app) = (Arc::clone(world), Arc::clone(app));
        spawn(
            "a message to the operator",
            Box::pin(async move {
                let done = deliver::deliver(&app, entry).await;
                report(&world, "telling the operator", done);
            }),
        );
    }
    Ok(())
}

fn report(world: &World, what: &str, done: Result<(), Failure>) {
    if let Err(error) = done {
        world.log(|| format!("{what} fails: {error}"));
    }
}

/// The daily audit runs on some replica.
pub(crate) fn audit(run: &mut Cluster) {
    let Some((replica, app)) = run.any_up() else {
        return;
    };
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "an audit",
        Box::pin(async move {
            match audit::audit_all(&app).await {
                Ok(result) => world.log(|| format!("audit: {result:?}")),
                Err(error) => world.log(|| format!("the audit fails: {error}")),
            }
        }),
    );
}
