//! A router in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::secret::Secret;
use domain::voucher::HotspotName;
use ports::hotspot::{
    Activation, DeviceConnection, DeviceLogin, HotspotError, HotspotGateway, HotspotUser,
    NotConnected, ProfileInfoOutcome, ProfileRow, ReconnectOutcome, Reconnection, Removal,
    RemovalOutcome, Reservation, Reserved, RouterAccess, RouterProbe, SessionInfo, UserProfileInfo,
};

/// A user as the router has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserRow {
    pub(crate) id: String,
    pub(crate) password: String,
    pub(crate) profile: String,
    pub(crate) comment: String,
    pub(crate) disabled: bool,
}

#[derive(Default)]
struct State {
    /// By router id and user name.
    users: BTreeMap<(String, String), UserRow>,
    /// Users with a session, by name.
    sessions: BTreeMap<String, SessionInfo>,
    trouble: Option<HotspotError>,
    /// Only this step fails.
    failing_step: Option<(&'static str, HotspotError)>,
    last_access: Option<RouterAccess>,
    ids: u32,
}

/// All routers of a world: their users, sessions and faults. Every router knows the profiles
/// `default` and `1hora`, and every device is on its hotspot.
#[derive(Default)]
pub(crate) struct FakeRouter(Mutex<State>);

/// Profiles with every property set in one of them.
fn profile_rows() -> Vec<ProfileRow> {
    let text = |text: &str| Some(text.to_owned());
    vec![
        ProfileRow {
            id: text("*1"),
            name: text("default"),
            session_timeout: None,
            idle_timeout: text("5m"),
            rate_limit: text("2M/2M"),
            address_list: text(""),
            shared_users: text("1"),
            keepalive_timeout: text("2m"),
            status_autorefresh: text("1m"),
            mac_cookie_timeout: text("3d"),
        },
        ProfileRow {
            id: text("*2"),
            name: text("1hora"),
            session_timeout: text("1h"),
            idle_timeout: text("10m"),
            rate_limit: text("5M/5M"),
            address_list: text(""),
            shared_users: text("1"),
            keepalive_timeout: text("2m"),
            status_autorefresh: None,
            mac_cookie_timeout: None,
        },
    ]
}

impl FakeRouter {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on every command fails with this, or works again.
    pub(crate) fn fail_with(&self, trouble: Option<HotspotError>) {
        self.lock().trouble = trouble;
    }

    /// From now on this step (`reserve`, `activate`, ...) alone fails with this.
    pub(crate) fn fail_step(&self, step: &'static str, error: HotspotError) {
        self.lock().failing_step = Some((step, error));
    }

    /// The user of this name, on whichever router.
    pub(crate) fn user(&self, name: &str) -> Option<UserRow> {
        let state = self.lock();
        let found = state.users.iter().find(|((_, known), _)| known == name);
        found.map(|(_, row)| row.clone())
    }

    /// Names of users that can log in.
    pub(crate) fn enabled_users(&self) -> Vec<String> {
        let state = self.lock();
        let enabled = state.users.iter().filter(|(_, row)| !row.disabled);
        enabled.map(|((_, name), _)| name.clone()).collect()
    }

    /// How the router was last addressed: opened password and version included.
    pub(crate) fn last_access(&self) -> Option<RouterAccess> {
        self.lock().last_access.clone()
    }

    fn enter(
        &self,
        step: &'static str,
        router: &RouterAccess,
    ) -> Result<MutexGuard<'_, State>, HotspotError> {
        let mut state = self.lock();
        state.last_access = Some(router.clone());
        if let Some(trouble) = &state.trouble {
            return Err(trouble.clone());
        }
        match &state.failing_step {
            Some((failing, error)) if *failing == step => Err(error.clone()),
            _ => Ok(state),
        }
    }
}

fn key(router: &RouterAccess, name: &HotspotName) -> (String, String) {
    let router = router.router_id.as_str().to_owned();
    (router, name.as_str().to_owned())
}

fn session_of(user: &str, address: Option<String>) -> SessionInfo {
    SessionInfo {
        id: Some("*A1".to_owned()),
        user: user.to_owned(),
        address,
        uptime: Some("0s".to_owned()),
        bytes_in: Some("0".to_owned()),
        bytes_out: Some("0".to_owned()),
    }
}

#[async_trait]
impl HotspotGateway for FakeRouter {
    async fn reserve(
        &self,
        router: &RouterAccess,
        reservation: &Reservation,
    ) -> Result<Reserved, HotspotError> {
        let mut state = self.enter("reserve", router)?;
        let known = profile_rows();
        let wanted = Some(reservation.profile.as_str());
        if !known.iter().any(|row| row.name.as_deref() == wanted) {
            return Err(HotspotError::ProfileMissing);
        }
        for name in &reservation.candidates {
            if state.users.contains_key(&key(router, name)) {
                continue;
            }
            state.ids += 1;
            let id = format!("*{:X}", state.ids);
            let row = UserRow {
                id: id.clone(),
                password: reservation.password.expose().to_owned(),
                profile: reservation.profile.clone(),
                comment: reservation.comment.clone(),
                disabled: true,
            };
            state.users.insert(key(router, name), row);
            let name = name.clone();
            return Ok(Reserved {
                user: HotspotUser { name, id },
                may_be_added_again: false,
            });
        }
        Err(HotspotError::NamesTaken)
    }

