//! The request's own run over its purchase, and what the customer is answered.
//!
//! It runs as a task detached from the request: client disconnects do not cancel it.

use domain::purchase::{AccessState, Purchase, PurchaseState};
use domain::secret::Secret;
use ports::hotspot::{DeviceConnection, DeviceLogin, RouterAccess};
use ports::payments::{ChargeRequest, GatewayAccount};

use crate::app::App;
use crate::crash::{self, remote};
use crate::error::Failure;
use crate::operator::routers::pin_certificate;
use crate::purchase::engine::charge::ChargeJob;
use crate::purchase::engine::{Engine, RunEnd};
use crate::purchase::persistence;
use crate::purchase::status::{self, AutoConnection, PurchaseAnswer};

/// A stored purchase with all that its request brought along.
pub(crate) struct Job {
    pub(crate) purchase: Purchase,
    pub(crate) router: RouterAccess,
    pub(crate) account: GatewayAccount,
    pub(crate) request: ChargeRequest,
    pub(crate) password: Secret,
}

/// Runs the purchase to its answer.
pub(crate) async fn run(app: &App, job: Job) -> Result<PurchaseAnswer, Failure> {
    let mut engine = Engine {
        app,
        announced: job.purchase.state(),
        purchase: job.purchase,
        router: Ok(Some(job.router.clone())),
        account: Ok(Some(job.account)),
        newer_account: None,
        // None can be requested while this lease holds.
        open_refund: None,
        job: Some(ChargeJob {
            request: job.request,
            password: job.password.clone(),
            is_sent: false,
        }),
        attempted: domain::purchase::Attempted::default(),
        read_answered: false,
    };
    let plan = engine.plan();
    let end = engine.run(plan).await;
    let purchase = engine.purchase;
    let is_sent = engine.job.is_some_and(|job| job.is_sent);
    // A failure here is one of ours after the charge, too: it is answered as unknown below.
    let end = match end {
        Ok(RunEnd::LeaseLost) if is_sent => persistence::restore_charge(app, &purchase)
            .await
            .map(|()| RunEnd::LeaseLost),
        end => end,
    };
    let answered = match end {
        Ok(RunEnd::Finished) => {
            if purchase.access().state == AccessState::Active {
                pin_certificate(app, &job.router).await;
            }
            let connection = connect(app, &job.router, &purchase, job.password).await;
            status::describe(app, purchase.clone(), connection)
        }
        Ok(RunEnd::LeaseEnding) if purchase.state() == PurchaseState::Charging => {
            return Ok(status::unknown(app, &purchase));
        }
        Ok(RunEnd::LeaseEnding | RunEnd::LeaseLost) => status::current(app, &purchase).await,
        Err(error) => Err(error),
    };
    match answered {
        // From the charge on a failure of ours leaves the outcome unknown, never undone.
        Err(error) if is_sent => {
            tracing::error!(purchase = %purchase.id(), %error, "charge outcome could not be stored");
            Ok(status::unknown(app, &purchase))
        }
        answered => answered,
    }
}

/// Logs the device in, if that was asked for and the access is active. Cannot fail the sale.
async fn connect(
    app: &App,
    router: &RouterAccess,
    purchase: &Purchase,
    password: Secret,
) -> AutoConnection {
    let device = &purchase.sale().device;
    let access = purchase.access();
    if access.state != AccessState::Active {
        return AutoConnection::NotTried;
    }
    let Some(mac) = device.mac.filter(|_| device.auto_connect) else {
        return AutoConnection::NotRequested;
    };
    let login = DeviceLogin {
        name: access.name.clone(),
        password,
        mac,
        ip: device.ip,
    };
    let call = app.ports.hotspot.connect_device(router, &login, true);
    match remote(crash::LOGIN, call).await {
        Ok(DeviceConnection::Connected(session)) => AutoConnection::Connected(session),
        Ok(DeviceConnection::NotConnected(why)) => AutoConnection::NotConnected(why),
        Err(error) => {
            tracing::warn!(purchase = %purchase.id(), %error, "automatic login failed");
            AutoConnection::RouterFailed
        }
    }
}
