//! Routers in memory, driven by the same commands in the same order as the real adapter sends.

mod routers;

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::secret::Secret;
use ports::hotspot::{
    Activation, ActivationRequest, DeviceConnection, DeviceLogin, HotspotError, HotspotGateway,
    HotspotUser, NotConnected, Ownership, ProfileInfoOutcome, ProfileRow, ReconnectOutcome,
    Reconnection, Removal, RemovalOutcome, Reservation, Reserved, RouterAccess, RouterProbe,
    SessionInfo, UserProfileInfo,
};

use self::routers::profiles;
pub use self::routers::{Command, Reply, Router, Routers, User};
use crate::fault::{Call, Fault, Faults, Lost, lock};

/// Tries of one command.
const TRIES: usize = 3;

/// The commands of one bounded piece of work on their way to a router.
#[async_trait]
pub trait RouterLink: Send + Sync {
    /// Sends a command and waits for its reply.
    ///
    /// # Errors
    /// [`Lost`]: after all but `NotSent` the command may have been carried out.
    async fn send(&self, command: Command) -> Result<Reply, Lost>;
}

/// What lies between us and the routers.
pub trait RouterNetwork: Send + Sync {
    /// A link for one piece of work on a router.
    fn open(&self, router: &RouterAccess) -> Box<dyn RouterLink>;
}

/// A network that neither delays nor loses anything.
struct Direct(Arc<Mutex<Routers>>);

struct DirectLink {
    routers: Arc<Mutex<Routers>>,
    router: RouterAccess,
}

impl RouterNetwork for Direct {
    fn open(&self, router: &RouterAccess) -> Box<dyn RouterLink> {
        Box::new(DirectLink {
            routers: Arc::clone(&self.0),
            router: router.clone(),
        })
    }
}

#[async_trait]
impl RouterLink for DirectLink {
    async fn send(&self, command: Command) -> Result<Reply, Lost> {
        Ok(lock(&self.routers).execute(&self.router.router_id, &command))
    }
}

/// The routers of a world: users, sessions, cookies, and faults. Every router has the profiles
/// `default` and `1hora`.
pub struct FakeHotspot {
    routers: Arc<Mutex<Routers>>,
    network: Arc<dyn RouterNetwork>,
    faults: Faults<HotspotError>,
    last_access: Mutex<Option<RouterAccess>>,
}

impl FakeHotspot {
    /// Empty routers, reached without delay.
    #[must_use]
    pub fn new() -> Self {
        let routers = Arc::<Mutex<Routers>>::default();
        let network = Arc::new(Direct(Arc::clone(&routers)));
        Self::over(routers, network)
    }

    /// These routers, reached over a network.
    #[must_use]
    pub fn over(routers: Arc<Mutex<Routers>>, network: Arc<dyn RouterNetwork>) -> Self {
        Self {
            routers,
            network,
            faults: Faults::default(),
            last_access: Mutex::default(),
        }
    }

    /// What the routers hold.
    #[must_use]
    pub fn routers(&self) -> &Mutex<Routers> {
        &self.routers
    }

    /// Asks `hook` before every call from now on.
    pub fn set_faults(
        &self,
        hook: impl Fn(&Call<'_>) -> Option<Fault<HotspotError>> + Send + Sync + 'static,
    ) {
        self.faults.set(Some(Arc::new(hook)));
    }

    /// From now on every call fails with this and has no effect.
    pub fn fail_all(&self, error: HotspotError) {
        self.set_faults(move |_call| Some(Fault::Before(error.clone())));
    }

    /// From now on this operation (`reserve`, `activate`, ...) alone fails and has no effect.
    pub fn fail(&self, operation: &'static str, error: HotspotError) {
        self.set_faults(move |call| {
            (call.operation == operation).then(|| Fault::Before(error.clone()))
        });
    }

    /// From now on everything works.
    pub fn recover(&self) {
        self.faults.set(None);
    }

    /// The user of this name, on whichever router.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<User> {
        let routers = lock(&self.routers);
        let mut all = routers.all.values();
        all.find_map(|router| router.named(name).next().cloned())
    }

