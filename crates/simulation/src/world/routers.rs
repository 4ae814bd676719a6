//! The network between us and the routers: it delays and loses commands and replies.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::ids::{PurchaseId, RouterId};
use domain::time::Timestamp;
use fakes::fault::Lost;
use fakes::hotspot::{Command, Reply, RouterLink, RouterNetwork, User};
use ports::hotspot::RouterAccess;

use crate::engine::lock;
use crate::faults::Endpoint;
use crate::world::World;
use crate::world::network::exchange;

/// How long a piece of work may take: what the server is configured with by default.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);
/// Less time than this is not worth sending a command for.
const TOO_SHORT: Duration = Duration::from_millis(20);

/// The network, as one replica uses it.
pub(crate) struct SimNetwork(pub(crate) Arc<World>);

impl RouterNetwork for SimNetwork {
    fn open(&self, router: &RouterAccess) -> Box<dyn RouterLink> {
        Box::new(SimLink {
            world: Arc::clone(&self.0),
            router: router.router_id.clone(),
            deadline: self.0.now().plus(LIMIT),
        })
    }
}

struct SimLink {
    world: Arc<World>,
    router: RouterId,
    deadline: Timestamp,
}

#[async_trait]
impl RouterLink for SimLink {
    async fn send(&self, command: Command) -> Result<Reply, Lost> {
        let world = &self.world;
        let left = self.deadline.since(world.now());
        if left < TOO_SHORT {
            return Err(Lost::TimedOut);
        }
        let down = lock(&world.outages).routers.get(&self.router).copied();
        if down.is_some_and(|until| world.now() < until) {
            world.log(|| format!("-> {command}: the router is down"));
            let wait = match command {
                Command::Add { .. } => left.min(Duration::from_secs(1)),
                _ => world.dice.between(Duration::from_millis(5), left),
            };
            world.scheduler.sleep(wait).await;
            return Err(Lost::NotSent);
        }
        let what = command.to_string();
        let router = self.router.clone();
        let limit = left.mul_f64(0.7);
        // What is on its way to a router that is being restored is lost.
        let restores = lock(&world.routers).of(&router).restores;
        exchange(world, &what, Endpoint::Router, limit, move |world| {
            if lock(&world.routers).of(&router).restores != restores {
                return None;
            }
            Some(carry_out(world, &router, &command))
        })
        .await?
        .ok_or(Lost::Broken)
    }
}

/// A command arrives.
fn carry_out(world: &World, router: &RouterId, command: &Command) -> Reply {
    let reply = lock(&world.routers).execute(router, command);
    match (command, &reply) {
        (Command::Add { .. } | Command::Remove(_), _) => {
            world.log(|| format!("router: {command}: {reply:?}"));
        }
        (Command::Enable(_), Reply::Enabled(user)) => {
            world.log(|| format!("router: {command}: {}", user.is_some()));
            if let Some(user) = user {
                world.check_enabling(user);
            }
        }
        _ => {}
    }
    reply
}

/// The sale that a user was made for; `None` if it is not ours.
pub(crate) fn sale_of(user: &User) -> Option<PurchaseId> {
    let number = user.added_with.strip_prefix("reserva ")?;
    number.parse().ok().map(PurchaseId::new)
}
