//! Notifications to be sent.

use std::time::Duration;

use domain::ids::TenantId;
use domain::notification::{ChannelKind, NotificationKind};
use domain::tenant::TelegramSettings;
use domain::time::Timestamp;
use ports::store::outbox::{NewNotification, OutboxEntry};
use ports::store::tenants::TenantProfile;

use crate::builders::{NOW, after};
use crate::store_contract::shop::{AnyStore, Done, buy, open_shop, platform};

const LEASE: Duration = Duration::from_secs(30);

fn notification(tenant: &TenantId, kind: NotificationKind, seconds: u64) -> NewNotification {
    NewNotification {
        tenant_id: tenant.clone(),
        kind,
        purchase_id: None,
        created_at: after(seconds),
    }
}

/// What is claimed of a notification for Telegram.
fn claimed_as(id: i64, attempts: i32, notification: &NewNotification) -> OutboxEntry {
    OutboxEntry {
        id,
        tenant_id: notification.tenant_id.clone(),
        channel: ChannelKind::Telegram,
        kind: notification.kind,
        purchase_id: notification.purchase_id,
        created_at: notification.created_at,
        attempts,
    }
}

async fn claim(store: &AnyStore, now: Timestamp, limit: i64) -> Vec<OutboxEntry> {
    let mut unit = platform(store).await.unwrap();
    let claimed = unit.outbox().claim(now, LEASE, limit).await.unwrap();
    unit.commit().await.unwrap();
    claimed
}

/// Oldest first, and no tenant has two on the way.
pub async fn one_of_each_tenant_at_a_time(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mine = &shop.tenant.id;
    let mut unit = platform(&store).await?;
    let sale = buy(&mut unit, &shop.product, 1).await?.id();
    let first = NewNotification {
        purchase_id: Some(sale),
        ..notification(mine, NotificationKind::SaleApproved, 1)
    };
    let theirs = notification(&other.tenant.id, NotificationKind::NeedsDecision, 3);
    let second = notification(mine, NotificationKind::SaleRefunded, 2);
    for written in [&second, &theirs, &first] {
        unit.outbox().push(written).await?;
    }
    assert_eq!(unit.outbox().count().await?, 3);
    unit.commit().await?;

    assert_eq!(
        claim(&store, NOW, 10).await,
        [],
        "not due before they were written"
    );
    assert_eq!(claim(&store, after(5), 0).await, []);
    let claimed = claim(&store, after(5), 10).await;
    let expected = |position: usize, written| claimed_as(claimed[position].id, 0, written);
    assert_eq!(claimed, [expected(0, &first), expected(1, &theirs)]);
    assert_eq!(
        claim(&store, after(34), 10).await,
        [],
        "both tenants are busy"
    );
    let mut unit = platform(&store).await?;
    unit.outbox().finish(claimed[0].id).await?;
    unit.commit().await?;
    let next = claim(&store, after(34), 10).await;
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].kind, NotificationKind::SaleRefunded);
    let late = claim(&store, after(35), 10).await;
    assert_eq!(late, [claimed[1].clone()], "its lease is over");
    Ok(())
}

/// A try without success counts and waits; a sent notification is gone.
pub async fn retries_and_finishes(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let written = notification(&shop.tenant.id, NotificationKind::SaleApproved, 0);
    unit.outbox().push(&written).await?;
    unit.commit().await?;
    let claimed = claim(&store, NOW, 10).await;
    let mut unit = platform(&store).await?;
    unit.outbox().retry(claimed[0].id, after(10)).await?;
    unit.commit().await?;
    assert_eq!(claim(&store, after(9), 10).await, []);
    let again = claim(&store, after(10), 10).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].attempts, 1);
    let mut unit = platform(&store).await?;
    unit.outbox().finish(again[0].id).await?;
    unit.outbox().finish(again[0].id).await?;
    assert_eq!(unit.outbox().count().await?, 0);
    unit.commit().await
}

/// A second worker neither waits nor takes the same tenant's next notification.
pub async fn claims_skip_what_others_claim(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    for (tenant, seconds) in [
        (&shop.tenant.id, 1),
        (&shop.tenant.id, 2),
        (&other.tenant.id, 3),
    ] {
        let written = notification(tenant, NotificationKind::SaleApproved, seconds);
        unit.outbox().push(&written).await?;
    }
    unit.commit().await?;
    let mut here = platform(&store).await?;
    let mut there = platform(&store).await?;
    let mine = here.outbox().claim(after(5), LEASE, 1).await?;
    assert_eq!(mine[0].tenant_id, shop.tenant.id);
    let theirs = there.outbox().claim(after(5), LEASE, 10).await?;
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0].tenant_id, other.tenant.id);
    here.commit().await?;
    there.commit().await
}

/// Nothing is written that nobody would receive; what is written stays when a channel goes.
pub async fn writes_for_the_channels_of_the_moment(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let id = &shop.tenant.id;
    let complete = shop.tenant.telegram.clone();
    let without_chat = TelegramSettings {
        chat_id: None,
        ..complete.clone()
    };
    let without_token = TelegramSettings {
        bot_token: None,
        ..complete.clone()
    };
    let switched_off = TelegramSettings {
        is_enabled: false,
        ..complete.clone()
    };
    for (telegram, waiting) in [
        (without_chat, 0),
        (without_token, 0),
        (complete, 1),
        (switched_off, 1),
    ] {
        let mut unit = platform(&store).await?;
        let profile = TenantProfile {
            name: shop.tenant.name.clone(),
            contact_email: None,
            contact_phone: None,
            telegram: telegram.clone(),
        };
        assert!(unit.tenants().update_profile(id, &profile).await?);
        let written = notification(id, NotificationKind::SaleApproved, 1);
        unit.outbox().push(&written).await?;
        assert_eq!(unit.outbox().count().await?, waiting, "{telegram:?}");
        unit.commit().await?;
    }
    Ok(())
}