    /// Names of users that can log in.
    #[must_use]
    pub fn enabled_users(&self) -> Vec<String> {
        let routers = lock(&self.routers);
        let users = routers.all.values().flat_map(|router| &router.users);
        let enabled = users.filter(|user| !user.is_disabled);
        enabled.map(|user| user.name.clone()).collect()
    }

    /// How a router was last addressed: opened password and version included.
    #[must_use]
    pub fn last_access(&self) -> Option<RouterAccess> {
        lock(&self.last_access).clone()
    }

    /// Does one piece of work, unless a fault comes before it.
    async fn call<T>(
        &self,
        operation: &'static str,
        router: &RouterAccess,
        work: impl Future<Output = Result<T, HotspotError>> + Send,
    ) -> Result<T, HotspotError> {
        *lock(&self.last_access) = Some(router.clone());
        let lost = self.faults.before(operation, router.router_id.as_str())?;
        let outcome = work.await;
        lost.map_or(outcome, Err)
    }

    fn work(&self, router: &RouterAccess) -> Work {
        Work(self.network.open(router))
    }
}

impl Default for FakeHotspot {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakeHotspot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeHotspot(..)")
    }
}

fn error(lost: Lost) -> HotspotError {
    match lost {
        Lost::TimedOut => HotspotError::TimedOut,
        Lost::NotSent | Lost::Broken | Lost::Failed => HotspotError::Unreachable,
    }
}

/// A reply that no router gives to the command.
fn nonsense(reply: &Reply) -> HotspotError {
    HotspotError::Refused(format!("unexpected reply {reply:?}"))
}

/// The user's id, if it is our reservation.
fn ours(users: &[User], comment: &str) -> Option<String> {
    users
        .iter()
        .find(|user| user.comment == comment && user.is_disabled)
        .map(|user| user.id.clone())
}

/// Whether a user of one of our names is ours.
fn is_ours(user: &User, own: &Ownership) -> bool {
    let has_password = own.password.as_ref().is_some_and(|known| {
        // Without an id the name may have been sold to somebody else since.
        let is_telling = own.id.is_some() && (!known.is_empty() || user.profile == own.profile);
        is_telling && known.expose() == user.password
    });
    user.comment == own.comment || own.id.as_ref() == Some(&user.id) || has_password
}

/// One bounded piece of work.
struct Work(Box<dyn RouterLink>);

impl Work {
    /// Sends a command that may be repeated until it is answered.
    async fn repeatedly(&self, command: Command) -> Result<Reply, HotspotError> {
        for _ in 1..TRIES {
            match self.0.send(command.clone()).await {
                Err(Lost::NotSent | Lost::Broken | Lost::Failed) => {}
                outcome => return outcome.map_err(error),
            }
        }
        self.0.send(command).await.map_err(error)
    }

    async fn find(&self, command: Command) -> Result<Vec<User>, HotspotError> {
        match self.repeatedly(command).await? {
            Reply::Users(users) => Ok(users),
            reply => Err(nonsense(&reply)),
        }
    }

    async fn reserve(&self, reservation: &Reservation) -> Result<Reserved, HotspotError> {
        for name in &reservation.candidates {
            if let Some((id, lost)) = self.take(name.as_str(), reservation).await? {
                let name = name.clone();
                return Ok(Reserved {
                    user: HotspotUser { name, id },
                    may_be_added_again: lost > 0,
                });
            }
        }
        Err(HotspotError::NamesTaken)
    }

