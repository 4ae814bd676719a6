//! Starting a purchase: idempotency, checks, the first transaction.

use std::sync::Arc;

use domain::credentials::{CredentialFormat, CredentialKind, HotspotName};
use domain::gateway::PaymentMark;
use domain::ids::AttemptId;
use domain::purchase::{Person, Purchase, Sale};
use domain::secret::Secret;
use domain::time::Timestamp;
use futures::channel::oneshot;
use ports::payments::{ChargeRequest, GatewayAccount, ReferenceParts};
use ports::security::to_hex;
use ports::store::error::{StoreError, constraints};
use ports::store::products::Offer;
use ports::store::purchases::{KeyKind, KeyedPurchase};
use ports::store::{Scope, UnitOfWork};
use ports::system::Task;

use crate::app::App;
use crate::caller::Portal;
use crate::crash::{self, commit};
use crate::purchase::command::{StartPurchase, StartPurchaseError, Throttled};
use crate::purchase::engine::request::{self, Job};
use crate::purchase::idempotency::RequestKeys;
use crate::purchase::status::{self, PurchaseAnswer};
use crate::secrets;

/// How often concurrent requests for the same keys may collide before we give up.
const MAX_COLLISIONS: usize = 5;
/// User names drawn for one purchase.
const CANDIDATES: usize = 4;
/// How often names are drawn anew, one character longer each time.
const MAX_DRAWS: usize = 4;

/// Asked once before a new purchase is looked into, never for a repeated request: whether the
/// caller's rate limits allow it.
pub type Permit<'a> = &'a (dyn Fn() -> Result<(), Throttled> + Sync);

/// Sells access, or tells how the same purchase fared that was begun before: by a request with the
/// same keys, or by the same person for the same product, as long as its outcome is open. The sale
/// itself goes on when the caller stops waiting.
///
/// # Errors
/// [`StartPurchaseError`]: nothing was charged.
pub async fn start_purchase(
    app: &Arc<App>,
    portal: &Portal,
    command: StartPurchase,
    permit: Permit<'_>,
) -> Result<PurchaseAnswer, StartPurchaseError> {
    let keys = RequestKeys::of(app, &command);
    let mut is_permitted = false;
    for _ in 0..MAX_COLLISIONS {
        let mut ask = || {
            if !is_permitted {
                permit()?;
                is_permitted = true;
            }
            Ok(())
        };
        match open(app, portal, &command, &keys, &mut ask).await? {
            Opening::Existing(purchase) => return Ok(status::join(app, *purchase).await?),
            Opening::New(job) => return run_detached(app, *job).await,
            Opening::Collided => {}
        }
    }
    Err(StartPurchaseError::Busy)
}

/// Runs the job as a task detached from the request (client disconnects do not cancel it), and
/// waits for its answer. A task that died may have sent the charge: its outcome is unknown, and the
/// workers find it.
async fn run_detached(app: &Arc<App>, job: Job) -> Result<PurchaseAnswer, StartPurchaseError> {
    let (id, attempt) = (job.purchase.id(), job.purchase.sale().attempt_id);
    let (sender, receiver) = oneshot::channel();
    let task: Task = {
        let app = Arc::clone(app);
        Box::pin(async move {
            let outcome = request::run(&app, job).await;
            // Nobody may be waiting any more; the purchase is stored either way.
            let _unheard = sender.send(outcome);
        })
    };
    app.ports.spawner.spawn(task);
    if let Ok(outcome) = receiver.await {
        return Ok(outcome?);
    }
    tracing::error!(purchase = %id, "the task of a purchase died");
    Ok(PurchaseAnswer::Open {
        token: status::public_token(app.ports.digests.as_ref(), attempt),
        is_pending: false,
        next_action: None,
    })
}

enum Opening {
    Existing(Box<Purchase>),
    New(Box<Job>),
    Collided,
}

