//! The daily audit: what the gateways were paid against what was served here, both ways.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::gateway::{GatewayKind, PaymentFacts, PaymentMark, PaymentStatus};
use domain::ids::{PurchaseId, TenantId};
use domain::purchase::{Purchase, PurchaseState};
use domain::time::Timestamp;
use ports::payments::{GatewayAccount, ReadError};
use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine;
use crate::purchase::persistence;
use crate::secrets;

/// How far back the first audit of an account looks, and the longest window asked for at once.
const WINDOW: Duration = Duration::from_hours(48);
/// Looked at once more by the next audit: gateways' lists lag behind, and a purchase may have been
/// in somebody's hands or have failed.
const OVERLAP: Duration = Duration::from_hours(48);
/// What is younger is still the business of requests and workers.
const SETTLING: Duration = Duration::from_mins(30);
/// How long an account belongs to the replica that audits it.
const LEASE: Duration = Duration::from_hours(2);
/// From one audit of an account to the next, less what replicas' timetables differ by.
const PERIOD: Duration = Duration::from_hours(20);
/// Versions of one gateway's settings looked at, and different credentials audited, at most.
const MAX_VERSIONS: usize = 20;
const MAX_KEYS: usize = 3;
/// Pages read at most for one window of one account.
const MAX_PAGES: usize = 200;

/// What an audit found, for logs and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditResult {
    /// Payments compared.
    pub compared: u64,
    /// Purchases read again because the two sides differed.
    pub corrected: u64,
    /// Differences that a person must look at.
    pub alerts: u64,
    /// Accounts that could not be read.
    pub unread: u64,
    /// Purchases and accounts that could not be compared because something of ours failed.
    pub failed: u64,
}

/// Audits every configured account that is due: all changes since its last audit. A purchase or an
/// account that fails is counted and delays no other.
///
/// # Errors
/// [`Failure`] when the accounts cannot be listed.
pub async fn audit_all(app: &App) -> Result<AuditResult, Failure> {
    let (accounts, installation) = app
        .read(Scope::Platform, async |uow| {
            let accounts = uow.tenants().list_configured_gateways().await?;
            let installation = uow.maintenance().installation_id().await?;
            Ok((accounts, installation))
        })
        .await?;
    let mut result = AuditResult::default();
    for (tenant, kind, version) in accounts {
        let audited = audit_tenant(app, &tenant, kind, version, &installation, &mut result);
        if let Err(error) = audited.await {
            tracing::error!(%tenant, %kind, %error, "audit failed");
            result.failed += 1;
        }
    }
    tracing::info!(?result, "daily audit finished");
    app.audit_alerts.store(result.alerts, Ordering::Relaxed);
    Ok(result)
}

/// Audits one account unless another replica has done so today.
async fn audit_tenant(
    app: &App,
    tenant: &TenantId,
    kind: GatewayKind,
    version: i64,
    installation: &str,
    result: &mut AuditResult,
) -> Result<(), Failure> {
    let now = app.now();
    let scope = Scope::Tenant(tenant.clone());
    let mut work = app.ports.store.begin(scope.clone()).await?;
    let lease_end = now.plus(LEASE);
    let claim = work
        .tenants()
        .claim_audit(tenant, kind, now, lease_end)
        .await?;
    work.commit().await?;
    let Some(claim) = claim else {
        return Ok(());
    };
    let from = claim
        .audited_until
        .map_or(now.minus(WINDOW), |until| until.minus(OVERLAP));
    let all = open_all(app, tenant, kind, version).await?;
    let mut present_is_read = false;
    for (number, keys) in all.iter().enumerate() {
        let is_present = number == 0;
        match audit_account(app, keys, kind, installation, (from, now), result).await? {
            AccountRead::Whole => present_is_read |= is_present,
            // Credentials that were replaced are often revoked as well.
            AccountRead::Refused if !is_present => {}
            AccountRead::Refused | AccountRead::Partly => result.unread += 1,
        }
    }
    if present_is_read {
        let mut work = app.ports.store.begin(scope).await?;
        work.tenants()
            .finish_audit(tenant, kind, now, now.plus(PERIOD))
            .await?;
        work.commit().await?;
    }
    Ok(())
}

