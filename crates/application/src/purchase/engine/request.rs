//! The request's own work on its purchase: reserve, charge, enable, log in.
//!
//! Runs as a task of its own, so that a customer who disconnects cancels nothing. Every state is
//! committed before the remote call that follows it; a commit that fails stops the work there,
//! and workers take over when the lease ends.

use domain::purchase::{FailureReason, Purchase, PurchaseState};
use domain::secret::Secret;
use futures::future;
use ports::hotspot::{
    DeviceConnection, DeviceLogin, HotspotError, Reservation, Reserved, RouterAccess,
};
use ports::payments::{ChargeRequest, GatewayAccount, NotCharged};

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine::charge::{failure_notice, failure_reason, settle};
use crate::purchase::engine::{access, schedule};
use crate::purchase::persistence::{Extras, save};
use crate::purchase::status::{AutoConnection, PurchaseAnswer};
use crate::purchase::{persistence, status};

/// A stored purchase with all that its request brought along. The card token lives only here.
pub(crate) struct Job {
    pub(crate) purchase: Purchase,
    pub(crate) router: RouterAccess,
    pub(crate) account: GatewayAccount,
    pub(crate) request: ChargeRequest,
    pub(crate) password: Secret,
}

/// Why the preparation failed. Whatever it was, no money has moved.
enum NotPrepared {
    Router(HotspotError),
    Gateway(NotCharged),
}

/// Runs the purchase to its answer.
pub(crate) async fn run(app: &App, job: Job) -> Result<PurchaseAnswer, Failure> {
    let Job {
        mut purchase,
        router,
        account,
        request,
        password,
    } = job;
    fail::fail_point!(crate::crash::PURCHASE_CREATED);

    // A process that slept until its lease is nearly over must not reserve what a worker is
    // about to clean up.
    if !access::lease_covers(app, &purchase, app.settings.router_timeout) {
        return status::current(app, &purchase).await;
    }
    let began_at = app.now();
    let (reserved, order_id) =
        match prepare(app, &router, &account, &request, &purchase, &password).await {
            Ok(prepared) => prepared,
            Err(error) => return not_prepared(app, purchase, error).await,
        };
    fail::fail_point!(crate::crash::PURCHASE_RESERVED);

    // A charge that could outlast the lease is not begun: a worker may be ending the purchase.
    let gateway_timeout = app.settings.gateway_timeout;
    if !access::lease_covers(app, &purchase, gateway_timeout) {
        return status::current(app, &purchase).await;
    }
    access::note_lost_commands(app, &mut purchase, &reserved, began_at);
    let user = reserved.user;
    if purchase
        .begin_charge(user.name, user.id, order_id.clone(), app.now())
        .is_err()
    {
        return Err(Failure::Inconsistent(
            "a new purchase could not begin its charge",
        ));
    }
    if !save(app, &mut purchase, Extras::default()).await? {
        // A worker took over while this process slept: its removal may have come too early.
        persistence::queue(app, &purchase).await?;
        return status::current(app, &purchase).await;
    }
    fail::fail_point!(crate::crash::PURCHASE_CHARGING);

    // Nor is it sent by a process that was paused meanwhile: others may be reading what became of
    // it, and give it up.
    if !access::lease_covers(app, &purchase, gateway_timeout) {
        return Ok(status::unknown(app, &purchase));
    }
    let gateway = app.gateway(purchase.gateway);
    let outcome = gateway.charge(&account, order_id, &request).await;
    fail::fail_point!(crate::crash::PURCHASE_CHARGED);

    // From here on a failure of ours leaves the outcome unknown, never undone.
    match after_charge(app, &router, &account, purchase.clone(), outcome, password).await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            tracing::error!(purchase = %purchase.id, %error, "could not record a charge");
            Ok(status::unknown(app, &purchase))
        }
    }
}

/// Reserves the access and opens the order, side by side.
async fn prepare(
    app: &App,
    router: &RouterAccess,
    account: &GatewayAccount,
    request: &ChargeRequest,
    purchase: &Purchase,
    password: &Secret,
) -> Result<(Reserved, Option<String>), NotPrepared> {
    let reservation = Reservation {
        candidates: purchase.candidates.clone(),
        password: password.clone(),
        profile: purchase.profile_name.clone(),
        comment: purchase.reservation_comment(),
    };
    let reserve = async {
        app.ports
            .hotspot
            .reserve(router, &reservation)
            .await
            .map_err(NotPrepared::Router)
    };
    let order = async {
        app.gateway(purchase.gateway)
            .open_order(account, request)
            .await
            .map_err(NotPrepared::Gateway)
    };
    future::try_join(reserve, order).await
}

