//! Devices of customers who have bought: reconnection, profile, check of a router.

use std::net::Ipv4Addr;

use domain::network::MacAddress;
use domain::purchase::PurchaseState;
use domain::secret::Secret;
use ports::hotspot::{HotspotError, ProfileInfoOutcome, ReconnectOutcome, Reconnection};
use ports::security::equal_in_constant_time;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
use crate::operator::routers::pin_certificate;
use crate::secrets;

/// A returning device and the credentials that the portal kept.
#[derive(Debug, Clone)]
pub struct Reconnect {
    /// User name, decoded; may end in `_RANDMAC<n>`.
    pub username: String,
    /// Password; empty for PIN users.
    pub password: Secret,
    /// The device.
    pub mac: MacAddress,
    /// Its address as the portal says.
    pub ip: Option<Ipv4Addr>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReconnectAnswer {
    /// The operator is switched off.
    TenantInactive,
    /// The router is switched off.
    RouterInactive,
    /// No such user, or another password: told alike. The portal may forget the credentials.
    /// An access that was sold and has ended is [`ReconnectOutcome::NotFound`] instead: its owner
    /// did not guess.
    Unknown,
    /// The router answered.
    Outcome(ReconnectOutcome),
    /// The router did not answer: the credentials may well be good.
    RouterFailed(HotspotError),
}

/// The name without a clone's suffix: `PT-K7Q2M_RANDMAC3` is `PT-K7Q2M`.
#[must_use]
pub fn base_name(username: &str) -> &str {
    match username.rsplit_once("_RANDMAC") {
        Some((base, digits))
            if !base.is_empty()
                && !digits.is_empty()
                && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            base
        }
        _ => username,
    }
}

/// Logs a returning device in (docs/reference/http-contract.md, section 17).
///
/// # Errors
/// [`Failure`].
pub async fn reconnect(
    app: &App,
    portal: &Portal,
    command: Reconnect,
) -> Result<ReconnectAnswer, Failure> {
    if !portal.tenant_is_active {
        return Ok(ReconnectAnswer::TenantInactive);
    }
    if !portal.router_is_active {
        return Ok(ReconnectAnswer::RouterInactive);
    }
    // A MAC address is a user of the router's own, never one that we sold.
    if MacAddress::parse(&command.username).is_ok() {
        return Ok(ReconnectAnswer::Unknown);
    }
    let base = base_name(&command.username).to_owned();
    let (router, sold) = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            let router = uow
                .routers()
                .find(&portal.tenant_id, &portal.router_id)
                .await?;
            let sold = uow
                .purchases()
                .find_by_hotspot_name(&portal.router_id, &base)
                .await?;
            Ok((router, sold))
        })
        .await?;
    let known_password = match &sold {
        Some(purchase) => {
            let context =
                secrets::hotspot_password(&purchase.sale().tenant_id, purchase.sale().attempt_id);
            let known = app
                .ports
                .secrets
                .open(&context, &purchase.sale().hotspot_password)?;
            let same = equal_in_constant_time(
                known.expose().as_bytes(),
                command.password.expose().as_bytes(),
            );
            // For PIN users the submitted password does not count.
            if purchase.state() != PurchaseState::Paid || (!known.is_empty() && !same) {
                return Ok(ReconnectAnswer::Unknown);
            }
            Some(known)
        }
        None => None,
    };
    let router = router.ok_or(Failure::Inconsistent("a portal's router has vanished"))?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let was_sold = known_password.is_some();
    let reconnection = Reconnection {
        base_name: base,
        password: command.password,
        known_password,
        mac: command.mac,
        ip: command.ip,
    };
    Ok(
        match app.ports.hotspot.reconnect(&access, &reconnection).await {
            Ok(ReconnectOutcome::NotFound) if !was_sold => ReconnectAnswer::Unknown,
            Ok(outcome) => ReconnectAnswer::Outcome(outcome),
            Err(error) => ReconnectAnswer::RouterFailed(error),
        },
    )
}