/// How much of an account's changes could be read.
enum AccountRead {
    Whole,
    Partly,
    /// The credentials are refused.
    Refused,
}

/// One set of credentials, and the versions of the settings that had it.
struct Keys {
    account: GatewayAccount,
    versions: Vec<i64>,
}

/// The present credentials and those before them: what was charged shortly before a change shows
/// with the older ones only.
async fn open_all(
    app: &App,
    tenant: &TenantId,
    kind: GatewayKind,
    present: i64,
) -> Result<Vec<Keys>, Failure> {
    let mut all: Vec<Keys> = Vec::new();
    for version in (1..=present).rev().take(MAX_VERSIONS) {
        let Some(account) = open(app, tenant, kind, version).await? else {
            continue;
        };
        let same = |keys: &&mut Keys| keys.account.secret.expose() == account.secret.expose();
        if let Some(known) = all.iter_mut().find(same) {
            known.versions.push(version);
        } else if all.len() < MAX_KEYS {
            all.push(Keys {
                account,
                versions: vec![version],
            });
        }
    }
    Ok(all)
}

async fn open(
    app: &App,
    tenant: &TenantId,
    kind: GatewayKind,
    version: i64,
) -> Result<Option<GatewayAccount>, Failure> {
    let settings = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.tenants()
                .find_gateway_version(tenant, kind, version)
                .await
        })
        .await?;
    match settings {
        Some(settings) => Ok(secrets::open_account(
            app.ports.secrets.as_ref(),
            tenant,
            &settings,
        )?),
        None => Ok(None),
    }
}

async fn audit_account(
    app: &App,
    keys: &Keys,
    kind: GatewayKind,
    installation: &str,
    (from, to): (Timestamp, Timestamp),
    result: &mut AuditResult,
) -> Result<AccountRead, Failure> {
    let account = &keys.account;
    let mut seen = BTreeSet::new();
    let mut begin = from;
    while begin < to {
        let end = begin.plus(WINDOW).min(to);
        let mut cursor = None;
        for page_number in 0.. {
            if page_number == MAX_PAGES {
                tracing::warn!(tenant = %account.tenant_id, %kind, "audit has too many pages to read");
                return Ok(AccountRead::Partly);
            }
            let listed = app.gateway(kind).list_payments(account, begin, end, cursor);
            let page = match listed.await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(tenant = %account.tenant_id, %kind, %error, "audit could not read");
                    return Ok(match error {
                        ReadError::Refused => AccountRead::Refused,
                        ReadError::Unavailable | ReadError::Busy => AccountRead::Partly,
                    });
                }
            };
            for (facts, mark) in &page.payments {
                // No mark, another installation's, or of another tenant with the same account:
                // not our business.
                let mark = mark.as_ref().filter(|mark| {
                    mark.installation == installation && mark.tenant == account.tenant_id
                });
                let Some(mark) = mark else { continue };
                result.compared += 1;
                seen.insert(mark.purchase);
                let compared = compare(app, account, kind, facts, mark, to, result).await;
                note_failure(mark.purchase, compared, result);
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        begin = end;
    }
    served_but_not_listed(app, keys, kind, (from, to.minus(SETTLING)), &seen, result).await?;
    Ok(AccountRead::Whole)
}

fn note_failure(purchase: PurchaseId, done: Result<(), Failure>, result: &mut AuditResult) {
    if let Err(error) = done {
        tracing::error!(%purchase, %error, "a purchase could not be audited");
        result.failed += 1;
    }
}

