//! What is wrong with a router, and what to do about it.

use std::time::Duration;

use domain::credentials::HotspotName;
use domain::ids::RouterId;
use domain::purchase::{AccessState, Purchase, PurchaseState};
use domain::router::{Router, RouterStatus, TlsMode};
use domain::time::Timestamp;
use ports::hotspot::{HotspotError, TlsTrouble};
use ports::router_admin::Inspection;
use ports::store::Scope;
use ports::store::purchases::PurchaseFilter;
use router_kit::advisory::known_of;
use router_kit::garden::compare;
use router_kit::quote::quoted;
use router_kit::setup::{API_GROUP, API_POLICY};

use crate::app::App;
use crate::caller::Session;
use crate::error::Failure;
use crate::operator::router_kit::{adopt_pending_user, own_router, surroundings};
use crate::operator::routers::RouterError;
use crate::operator::walled_garden::{GardenEntry, wanted};
use crate::secrets;

/// Newest sales whose users are looked for.
const SALES: i64 = 50;
/// Users that were sold before may have been tidied away by the operator.
const LATELY: Duration = Duration::from_hours(24);
/// A clock may be off by this much: certificates and limits do not mind.
const CLOCK_TOLERANCE: Duration = Duration::from_mins(5);

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something to look at.
    Warning,
    /// Customers cannot buy, or cannot use what they bought.
    Error,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nobody answers at the address.
    Unreachable,
    /// The address is not one that the owner of this installation allows.
    AddressNotAllowed,
    /// Wrong port, or no TLS where it is expected, or the other way round.
    Tls(TlsTrouble),
    /// What answers is no RouterOS API.
    NotRouterOs,
    /// Another certificate than the one recorded.
    CertificateChanged,
    /// No certificate is recorded: whoever answers is believed.
    CertificateNotPinned,
    /// Wrong user or password.
    WrongPassword,
    /// The RouterOS user lacks this policy.
    MissingPolicy(&'static str),
    /// Device mode keeps the hotspot from working.
    DeviceMode,
    /// There is no hotspot server.
    NoHotspot,
    /// This hotspot server is off, or the router calls it invalid.
    HotspotStopped(String),
    /// This hotspot server is on no interface, or on one that does not run.
    HotspotWithoutInterface(String),
    /// (Nearly) all addresses of a pool are in use.
    PoolExhausted {
        /// The pool.
        pool: String,
        /// Addresses in use.
        used: u64,
        /// Addresses in it.
        size: u64,
    },
    /// A product names a user profile that is not there.
    ProfileMissing(String),
    /// The walled garden is not as it should be.
    GardenDrifted {
        /// Entries that are missing.
        missing: usize,
        /// Entries of ours that should not be there.
        surplus: usize,
    },
    /// An entry of the operator's own lets phones believe that there is no portal.
    PortalHidden(String),
    /// The router's clock is off by so many seconds, ahead if positive.
    ClockWrong(i64),
    /// Sold users that the router does not have.
    UsersMissing(Vec<String>),
    /// Users that are used up, or whose money went back, and are still there and enabled.
    UsersExpired(Vec<String>),
    /// A version of which something bad is known.
    VersionKnownBad {
        /// As the router prints it.
        version: String,
        /// What is known.
        names: Vec<&'static str>,
    },
}