/// What came of looking a user up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileInfoAnswer {
    /// The operator is switched off.
    TenantInactive,
    /// The router is switched off.
    RouterInactive,
    /// The router answered.
    Outcome(ProfileInfoOutcome),
    /// The router did not answer.
    RouterFailed(HotspotError),
}

/// Looks a hotspot user and its profile up, for whoever knows its credentials.
///
/// # Errors
/// [`Failure`].
pub async fn profile_info(
    app: &App,
    portal: &Portal,
    username: &str,
    password: Option<Secret>,
) -> Result<ProfileInfoAnswer, Failure> {
    if !portal.tenant_is_active {
        return Ok(ProfileInfoAnswer::TenantInactive);
    }
    if !portal.router_is_active {
        return Ok(ProfileInfoAnswer::RouterInactive);
    }
    let (router, sold) = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            let router = uow
                .routers()
                .find(&portal.tenant_id, &portal.router_id)
                .await?;
            let sold = uow
                .purchases()
                .find_by_hotspot_name(&portal.router_id, username)
                .await?;
            Ok((router, sold))
        })
        .await?;
    let known_password = match &sold {
        // A reservation is nobody's business.
        Some(purchase) if purchase.state() != PurchaseState::Paid => {
            return Ok(ProfileInfoAnswer::Outcome(
                ProfileInfoOutcome::WrongCredentials,
            ));
        }
        Some(purchase) => {
            let context =
                secrets::hotspot_password(&purchase.sale().tenant_id, purchase.sale().attempt_id);
            Some(
                app.ports
                    .secrets
                    .open(&context, &purchase.sale().hotspot_password)?,
            )
        }
        None => None,
    };
    let router = router.ok_or(Failure::Inconsistent("a portal's router has vanished"))?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let outcome = app
        .ports
        .hotspot
        .profile_info(&access, username, password, known_password)
        .await;
    Ok(match outcome {
        Ok(outcome) => ProfileInfoAnswer::Outcome(outcome),
        Err(error) => ProfileInfoAnswer::RouterFailed(error),
    })
}

/// What a check of the portal's router found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouterCheck {
    /// Connected and logged in.
    Reachable,
    /// The operator is switched off.
    TenantInactive,
    /// The router is switched off.
    RouterInactive,
    /// It could not be reached or refused us.
    Unreachable(HotspotError),
}

/// Makes sure of a connection to the portal's router that is logged in.
///
/// # Errors
/// [`Failure`].
pub async fn validate_router(app: &App, portal: &Portal) -> Result<RouterCheck, Failure> {
    if !portal.tenant_is_active {
        return Ok(RouterCheck::TenantInactive);
    }
    if !portal.router_is_active {
        return Ok(RouterCheck::RouterInactive);
    }
    let router = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            uow.routers()
                .find(&portal.tenant_id, &portal.router_id)
                .await
        })
        .await?;
    let router = router.ok_or(Failure::Inconsistent("a portal's router has vanished"))?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    // Anybody with a portal's key may ask: no connection is made for it while one is open.
    Ok(match app.ports.hotspot.certificate(&access).await {
        Ok(_) => {
            pin_certificate(app, &access).await;
            RouterCheck::Reachable
        }
        Err(error) => RouterCheck::Unreachable(error),
    })
}

#[cfg(test)]
mod tests {
    use super::base_name;

    #[test]
    fn clones_are_reduced_to_their_base() {
        assert_eq!(base_name("PT-K7Q2M_RANDMAC3"), "PT-K7Q2M");
        assert_eq!(base_name("PT-K7Q2M_RANDMAC15"), "PT-K7Q2M");
        assert_eq!(base_name("PT-K7Q2M"), "PT-K7Q2M");
        assert_eq!(base_name("PT_RANDMAC"), "PT_RANDMAC");
        assert_eq!(base_name("_RANDMAC1"), "_RANDMAC1");
        assert_eq!(base_name("PT_RANDMACx"), "PT_RANDMACx");
    }
}