/// Ends the purchase and queues the removal of what may have been reserved.
async fn not_prepared(
    app: &App,
    mut purchase: Purchase,
    error: NotPrepared,
) -> Result<PurchaseAnswer, Failure> {
    let (reason, notice) = match &error {
        NotPrepared::Router(error) => (router_failure(error), None),
        NotPrepared::Gateway(error) => (failure_reason(*error), failure_notice(*error)),
    };
    if let NotPrepared::Router(error) = &error {
        tracing::warn!(purchase = %purchase.id, router = %purchase.router_id, %error, "not reserved");
    }
    let now = app.now();
    if purchase.fail(reason, now).is_err() {
        return Err(Failure::Inconsistent("a new purchase could not fail"));
    }
    // A command cut off from its answer may still be on its way to the router.
    purchase.next_attempt_at = Some(now.plus(app.settings.router_timeout));
    purchase.locked_until = None;
    let mut extras = Extras::notices(notice);
    extras.release_keys = true;
    if !save(app, &mut purchase, extras).await? {
        return status::current(app, &purchase).await;
    }
    fail::fail_point!(crate::crash::PURCHASE_FAILED);
    status::describe(app, purchase, AutoConnection::NotTried)
}

const fn router_failure(error: &HotspotError) -> FailureReason {
    match error {
        HotspotError::TimedOut => FailureReason::RouterTimeout,
        HotspotError::ProfileMissing => FailureReason::ProfileMissing,
        HotspotError::NamesTaken => FailureReason::NamesTaken,
        _ => FailureReason::RouterRefused,
    }
}

async fn after_charge(
    app: &App,
    router: &RouterAccess,
    account: &GatewayAccount,
    mut purchase: Purchase,
    outcome: ports::payments::ChargeOutcome,
    password: Secret,
) -> Result<PurchaseAnswer, Failure> {
    let extras = settle(app, account, &mut purchase, outcome)
        .await
        .map_err(|_refused| Failure::Inconsistent("the outcome of a charge does not fit"))?;
    let paid = purchase.state == PurchaseState::Paid;
    if !paid {
        let [random] = app.random_bytes::<1>();
        purchase.next_attempt_at =
            schedule::next_look(&purchase, false, &app.settings, app.now(), random);
        purchase.locked_until = None;
    }
    if !save(app, &mut purchase, extras).await? {
        return status::current(app, &purchase).await;
    }
    fail::fail_point!(crate::crash::PURCHASE_SETTLED);
    if !paid {
        return status::describe(app, purchase, AutoConnection::NotTried);
    }
    deliver(app, router, purchase, password).await
}

/// Enables the paid access and logs the device in. Nothing here can fail the sale.
async fn deliver(
    app: &App,
    router: &RouterAccess,
    mut purchase: Purchase,
    password: Secret,
) -> Result<PurchaseAnswer, Failure> {
    let step = access::enable(app, router, &mut purchase).await?;
    fail::fail_point!(crate::crash::PURCHASE_ACTIVATED);
    if step == access::Step::Lost {
        return status::current(app, &purchase).await;
    }
    let enabled = step == access::Step::Done;
    purchase.locked_until = None;
    purchase.next_attempt_at = if enabled {
        None
    } else {
        purchase.attempts = purchase.attempts.saturating_add(1);
        schedule::next_look(&purchase, false, &app.settings, app.now(), 0)
    };
    let saved = save(app, &mut purchase, Extras::default()).await;
    if !matches!(saved, Ok(true)) {
        // The router has it enabled; a worker will find that out and record it.
        return status::current(app, &purchase).await;
    }
    fail::fail_point!(crate::crash::PURCHASE_RECORDED);
    let connection = if enabled {
        connect(app, router, &purchase, password).await
    } else {
        AutoConnection::NotTried
    };
    fail::fail_point!(crate::crash::PURCHASE_CONNECTED);
    status::describe(app, purchase, connection)
}

async fn connect(
    app: &App,
    router: &RouterAccess,
    purchase: &Purchase,
    password: Secret,
) -> AutoConnection {
    let Some(mac) = purchase.device.mac.filter(|_| purchase.device.auto_connect) else {
        return AutoConnection::NotRequested;
    };
    let login = DeviceLogin {
        name: purchase.hotspot_name.clone(),
        id: purchase.hotspot_id.clone(),
        password,
        mac,
        ip: purchase.device.ip,
    };
    match app.ports.hotspot.connect_device(router, &login, true).await {
        Ok(DeviceConnection::Connected(session)) => AutoConnection::Connected(session),
        Ok(DeviceConnection::NotConnected(why)) => AutoConnection::NotConnected(why),
        Err(error) => {
            tracing::warn!(purchase = %purchase.id, %error, "automatic login failed");
            AutoConnection::RouterFailed
        }
    }
}
