//! One replica: the application with its ports into the simulated world.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::app::{App, Ports};
use application::settings::Settings;
use async_trait::async_trait;
use domain::notification::{ChannelKind, Notification, NotificationKind};
use fakes::{
    FakeHotspot, FakeRouterAdmin, PlainDigests, PlainPasswords, PlainSecretBox, PlainTokens,
    SeededRandom,
};
use ports::notify::{Channel, ChannelAddress, Channels, NotifyError};
use ports::payments::Gateways;
use ports::system::{SecureRandom, Task, TaskSpawner};

use crate::engine::lock;
use crate::engine::scheduler::{Replica, Scheduler, SimClock};
use crate::faults::Endpoint;
use crate::planted::Planter;
use crate::world::gateway::SimGateway;
use crate::world::network::exchange;
use crate::world::routers::SimNetwork;
use crate::world::{MAX_SKEW, World};

/// Starts a replica's application.
pub(crate) fn start(world: &Arc<World>, replica: Replica, planter: &Planter) -> Arc<App> {
    let network = planter.network(Arc::new(SimNetwork(Arc::clone(world))));
    let hotspot = planter.hotspot(Arc::new(FakeHotspot::over(
        Arc::clone(&world.routers),
        network,
    )));
    let gateways = Gateways::new(|kind| {
        let gateway = Arc::new(SimGateway::new(kind, Arc::clone(world)));
        planter.gateway(gateway, &hotspot)
    });
    let skew = if world.clocks_differ {
        world.dice.between(Duration::ZERO, MAX_SKEW)
    } else {
        Duration::ZERO
    };
    let channel: Arc<dyn Channel> = Arc::new(SimChannel(Arc::clone(world)));
    let ports = Ports {
        store: planter.store(world.shared_store()),
        clock: Arc::new(SimClock::new(Arc::clone(&world.scheduler), skew)),
        random: Arc::new(SimRandom::new(world)),
        spawner: Arc::new(SimSpawner {
            scheduler: Arc::clone(&world.scheduler),
            replica,
        }),
        passwords: Arc::new(PlainPasswords),
        tokens: Arc::new(PlainTokens),
        secrets: Arc::new(PlainSecretBox::new()),
        digests: planter.digests(Arc::new(PlainDigests::default())),
        gateways,
        hotspot,
        router_admin: Arc::new(FakeRouterAdmin::new()),
        channels: Channels::new([channel]),
    };
    Arc::new(App::new(ports, Settings::default()))
}

struct SimSpawner {
    scheduler: Arc<Scheduler>,
    replica: Replica,
}

impl TaskSpawner for SimSpawner {
    fn spawn(&self, task: Task) {
        self.scheduler
            .spawn(self.replica, "work of a request", task);
    }
}

/// Randomness of one process. In some runs hotspot names are drawn from very few.
struct SimRandom {
    bytes: SeededRandom,
    names: Option<Mutex<SeededRandom>>,
}

impl SimRandom {
    fn new(world: &World) -> Self {
        let seed = world.dice.number();
        Self {
            bytes: SeededRandom::new(seed),
            names: world
                .names_are_scarce
                .then(|| Mutex::new(SeededRandom::new(!seed))),
        }
    }
}

impl SecureRandom for SimRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.bytes.fill(bytes);
    }

    fn fill_credentials(&self, bytes: &mut [u8]) {
        match &self.names {
            Some(names) => {
                let [drawn] = ports::system::random_bytes::<1>(&*lock(names));
                bytes.fill(drawn % 8);
            }
            None => self.bytes.fill(bytes),
        }
    }
}

struct SimChannel(Arc<World>);

#[async_trait]
impl Channel for SimChannel {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    async fn send(
        &self,
        _address: &ChannelAddress,
        notification: &Notification,
    ) -> Result<(), NotifyError> {
        let is_alert = notification.kind == NotificationKind::NeedsDecision;
        let limit = Duration::from_secs(10);
        let refused = self.0.faults.occurs(&self.0.dice, self.0.faults.messenger);
        let sent = exchange(
            &self.0,
            "notify the operator",
            Endpoint::Gateway,
            limit,
            move |world| {
                if is_alert && !refused {
                    *lock(&world.alerts) += 1;
                }
            },
        );
        match sent.await {
            Ok(()) if !refused => Ok(()),
            _ => Err(NotifyError::Unavailable),
        }
    }
}