/// Finds the purchase that these keys belong to, or stores a new one: one transaction.
async fn open(
    app: &App,
    portal: &Portal,
    command: &StartPurchase,
    keys: &RequestKeys,
    permit: &mut (dyn FnMut() -> Result<(), Throttled> + Send),
) -> Result<Opening, StartPurchaseError> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    if let Some(existing) = find_existing(work.as_mut(), portal, keys).await? {
        work.commit().await?;
        return Ok(Opening::Existing(Box::new(existing)));
    }
    if let Err(throttled) = permit() {
        work.rollback().await?;
        return Err(StartPurchaseError::Throttled(throttled));
    }
    let digest = customer_digest(app, command);
    let person = Person {
        router_id: portal.router_id.clone(),
        customer_digest: digest.clone(),
        mac: command.device.mac,
    };
    work.purchases().lock_person(&person).await?;
    let open = work
        .purchases()
        .find_open_of(&person, command.product_id)
        .await?;
    if let Some(open) = open {
        return lead_back(work, open, keys).await;
    }
    let offer = work
        .products()
        .find_offer(&portal.tenant_id, &portal.router_id, command.product_id)
        .await?;
    let prepared = match offer
        .ok_or(StartPurchaseError::ProductNotFound)
        .and_then(|offer| {
            let account = check(app, &offer, command)?;
            Ok((offer, account))
        }) {
        Ok(prepared) => prepared,
        Err(refusal) => {
            work.rollback().await?;
            return Err(refusal);
        }
    };
    let (offer, account) = prepared;
    let installation = work.maintenance().installation_id().await?;
    let candidates = draw_names(app, work.as_mut(), portal, command.credential_kind).await?;
    let (sale, password) = new_sale(app, portal, command, digest, &offer, &account, candidates);
    let public_token = status::public_token(app.ports.digests.as_ref(), sale.attempt_id);
    let digest = status::token_digest(app.ports.digests.as_ref(), &public_token);
    let locked_until = sale
        .created_at
        .plus(app.settings.purchases.purchase_budget());
    let stored = store(work, &sale, locked_until, &digest, keys).await;
    let purchase = match stored {
        Ok(purchase) => purchase,
        Err(error) if is_collision(&error) => return Ok(Opening::Collided),
        Err(error) => return Err(error.into()),
    };
    let router = secrets::open_router(app.ports.secrets.as_ref(), &offer.router)?;
    let request = charge_request(app, command, &offer, &purchase, installation);
    Ok(Opening::New(Box::new(Job {
        purchase,
        router,
        account,
        request,
        password,
    })))
}

/// Somebody who begins again while the first purchase is open (the phone has closed the portal's
/// window) means that one. The request's keys become its keys, so that a repeat of this request
/// leads there as well when it has ended: this card is not charged.
async fn lead_back(
    mut work: Box<dyn UnitOfWork>,
    open: Purchase,
    keys: &RequestKeys,
) -> Result<Opening, StartPurchaseError> {
    let all = keys.all();
    let claimed = work
        .purchases()
        .claim_keys(&open, &all, &keys.fingerprint)
        .await;
    let stored = match claimed {
        Ok(()) => work.commit().await,
        Err(error) => Err(error),
    };
    match stored {
        Ok(()) => Ok(Opening::Existing(Box::new(open))),
        Err(error) if is_collision(&error) => Ok(Opening::Collided),
        Err(error) => Err(error.into()),
    }
}

fn customer_digest(app: &App, command: &StartPurchase) -> String {
    let email = command.customer.email.as_str().to_lowercase();
    to_hex(&app.ports.digests.keyed("customer", email.as_bytes()))
}

/// The purchase that one of the keys belongs to, if it must be answered instead of a new one.
async fn find_existing(
    work: &mut dyn UnitOfWork,
    portal: &Portal,
    keys: &RequestKeys,
) -> Result<Option<Purchase>, StartPurchaseError> {
    if let Some(header) = &keys.header
        && let Some(found) = work
            .purchases()
            .find_by_key(&portal.router_id, header)
            .await?
    {
        return ensure_same_request(found, keys).map(Some);
    }
    let Some(token) = &keys.token else {
        return Ok(None);
    };
    let Some(found) = work
        .purchases()
        .find_by_key(&portal.router_id, token)
        .await?
    else {
        return Ok(None);
    };
    if keys
        .token_is_free(work, &portal.tenant_id, &found.purchase)
        .await?
    {
        // A sandbox token may be used again once its last purchase is over.
        work.purchases()
            .release_keys(found.purchase.id(), Some(KeyKind::CardToken))
            .await?;
        return Ok(None);
    }
    ensure_same_request(found, keys).map(Some)
}

fn ensure_same_request(
    found: KeyedPurchase,
    keys: &RequestKeys,
) -> Result<Purchase, StartPurchaseError> {
    if found.fingerprint == keys.fingerprint {
        Ok(found.purchase)
    } else {
        Err(StartPurchaseError::KeyReused)
    }
}

/// Refuses what cannot be sold, before anything is touched; opens the gateway account.
fn check(
    app: &App,
    offer: &Offer,
    command: &StartPurchase,
) -> Result<GatewayAccount, StartPurchaseError> {
    if !offer.product.is_active {
        return Err(StartPurchaseError::ProductNotFound);
    }
    if !offer.tenant.is_active {
        return Err(StartPurchaseError::TenantInactive);
    }
    if !offer.router.is_active {
        return Err(StartPurchaseError::RouterInactive);
    }
    let settings = offer.tenant.gateway(command.gateway);
    let secrets = app.ports.secrets.as_ref();
    let account = secrets::open_account(secrets, &offer.tenant.id, settings)?
        .ok_or(StartPurchaseError::GatewayNotConfigured)?;
    let price = offer.product.price.money();
    // A cent of difference is a portal's rounding; the product's price is charged anyway.
    if command
        .shown_price
        .is_some_and(|shown| shown.abs_diff(price.minor()) > 1)
    {
        return Err(StartPurchaseError::AmountMismatch);
    }
    if !app
        .gateway(command.gateway)
        .accepts_currency(price.currency())
    {
        return Err(StartPurchaseError::CurrencyNotAccepted);
    }
    Ok(account)
}