impl Finding {
    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Unreachable
            | Self::AddressNotAllowed
            | Self::Tls(_)
            | Self::NotRouterOs
            | Self::CertificateChanged
            | Self::WrongPassword
            | Self::MissingPolicy(_)
            | Self::DeviceMode
            | Self::NoHotspot
            | Self::HotspotStopped(_)
            | Self::HotspotWithoutInterface(_)
            | Self::PoolExhausted { .. }
            | Self::ProfileMissing(_) => Severity::Error,
            Self::CertificateNotPinned
            | Self::GardenDrifted { .. }
            | Self::PortalHidden(_)
            | Self::ClockWrong(_)
            | Self::UsersMissing(_)
            | Self::UsersExpired(_)
            | Self::VersionKnownBad { .. } => Severity::Warning,
        }
    }

    /// What to paste into the router's terminal, where a command helps.
    #[must_use]
    pub fn command(&self, router: &Router) -> Option<String> {
        let service = if router.tls.mode == TlsMode::None {
            "api"
        } else {
            "api-ssl"
        };
        let port = router.port;
        Some(match self {
            Self::Unreachable | Self::NotRouterOs => {
                format!("/ip service set {service} disabled=no port={port}; /ip service print")
            }
            Self::Tls(TlsTrouble::NoCertificate) => {
                "/certificate add name=wifi-ventas-api common-name=wifi-ventas-api \
                 days-valid=3650; /certificate sign wifi-ventas-api; :delay 5s; \
                 /ip service set api-ssl certificate=wifi-ventas-api"
                    .to_owned()
            }
            Self::Tls(_) => "/ip service print".to_owned(),
            Self::MissingPolicy(_) => {
                let (group, user) = (quoted(API_GROUP), quoted(&router.username));
                format!(
                    "/user group add name={group} policy={API_POLICY}; \
                     /user set [find where name={user}] group={group}"
                )
            }
            Self::DeviceMode => {
                "/system/device-mode/update hotspot=yes scheduler=yes fetch=yes".to_owned()
            }
            Self::NoHotspot => "/ip hotspot setup".to_owned(),
            Self::HotspotStopped(server) => {
                format!("/ip hotspot enable [find where name={}]", quoted(server))
            }
            Self::HotspotWithoutInterface(_) => {
                "/ip hotspot print detail; /interface print".to_owned()
            }
            Self::PoolExhausted { pool, .. } => {
                format!("/ip pool print where name={}", quoted(pool))
            }
            Self::ProfileMissing(profile) => {
                format!("/ip hotspot user profile add name={}", quoted(profile))
            }
            Self::PortalHidden(host) => {
                let host = quoted(host);
                format!("/ip hotspot walled-garden disable [find where dst-host={host}]")
            }
            Self::ClockWrong(_) => {
                "/system ntp client set enabled=yes; /system clock print".to_owned()
            }
            Self::UsersExpired(names) => {
                let one = |name: &String| {
                    format!(
                        "/ip hotspot user disable [find where name={}]",
                        quoted(name)
                    )
                };
                names.iter().map(one).collect::<Vec<_>>().join("; ")
            }
            Self::VersionKnownBad { .. } => "/system package update check-for-updates".to_owned(),
            Self::AddressNotAllowed
            | Self::CertificateChanged
            | Self::CertificateNotPinned
            | Self::WrongPassword
            | Self::GardenDrifted { .. }
            | Self::UsersMissing(_) => return None,
        })
    }
}

/// What a router is held against.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// User profiles that products name.
    pub profiles: Vec<String>,
    /// The walled garden; empty: not compared, because our own address is not known.
    pub garden: Vec<GardenEntry>,
    /// Users that were sold and may log in.
    pub sold: Vec<HotspotName>,
    /// Those of them that were sold lately: older ones may have been tidied away.
    pub sold_lately: Vec<HotspotName>,
    /// Users whose money went back.
    pub returned: Vec<HotspotName>,
    /// Whether a certificate is used that nobody recorded.
    pub trusts_any_certificate: bool,
}

/// What connecting to a router without success means.
#[must_use]
pub fn judge_failure(error: &HotspotError) -> Finding {
    match error {
        HotspotError::AddressNotAllowed => Finding::AddressNotAllowed,
        HotspotError::Tls(trouble) => Finding::Tls(*trouble),
        HotspotError::CertificateChanged => Finding::CertificateChanged,
        HotspotError::LoginRefused => Finding::WrongPassword,
        HotspotError::NotPermitted => Finding::MissingPolicy("api,read"),
        HotspotError::Unsupported(_) => Finding::NotRouterOs,
        HotspotError::TimedOut
        | HotspotError::Unreachable
        | HotspotError::Suspended
        | HotspotError::ProfileMissing
        | HotspotError::NamesTaken
        | HotspotError::Refused(_) => Finding::Unreachable,
    }
}