    async fn activate(
        &self,
        router: &RouterAccess,
        user: &HotspotUser,
    ) -> Result<Activation, HotspotError> {
        let mut state = self.enter("activate", router)?;
        match state.users.get_mut(&key(router, &user.name)) {
            Some(row) if row.id == user.id => {
                row.disabled = false;
                row.comment.clear();
                Ok(Activation::Active)
            }
            _ => Ok(Activation::Gone),
        }
    }

    async fn remove(
        &self,
        router: &RouterAccess,
        removal: &Removal,
    ) -> Result<RemovalOutcome, HotspotError> {
        let mut state = self.enter("remove", router)?;
        for name in &removal.names {
            let at = key(router, name);
            let ours = state.users.get(&at).is_some_and(|row| {
                removal.id.as_ref() == Some(&row.id) || row.comment == removal.comment
            });
            if ours {
                state.users.remove(&at);
                state.sessions.remove(name.as_str());
            }
        }
        Ok(RemovalOutcome::Gone)
    }

    async fn connect_device(
        &self,
        router: &RouterAccess,
        login: &DeviceLogin,
        _fresh: bool,
    ) -> Result<DeviceConnection, HotspotError> {
        let mut state = self.enter("connect_device", router)?;
        let user = state.users.get(&key(router, &login.name));
        let Some(_) = user.filter(|row| !row.disabled && row.password == login.password.expose())
        else {
            return Ok(DeviceConnection::NotConnected(NotConnected::Refused));
        };
        let session = session_of(login.name.as_str(), login.ip.map(|ip| ip.to_string()));
        state
            .sessions
            .insert(login.name.as_str().to_owned(), session.clone());
        Ok(DeviceConnection::Connected(session))
    }

    async fn reconnect(
        &self,
        router: &RouterAccess,
        reconnection: &Reconnection,
    ) -> Result<ReconnectOutcome, HotspotError> {
        let mut state = self.enter("reconnect", router)?;
        let name = reconnection.base_name.clone();
        let at = (router.router_id.as_str().to_owned(), name.clone());
        let Some(row) = state.users.get(&at).cloned() else {
            return Ok(ReconnectOutcome::NotFound);
        };
        if row.password != reconnection.password.expose() {
            return Ok(ReconnectOutcome::NotFound);
        }
        let connection = if row.disabled {
            DeviceConnection::NotConnected(NotConnected::Disabled)
        } else {
            let session = session_of(&name, reconnection.ip.map(|ip| ip.to_string()));
            state.sessions.insert(name.clone(), session.clone());
            DeviceConnection::Connected(session)
        };
        Ok(ReconnectOutcome::User {
            name,
            uptime: Some("5m".to_owned()),
            connection,
        })
    }

    async fn profile_info(
        &self,
        router: &RouterAccess,
        name: &str,
        password: Option<Secret>,
        _known_password: Option<Secret>,
    ) -> Result<ProfileInfoOutcome, HotspotError> {
        let state = self.enter("profile_info", router)?;
        let at = (router.router_id.as_str().to_owned(), name.to_owned());
        let submitted = password.as_ref().map_or("", Secret::expose);
        let found = state.users.get(&at);
        let Some(row) = found.filter(|row| row.password == submitted) else {
            return Ok(ProfileInfoOutcome::WrongCredentials);
        };
        Ok(ProfileInfoOutcome::Found(Box::new(UserProfileInfo {
            name: name.to_owned(),
            is_pin: row.password.is_empty(),
            profile: Some(row.profile.clone()),
            mac_cookie_timeout: None,
            mac_authentication: false,
            disabled: row.disabled,
            comment: row.comment.clone(),
            limit_uptime: None,
            attributes: vec![
                (".id".to_owned(), row.id.clone()),
                ("name".to_owned(), name.to_owned()),
                ("profile".to_owned(), row.profile.clone()),
            ],
        })))
    }

    async fn profiles(&self, router: &RouterAccess) -> Result<Vec<ProfileRow>, HotspotError> {
        let _state = self.enter("profiles", router)?;
        Ok(profile_rows())
    }

    async fn probe(&self, router: &RouterAccess) -> Result<RouterProbe, HotspotError> {
        let _state = self.enter("probe", router)?;
        Ok(RouterProbe {
            identity: "MikroTik-Sucursal-Centro".to_owned(),
            profile_count: 4,
            version: Some("7.14.2 (stable)".to_owned()),
            fingerprint: None,
        })
    }
}
