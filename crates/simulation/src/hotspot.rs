//! A router over its table of users, behind a network that loses things: the same commands in
//! the same order as the real adapter sends.

use std::sync::Arc;
use std::time::Duration;

use application::sabotage::Sabotage;
use async_trait::async_trait;
use domain::ids::RouterId;
use domain::time::Timestamp;
use ports::hotspot::{
    Activation, DeviceConnection, DeviceLogin, HotspotError, HotspotGateway, HotspotUser,
    NotConnected, ProfileInfoOutcome, ProfileRow, ReconnectOutcome, Reconnection, Removal,
    RemovalOutcome, Reservation, Reserved, RouterAccess, RouterProbe, SessionInfo,
};

use crate::exchange::{Lost, exchange};
use crate::faults::Far;
use crate::locked::lock;
use crate::routers::{Added, Router, User};
use crate::world::World;

/// How long a step may take: what the server is configured with by default.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);
/// Tries of one command.
const TRIES: usize = 3;

/// The routers, as one replica reaches them.
pub(crate) struct SimHotspot {
    world: Arc<World>,
    bug: Option<Sabotage>,
}

impl SimHotspot {
    pub(crate) fn new(world: Arc<World>, bug: Option<Sabotage>) -> Self {
        Self { world, bug }
    }

    fn step(&self, router: &RouterAccess) -> Step {
        Step {
            world: Arc::clone(&self.world),
            router: router.router_id.clone(),
            deadline: self.world.now().plus(LIMIT),
            looks_up: self.bug != Some(Sabotage::NoLookupAfterLostReply),
        }
    }
}

fn id_text(id: u64) -> String {
    format!("*{id:X}")
}

fn id_number(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix('*')?, 16).ok()
}

fn error(lost: Lost) -> HotspotError {
    match lost {
        Lost::TimedOut => HotspotError::TimedOut,
        Lost::NotSent | Lost::Broken | Lost::Failed => HotspotError::Unreachable,
    }
}

/// One bounded piece of work.
struct Step {
    world: Arc<World>,
    router: RouterId,
    deadline: Timestamp,
    /// Whether it looks after a lost answer what became of its command.
    looks_up: bool,
}

impl Step {
    async fn send<T: Send + 'static>(
        &self,
        what: &str,
        effect: impl FnOnce(&Arc<World>, &mut Router) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let left = self.deadline.since(self.world.now());
        if left < Duration::from_millis(20) {
            return Err(Lost::TimedOut);
        }
        let down = lock(&self.world.routers).of(&self.router).down_until;
        if down.is_some_and(|until| self.world.now() < until) {
            self.world.tell(|| format!("-> {what}: the router is down"));
            let wait = self.world.dice.between(Duration::from_millis(5), left);
            self.world.scheduler.sleep(wait).await;
            return Err(Lost::NotSent);
        }
        let id = self.router.clone();
        let limit = left.mul_f64(0.7);
        exchange(&self.world, what, Far::Router, limit, move |world| {
            effect(world, lock(&world.routers).of(&id))
        })
        .await
    }

    /// Sends a command that may be repeated until it is answered.
    async fn repeatedly<T: Send + 'static>(
        &self,
        what: &str,
        effect: impl FnOnce(&Arc<World>, &mut Router) -> T + Clone + Send + 'static,
    ) -> Result<T, Lost> {
        for _ in 1..TRIES {
            match self.send(what, effect.clone()).await {
                Err(Lost::NotSent | Lost::Broken | Lost::Failed) => {}
                outcome => return outcome,
            }
        }
        self.send(what, effect).await
    }

    async fn find(&self, name: &str) -> Result<Vec<User>, Lost> {
        let copy = name.to_owned();
        self.repeatedly(&format!("find user {name}"), move |_, router| {
            router.named(&copy)
        })
        .await
    }

    async fn add(&self, name: &str, comment: &str) -> Result<Added, Lost> {
        let what = format!("add user {name} ({comment})");
        let left = self.deadline.since(self.world.now());
        if left < Duration::from_millis(20) {
            return Err(Lost::TimedOut);
        }
        let down = lock(&self.world.routers).of(&self.router).down_until;
        if down.is_some_and(|until| self.world.now() < until) {
            self.world.tell(|| format!("-> {what}: the router is down"));
            self.world
                .scheduler
                .sleep(left.min(Duration::from_secs(1)))
                .await;
            return Err(Lost::NotSent);
        }
        let (router, name, comment) = (self.router.clone(), name.to_owned(), comment.to_owned());
        let limit = left.mul_f64(0.7);
        exchange(&self.world, &what, Far::Router, limit, move |world| {
            let added = lock(&world.routers).add(&router, &name, &comment);
            world.tell(|| format!("router: add {name} ({comment}): {added:?}"));
            added
        })
        .await
    }

    /// The id if the name is ours now; `None` if it is somebody else's.
    /// With the number of commands that may still be on their way.
    async fn take(
        &self,
        name: &str,
        comment: &str,
    ) -> Result<Option<(String, usize)>, HotspotError> {
        let mut lost = 0_usize;
        let mut outcome = HotspotError::TimedOut;
        for _ in 0..TRIES {
            match self.add(name, comment).await {
                Ok(Added::Id(id)) => return Ok(Some((id_text(id), lost))),
                Ok(Added::Duplicate) if !self.looks_up => return Ok(None),
                Ok(Added::Duplicate) => {
                    let users = self.find(name).await.map_err(error)?;
                    return Ok(ours(&users, comment).map(|id| (id, lost.saturating_sub(1))));
                }
                Err(Lost::NotSent) => outcome = HotspotError::Unreachable,
                Err(why) => {
                    lost += 1;
                    outcome = error(why);
                    if !self.looks_up {
                        continue;
                    }
                    let users = self.find(name).await.map_err(error)?;
                    if let Some(id) = ours(&users, comment) {
                        return Ok(Some((id, lost - 1)));
                    }
                    if !users.is_empty() {
                        return Ok(None);
                    }
                }
            }
        }
        Err(outcome)
    }

    async fn remove(&self, removal: &Removal, name: &str) -> Result<RemovalOutcome, Lost> {
        let known = removal.id.as_deref().and_then(id_number);
        let users = self.find(name).await?;
        let (ours, others): (Vec<User>, Vec<User>) = users.into_iter().partition(|user| {
            user.comment == removal.comment || known.is_some_and(|id| id == user.id)
        });
        for id in ours
            .iter()
            .filter(|user| !user.is_disabled)
            .map(|user| user.id)
        {
            let what = format!("disable {name} {}", id_text(id));
            self.repeatedly(&what, move |_, router| router.disable(id))
                .await?;
        }
        if !ours.is_empty() || (known.is_some() && others.is_empty()) {
            let copy = name.to_owned();
            self.repeatedly(&format!("end sessions of {name}"), move |_, router| {
                router.sessions.remove(&copy);
            })
            .await?;
        }
        for id in ours.iter().map(|user| user.id) {
            let what = format!("remove {name} {}", id_text(id));
            self.repeatedly(&what, move |world, router| {
                router.remove(id);
                world.tell(|| format!("router: {} is gone", id_text(id)));
            })
            .await?;
        }
        Ok(if others.is_empty() {
            RemovalOutcome::Gone
        } else {
            RemovalOutcome::Foreign
        })
    }
}