/// Paid (or returned) there: is it so here?
async fn compare(
    app: &App,
    account: &GatewayAccount,
    kind: GatewayKind,
    facts: &PaymentFacts,
    mark: &PaymentMark,
    now: Timestamp,
    result: &mut AuditResult,
) -> Result<(), Failure> {
    let tenant = &account.tenant_id;
    let found = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            Ok(match &facts.reference {
                Some(reference) => uow.purchases().find_by_reference(kind, reference).await?,
                None => uow.purchases().find(mark.purchase).await?,
            })
        })
        .await?;
    let Some(purchase) = found.filter(|found| found.sale().attempt_id == mark.attempt) else {
        tracing::error!(%tenant, purchase = %mark.purchase, "a payment of ours has no purchase");
        result.alerts += 1;
        return Ok(());
    };
    if purchase.sale().created_at > now.minus(SETTLING) {
        return Ok(());
    }
    if differs(facts, &purchase) {
        read_again(app, &purchase, result).await?;
    }
    if contradicts(facts, &purchase) {
        tracing::error!(%tenant, purchase = %purchase.id(), "a payment and its sale do not agree");
        result.alerts += 1;
    }
    Ok(())
}

/// Whether the gateway's word and our state cannot both be right.
fn differs(facts: &PaymentFacts, purchase: &Purchase) -> bool {
    let has_money = !purchase.state().is_open() && !purchase.state().is_unpaid_end();
    match facts.status {
        PaymentStatus::Approved | PaymentStatus::PartiallyRefunded => {
            !has_money
                || facts
                    .refunded_minor
                    .is_some_and(|total| total > purchase.payment().refunded_minor)
        }
        PaymentStatus::Refunded | PaymentStatus::ChargedBack => !matches!(
            purchase.state(),
            PurchaseState::Refunded | PurchaseState::ChargedBack | PurchaseState::Refunding
        ),
        PaymentStatus::Declined(_)
        | PaymentStatus::Cancelled
        | PaymentStatus::Pending
        | PaymentStatus::Unknown => purchase.state() == PurchaseState::Paid,
    }
}

/// Whether a sale that is finished here was charged otherwise, or kept what we gave back. No
/// read mends that.
fn contradicts(facts: &PaymentFacts, purchase: &Purchase) -> bool {
    let is_taken = matches!(
        facts.status,
        PaymentStatus::Approved | PaymentStatus::PartiallyRefunded
    );
    let price = purchase
        .payment()
        .charged_minor
        .unwrap_or(purchase.sale().amount.minor());
    let amount_differs = facts.amount_minor.is_some_and(|minor| minor != price);
    let currency_differs = facts
        .currency
        .as_deref()
        .is_some_and(|code| !code.eq_ignore_ascii_case(purchase.sale().amount.currency().code()));
    is_taken
        && match purchase.state() {
            PurchaseState::Paid => amount_differs || currency_differs,
            PurchaseState::Refunded => true,
            _ => false,
        }
}

async fn read_again(
    app: &App,
    purchase: &Purchase,
    result: &mut AuditResult,
) -> Result<(), Failure> {
    if let Some(claimed) =
        persistence::claim_one(app, purchase.id(), &purchase.sale().tenant_id).await?
    {
        engine::refresh(app, claimed).await?;
        result.corrected += 1;
    }
    Ok(())
}