/// What is wrong with a router that was looked over at this moment; the worst first.
#[must_use]
pub fn judge(seen: &Inspection, expected: &Expected, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !seen.may_write {
        findings.push(Finding::MissingPolicy("write"));
    }
    if seen.hotspot_is_allowed == Some(false) {
        findings.push(Finding::DeviceMode);
    }
    judge_hotspot(seen, &mut findings);
    for profile in &expected.profiles {
        if !seen.profiles.contains(profile) {
            findings.push(Finding::ProfileMissing(profile.clone()));
        }
    }
    if expected.trusts_any_certificate && seen.fingerprint.is_some() {
        findings.push(Finding::CertificateNotPinned);
    }
    let difference = compare(&expected.garden, &seen.garden);
    if !expected.garden.is_empty() && !difference.is_empty() {
        findings.push(Finding::GardenDrifted {
            missing: difference.missing.len(),
            surplus: difference.surplus.len(),
        });
    }
    let hiding = difference.hiding.into_iter();
    findings.extend(hiding.map(|row| Finding::PortalHidden(row.host)));
    if let Some(clock) = seen.clock {
        let (ahead, behind) = (clock.since(now), now.since(clock));
        if ahead.max(behind) > CLOCK_TOLERANCE {
            let off_by = clock.unix_seconds().saturating_sub(now.unix_seconds());
            findings.push(Finding::ClockWrong(off_by));
        }
    }
    judge_users(seen, expected, &mut findings);
    if let Some(version) = &seen.version {
        let mut names: Vec<&str> = known_of(version).iter().map(|one| one.name).collect();
        names.dedup();
        if !names.is_empty() {
            findings.push(Finding::VersionKnownBad {
                version: version.clone(),
                names,
            });
        }
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    findings
}

fn judge_hotspot(seen: &Inspection, findings: &mut Vec<Finding>) {
    if seen.servers.is_empty() {
        findings.push(Finding::NoHotspot);
    }
    for server in &seen.servers {
        if server.interface.is_none() || !server.interface_is_running {
            findings.push(Finding::HotspotWithoutInterface(server.name.clone()));
        } else if !server.is_running {
            findings.push(Finding::HotspotStopped(server.name.clone()));
        }
    }
    for pool in &seen.pools {
        // One in twenty free, or none: the next customers get no address.
        if pool.size > 0 && pool.used.saturating_mul(20) >= pool.size.saturating_mul(19) {
            findings.push(Finding::PoolExhausted {
                pool: pool.name.clone(),
                used: pool.used,
                size: pool.size,
            });
        }
    }
}

fn judge_users(seen: &Inspection, expected: &Expected, findings: &mut Vec<Finding>) {
    let find = |name: &HotspotName| seen.users.iter().find(|user| user.name == name.as_str());
    let text = |name: &HotspotName| name.as_str().to_owned();
    let missing = expected
        .sold_lately
        .iter()
        .filter(|name| find(name).is_none());
    let missing: Vec<String> = missing.map(text).collect();
    if !missing.is_empty() {
        findings.push(Finding::UsersMissing(missing));
    }
    let is_enabled = |name: &&HotspotName| find(name).is_some_and(|user| !user.is_disabled);
    let returned = expected.returned.iter().filter(is_enabled);
    let used_up = expected
        .sold
        .iter()
        .filter(|name| find(name).is_some_and(|user| user.is_used_up && !user.is_disabled));
    let expired: Vec<String> = returned.chain(used_up).map(text).collect();
    if !expired.is_empty() {
        findings.push(Finding::UsersExpired(expired));
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The router, as its settings are now.
    pub router: Router,
    /// RouterOS version, if it told.
    pub version: Option<String>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// All in one word.
    pub status: RouterStatus,
}

/// Connects to a router, active or not, and says what is wrong. A user that a set-up script made
/// is taken over if it has come to work.
///
/// # Errors
/// [`RouterError`]; a router that cannot be reached is none.
pub async fn diagnose(
    app: &App,
    session: Session,
    id: &RouterId,
) -> Result<Diagnosis, RouterError> {
    let own = own_router(app, session, id).await?;
    examine(app, own.router).await
}

/// The same for whoever has the router.
pub(crate) async fn examine(app: &App, router: Router) -> Result<Diagnosis, RouterError> {
    let router = adopt_pending_user(app, router).await?;
    let expected = expected(app, &router).await?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let names: Vec<HotspotName> = expected
        .sold
        .iter()
        .chain(&expected.returned)
        .cloned()
        .collect();
    let (version, findings, status) = match app.ports.router_admin.inspect(&access, &names).await {
        Err(error) => (None, vec![judge_failure(&error)], RouterStatus::Down),
        Ok(seen) => {
            let findings = judge(&seen, &expected, app.now());
            let status = if findings.is_empty() {
                RouterStatus::Good
            } else {
                RouterStatus::Warnings
            };
            (seen.version, findings, status)
        }
    };
    Ok(Diagnosis {
        router,
        version,
        findings,
        status,
    })
}

async fn expected(app: &App, router: &Router) -> Result<Expected, RouterError> {
    let surroundings = surroundings(app, router).await?;
    let tenant = &router.tenant_id;
    let filter = PurchaseFilter {
        router_id: Some(router.id.clone()),
        ..PurchaseFilter::default()
    };
    let sales = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.purchases().list(tenant, &filter, SALES, 0).await
        })
        .await
        .map_err(Failure::from)?;
    let names = |wanted: &dyn Fn(&Purchase) -> bool| -> Vec<HotspotName> {
        let found = sales.purchases.iter().filter(|purchase| wanted(purchase));
        found
            .map(|purchase| purchase.access().name.clone())
            .collect()
    };
    let is_sold = |purchase: &Purchase| {
        purchase.state() == PurchaseState::Paid && purchase.access().state == AccessState::Active
    };
    let trusts_any = match router.tls.mode {
        TlsMode::Insecure => true,
        TlsMode::FirstUse => router.tls.fingerprint.is_none(),
        TlsMode::None | TlsMode::Pinned | TlsMode::Authority | TlsMode::Public => false,
    };
    Ok(Expected {
        profiles: surroundings.profiles(),
        // Without a public address there is nothing to compare with.
        garden: wanted(app, router, &surroundings).unwrap_or_default(),
        sold: names(&is_sold),
        sold_lately: names(&|purchase| {
            let activated = purchase.access().activated_at;
            is_sold(purchase) && activated.is_some_and(|at| app.now().since(at) < LATELY)
        }),
        returned: names(&|purchase| {
            matches!(
                purchase.state(),
                PurchaseState::Refunded | PurchaseState::ChargedBack
            )
        }),
        trusts_any_certificate: trusts_any,
    })
}