fn ours(users: &[User], comment: &str) -> Option<String> {
    users
        .iter()
        .find(|user| user.comment == comment && user.is_disabled)
        .map(|user| id_text(user.id))
}

#[async_trait]
impl HotspotGateway for SimHotspot {
    async fn reserve(
        &self,
        router: &RouterAccess,
        reservation: &Reservation,
    ) -> Result<Reserved, HotspotError> {
        let step = self.step(router);
        for name in &reservation.candidates {
            if let Some((id, lost)) = step.take(name.as_str(), &reservation.comment).await? {
                let name = name.clone();
                return Ok(Reserved {
                    user: HotspotUser { name, id },
                    may_be_added_again: lost > 0,
                });
            }
        }
        Err(HotspotError::NamesTaken)
    }

    async fn activate(
        &self,
        router: &RouterAccess,
        user: &HotspotUser,
    ) -> Result<Activation, HotspotError> {
        let id = id_number(&user.id).ok_or(HotspotError::Refused("no id".to_owned()))?;
        let what = format!("enable {} {}", user.name, user.id);
        let enabled = self
            .step(router)
            .repeatedly(&what, move |world, router| {
                let enabled = router.enable(id);
                world.tell(|| format!("router: enable {}: {}", id_text(id), enabled.is_some()));
                if let Some(user) = &enabled {
                    world.watch_enabling(user);
                }
                enabled.is_some()
            })
            .await;
        match enabled {
            Ok(true) => Ok(Activation::Active),
            Ok(false) => Ok(Activation::Gone),
            Err(lost) => Err(error(lost)),
        }
    }

    async fn remove(
        &self,
        router: &RouterAccess,
        removal: &Removal,
    ) -> Result<RemovalOutcome, HotspotError> {
        let step = self.step(router);
        let mut outcome = RemovalOutcome::Gone;
        for name in &removal.names {
            let removed = step.remove(removal, name.as_str()).await.map_err(error)?;
            if removed == RemovalOutcome::Foreign {
                outcome = RemovalOutcome::Foreign;
            }
        }
        Ok(outcome)
    }

    async fn connect_device(
        &self,
        router: &RouterAccess,
        login: &DeviceLogin,
        _fresh: bool,
    ) -> Result<DeviceConnection, HotspotError> {
        let name = login.name.as_str().to_owned();
        let what = format!("log in {name}");
        let user = name.clone();
        let is_in = self
            .step(router)
            .send(&what, move |_, router| router.log_in(&name))
            .await
            .map_err(error)?;
        Ok(if is_in {
            DeviceConnection::Connected(SessionInfo {
                user,
                ..SessionInfo::default()
            })
        } else {
            DeviceConnection::NotConnected(NotConnected::Disabled)
        })
    }

    async fn reconnect(
        &self,
        _router: &RouterAccess,
        _reconnection: &Reconnection,
    ) -> Result<ReconnectOutcome, HotspotError> {
        Ok(ReconnectOutcome::NotFound)
    }

    async fn profile_info(
        &self,
        _router: &RouterAccess,
        _name: &str,
        _password: Option<domain::secret::Secret>,
        _known_password: Option<domain::secret::Secret>,
    ) -> Result<ProfileInfoOutcome, HotspotError> {
        Ok(ProfileInfoOutcome::WrongCredentials)
    }

    async fn profiles(&self, _router: &RouterAccess) -> Result<Vec<ProfileRow>, HotspotError> {
        Ok(Vec::new())
    }

    async fn probe(&self, _router: &RouterAccess) -> Result<RouterProbe, HotspotError> {
        Err(HotspotError::Unsupported("not simulated".to_owned()))
    }
}