/// Served here: was it paid there?
async fn served_but_not_listed(
    app: &App,
    keys: &Keys,
    kind: GatewayKind,
    (from, to): (Timestamp, Timestamp),
    seen: &BTreeSet<PurchaseId>,
    result: &mut AuditResult,
) -> Result<(), Failure> {
    let tenant = &keys.account.tenant_id;
    let served = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.purchases()
                .list_paid_between(tenant, kind, from, to)
                .await
        })
        .await?;
    // Paid late, or at the very edge: its payment was made before the listed ones.
    let sure_from = from.plus(app.settings.purchases.purchase_budget());
    let missing = served
        .iter()
        .filter(|purchase| {
            purchase
                .payment()
                .charge_sent_at
                .is_some_and(|at| at >= sure_from)
        })
        .filter(|purchase| keys.versions.contains(&purchase.sale().credentials_version))
        .filter(|purchase| !seen.contains(&purchase.id()));
    for purchase in missing {
        tracing::error!(%tenant, purchase = %purchase.id(), "served, but the gateway lists no payment");
        result.alerts += 1;
        let read = read_again(app, purchase, result).await;
        note_failure(purchase.id(), read, result);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::contact::{Customer, Email};
    use domain::credentials::{CredentialKind, HotspotName};
    use domain::gateway::GatewayMode;
    use domain::ids::{ApiKeyId, AttemptId, ProductId, RouterId};
    use domain::money::{Currency, Money};
    use domain::purchase::{DeviceHints, Sale};
    use domain::secret::Sealed;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);

    fn paid() -> Purchase {
        let sale = Sale {
            attempt_id: AttemptId::from_random([7; 16]),
            tenant_id: TenantId::from_random([1; 5]),
            router_id: RouterId::from_random([1; 4]),
            product_id: ProductId::new(7),
            sale_name: "1 hora".to_owned(),
            profile_name: "1hora".to_owned(),
            gateway: GatewayKind::Conekta,
            credentials_version: 1,
            mode: GatewayMode::Test,
            amount: Money::from_minor(1999, Currency::Mxn),
            customer: Customer {
                name: "Ana".to_owned(),
                email: Email::from_stored("a@x.test"),
                phone: None,
            },
            customer_digest: String::new(),
            device: DeviceHints::default(),
            credential_kind: CredentialKind::Pin,
            candidates: vec![HotspotName::from_stored("PT-00001")],
            hotspot_password: Sealed::from_stored(""),
            reference: "att".to_owned(),
            api_key_id: Some(ApiKeyId::from_random([1; 8])),
            created_at: NOW,
        };
        in_state(
            PurchaseState::Paid,
            Purchase::new(PurchaseId::new(1), sale, NOW),
        )
    }

    fn in_state(state: PurchaseState, purchase: Purchase) -> Purchase {
        let mut stored = purchase.into_stored();
        stored.payment.state = state;
        stored.payment.charged_minor = Some(1999);
        Purchase::from_stored(stored)
    }

    fn payment(status: PaymentStatus) -> PaymentFacts {
        PaymentFacts {
            amount_minor: Some(1999),
            currency: Some("MXN".to_owned()),
            ..PaymentFacts::new(status, "word")
        }
    }

    #[test]
    fn both_sides_may_agree() {
        let facts = payment(PaymentStatus::Approved);
        assert!(!differs(&facts, &paid()) && !contradicts(&facts, &paid()));
    }

    #[test]
    fn money_that_only_one_side_knows_of_is_read_again() {
        let given_up = in_state(PurchaseState::GivenUp, paid());
        assert!(differs(&payment(PaymentStatus::Approved), &given_up));
        for status in [
            PaymentStatus::Refunded,
            PaymentStatus::ChargedBack,
            PaymentStatus::Cancelled,
            PaymentStatus::Pending,
        ] {
            assert!(differs(&payment(status.clone()), &paid()), "{status:?}");
        }
        let part = PaymentFacts {
            refunded_minor: Some(500),
            ..payment(PaymentStatus::PartiallyRefunded)
        };
        assert!(differs(&part, &paid()));
    }

    #[test]
    fn what_no_read_mends_is_told() {
        let other = PaymentFacts {
            amount_minor: Some(1998),
            ..payment(PaymentStatus::Approved)
        };
        assert!(contradicts(&other, &paid()));
        let foreign = PaymentFacts {
            currency: Some("USD".to_owned()),
            ..payment(PaymentStatus::Approved)
        };
        assert!(contradicts(&foreign, &paid()));
        let refunded = in_state(PurchaseState::Refunded, paid());
        assert!(contradicts(&payment(PaymentStatus::Approved), &refunded));
        assert!(!contradicts(&payment(PaymentStatus::Refunded), &refunded));
    }
}