/// Draws names, none of which was sold before on this router. Where most short ones are taken,
/// longer ones are drawn.
async fn draw_names(
    app: &App,
    work: &mut dyn UnitOfWork,
    portal: &Portal,
    kind: CredentialKind,
) -> Result<Vec<HotspotName>, StartPurchaseError> {
    let mut fill = |bytes: &mut [u8]| app.ports.random.fill_credentials(bytes);
    let mut free: Vec<HotspotName> = Vec::new();
    for extra in 0..MAX_DRAWS {
        let format: CredentialFormat = app.settings.credentials.longer_by(extra);
        let drawn: Vec<HotspotName> = (0..CANDIDATES)
            .map(|_| format.draw_name(kind, &mut fill))
            .collect();
        let texts: Vec<String> = drawn.iter().map(|name| name.as_str().to_owned()).collect();
        let taken = work
            .purchases()
            .taken_names(&portal.router_id, &texts)
            .await?;
        for name in drawn {
            if !taken.iter().any(|text| text == name.as_str()) && !free.contains(&name) {
                free.push(name);
            }
        }
        if free.len() >= CANDIDATES / 2 {
            free.truncate(CANDIDATES);
            return Ok(free);
        }
    }
    if free.is_empty() {
        return Err(StartPurchaseError::Busy);
    }
    Ok(free)
}

fn new_sale(
    app: &App,
    portal: &Portal,
    command: &StartPurchase,
    customer_digest: String,
    offer: &Offer,
    account: &GatewayAccount,
    candidates: Vec<HotspotName>,
) -> (Sale, Secret) {
    let now = app.now();
    let attempt_id = AttemptId::from_random(app.random_bytes());
    let mut fill = |bytes: &mut [u8]| app.ports.random.fill_credentials(bytes);
    let password = CredentialFormat::draw_password(command.credential_kind, &mut fill);
    let context = secrets::hotspot_password(&portal.tenant_id, attempt_id);
    let parts = ReferenceParts {
        attempt_id,
        tenant_id: portal.tenant_id.clone(),
        product_id: offer.product.id,
        now,
    };
    let sale = Sale {
        attempt_id,
        tenant_id: portal.tenant_id.clone(),
        router_id: portal.router_id.clone(),
        product_id: offer.product.id,
        sale_name: offer.product.sale_name.clone(),
        profile_name: offer.product.profile_name.clone(),
        gateway: command.gateway,
        credentials_version: account.version,
        mode: account.mode,
        amount: offer.product.price.money(),
        customer: command.customer.clone(),
        customer_digest,
        device: command.device.clone(),
        credential_kind: command.credential_kind,
        candidates,
        hotspot_password: app.ports.secrets.seal(&context, &password),
        reference: app
            .gateway(command.gateway)
            .reference(&parts, app.ports.random.as_ref()),
        api_key_id: Some(portal.key_id.clone()),
        created_at: now,
    };
    (sale, password)
}

async fn store(
    mut work: Box<dyn UnitOfWork>,
    sale: &Sale,
    locked_until: Timestamp,
    token_digest: &str,
    keys: &RequestKeys,
) -> Result<Purchase, StoreError> {
    let purchases = work.purchases();
    let purchase = purchases.insert(sale, locked_until, token_digest).await?;
    purchases
        .claim_keys(&purchase, &keys.all(), &keys.fingerprint)
        .await?;
    commit(crash::CHECKOUT, work).await?;
    Ok(purchase)
}

fn is_collision(error: &StoreError) -> bool {
    matches!(error, StoreError::Serialization)
        || error.is_conflict_on(constraints::IDEMPOTENCY_KEY)
        || error.is_conflict_on(constraints::PURCHASE_HOTSPOT_NAME)
}

fn charge_request(
    app: &App,
    command: &StartPurchase,
    offer: &Offer,
    purchase: &Purchase,
    installation: String,
) -> ChargeRequest {
    let sale = purchase.sale();
    let base = app.settings.public_base_url.as_deref();
    let gateway = app.gateway(command.gateway);
    let notification_url = base.and_then(|base| gateway.notification_url(base, &sale.tenant_id));
    ChargeRequest {
        attempt_id: sale.attempt_id,
        reference: sale.reference.clone(),
        amount: sale.amount,
        method: command.method.clone(),
        product_id: offer.product.id,
        sale_name: sale.sale_name.clone(),
        customer: command.customer.clone(),
        fallback_phone: offer.tenant.contact_phone.clone(),
        customer_ip: command.device.ip,
        notification_url,
        mark: PaymentMark {
            installation,
            tenant: sale.tenant_id.clone(),
            router: sale.router_id.clone(),
            purchase: purchase.id(),
            attempt: sale.attempt_id,
        },
    }
}