    /// The id if the name is ours now, with the number of commands that may still be on their
    /// way; `None` if it is somebody else's.
    async fn take(
        &self,
        name: &str,
        reservation: &Reservation,
    ) -> Result<Option<(String, usize)>, HotspotError> {
        let comment = &reservation.comment;
        let add = Command::Add {
            name: name.to_owned(),
            password: reservation.password.expose().to_owned(),
            profile: reservation.profile.clone(),
            comment: comment.clone(),
        };
        let mut lost = 0_usize;
        let mut outcome = HotspotError::TimedOut;
        for _ in 0..TRIES {
            match self.0.send(add.clone()).await {
                Ok(Reply::Added(id)) => return Ok(Some((id, lost))),
                Ok(Reply::Duplicate) => {
                    let users = self.find(Command::FindAdded(name.to_owned())).await?;
                    return Ok(ours(&users, comment).map(|id| (id, lost.saturating_sub(1))));
                }
                Ok(Reply::NoSuchProfile) => return Err(HotspotError::ProfileMissing),
                Ok(reply) => return Err(nonsense(&reply)),
                Err(Lost::NotSent) => outcome = HotspotError::Unreachable,
                Err(why) => {
                    lost += 1;
                    outcome = error(why);
                    let users = self.find(Command::FindAdded(name.to_owned())).await?;
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

    async fn activate(&self, request: &ActivationRequest) -> Result<Activation, HotspotError> {
        let (user, own) = (&request.user, &request.ownership);
        let mut unproven = request.just_reserved.then(|| user.id.clone());
        let mut outcome = HotspotError::TimedOut;
        for _ in 0..TRIES {
            let id = if let Some(id) = unproven.take() {
                id
            } else {
                let name = user.name.as_str().to_owned();
                let users = self.find(Command::Find(name)).await?;
                let Some(found) = users.into_iter().find(|user| is_ours(user, own)) else {
                    return Ok(Activation::Gone);
                };
                if !found.is_disabled && found.comment != own.comment {
                    return Ok(Activation::Active(found.id));
                }
                found.id
            };
            match self.0.send(Command::Enable(id.clone())).await {
                Ok(Reply::Enabled(Some(_))) => return Ok(Activation::Active(id)),
                Ok(Reply::Enabled(None)) => return Ok(Activation::Gone),
                Ok(reply) => return Err(nonsense(&reply)),
                Err(lost) => outcome = error(lost),
            }
        }
        Err(outcome)
    }

    async fn remove(&self, removal: &Removal) -> Result<RemovalOutcome, HotspotError> {
        let mut outcome = RemovalOutcome::Gone;
        for name in &removal.names {
            if self.remove_name(removal, name.as_str()).await? == RemovalOutcome::Foreign {
                outcome = RemovalOutcome::Foreign;
            }
        }
        Ok(outcome)
    }

    async fn remove_name(
        &self,
        removal: &Removal,
        name: &str,
    ) -> Result<RemovalOutcome, HotspotError> {
        let users = self.find(Command::Find(name.to_owned())).await?;
        let (ours, others): (Vec<User>, Vec<User>) = users
            .into_iter()
            .partition(|user| is_ours(user, &removal.ownership));
        for user in ours.iter().filter(|user| !user.is_disabled) {
            self.repeatedly(Command::Disable(user.id.clone())).await?;
        }
        if !ours.is_empty() || (removal.ownership.id.is_some() && others.is_empty()) {
            self.repeatedly(Command::EndSessions(name.to_owned()))
                .await?;
        }
        for user in &ours {
            self.repeatedly(Command::Remove(user.id.clone())).await?;
        }
        Ok(if others.is_empty() {
            RemovalOutcome::Gone
        } else {
            RemovalOutcome::Foreign
        })
    }

    async fn log_in(&self, login: &DeviceLogin) -> Result<DeviceConnection, HotspotError> {
        let command = Command::LogIn {
            name: login.name.as_str().to_owned(),
            password: login.password.expose().to_owned(),
            mac: login.mac,
            ip: login.ip,
        };
        match self.0.send(command).await.map_err(error)? {
            Reply::LoggedIn(outcome) => Ok(connection(outcome)),
            reply => Err(nonsense(&reply)),
        }
    }
}

fn connection(outcome: Result<SessionInfo, NotConnected>) -> DeviceConnection {
    match outcome {
        Ok(session) => DeviceConnection::Connected(session),
        Err(why) => DeviceConnection::NotConnected(why),
    }
}

fn profile_info(user: &User) -> UserProfileInfo {
    let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    UserProfileInfo {
        name: user.name.clone(),
        is_pin: user.password.is_empty(),
        profile: Some(user.profile.clone()),
        mac_cookie_timeout: None,
        mac_authentication: false,
        disabled: user.is_disabled,
        comment: user.comment.clone(),
        limit_uptime: None,
        attributes: vec![
            attribute(".id", &user.id),
            attribute("name", &user.name),
            attribute("profile", &user.profile),
        ],
    }
}

#[async_trait]
impl HotspotGateway for FakeHotspot {
    async fn reserve(
        &self,
        router: &RouterAccess,
        reservation: &Reservation,
    ) -> Result<Reserved, HotspotError> {
        let work = self.work(router);
        self.call("reserve", router, work.reserve(reservation))
            .await
    }

    async fn activate(
        &self,
        router: &RouterAccess,
        request: &ActivationRequest,
    ) -> Result<Activation, HotspotError> {
        let work = self.work(router);
        self.call("activate", router, work.activate(request)).await
    }

    async fn remove(
        &self,
        router: &RouterAccess,
        removal: &Removal,
    ) -> Result<RemovalOutcome, HotspotError> {
        let work = self.work(router);
        self.call("remove", router, work.remove(removal)).await
    }

    async fn connect_device(
        &self,
        router: &RouterAccess,
        login: &DeviceLogin,
        _fresh: bool,
    ) -> Result<DeviceConnection, HotspotError> {
        let work = self.work(router);
        self.call("connect_device", router, work.log_in(login))
            .await
    }

    async fn reconnect(
        &self,
        router: &RouterAccess,
        reconnection: &Reconnection,
    ) -> Result<ReconnectOutcome, HotspotError> {
        let work = async {
            let mut routers = lock(&self.routers);
            let held = routers.of(&router.router_id);
            let (name, password) = (&reconnection.base_name, reconnection.password.expose());
            let is_known = held.named(name).any(|user| user.password == password);
            if !is_known {
                return Ok(ReconnectOutcome::NotFound);
            }
            let outcome = held.log_in(name, password, reconnection.mac, reconnection.ip);
            Ok(ReconnectOutcome::User {
                name: name.clone(),
                uptime: Some("5m".to_owned()),
                connection: connection(outcome),
            })
        };
        self.call("reconnect", router, work).await
    }

    async fn profile_info(
        &self,
        router: &RouterAccess,
        name: &str,
        password: Option<Secret>,
        _known_password: Option<Secret>,
    ) -> Result<ProfileInfoOutcome, HotspotError> {
        let work = async {
            let submitted = password.as_ref().map_or("", Secret::expose);
            let mut routers = lock(&self.routers);
            let mut users = routers.of(&router.router_id).named(name);
            let found = users.find(|user| user.password == submitted);
            Ok(found.map_or(ProfileInfoOutcome::WrongCredentials, |user| {
                ProfileInfoOutcome::Found(Box::new(profile_info(user)))
            }))
        };
        self.call("profile_info", router, work).await
    }

    async fn profiles(&self, router: &RouterAccess) -> Result<Vec<ProfileRow>, HotspotError> {
        let work = async { Ok(profiles()) };
        self.call("profiles", router, work).await
    }

    async fn certificate(&self, router: &RouterAccess) -> Result<Option<String>, HotspotError> {
        self.call("certificate", router, async { Ok(None) }).await
    }

    async fn probe(&self, router: &RouterAccess) -> Result<RouterProbe, HotspotError> {
        let work = async {
            Ok(RouterProbe {
                identity: "MikroTik-Sucursal-Centro".to_owned(),
                profile_count: 4,
                version: Some("7.14.2 (stable)".to_owned()),
                fingerprint: None,
            })
        };
        self.call("probe", router, work).await
    }
}
