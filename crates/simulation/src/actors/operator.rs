//! The operator: refunds, and sets new credentials.

use std::sync::Arc;

use application::edit::Edit;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::purchase::refund_request::{RequestRefund, request_refund};
use domain::gateway::GatewayKind;
use domain::purchase::PurchaseState;
use domain::secret::Secret;

use crate::cluster::Cluster;
use crate::engine::lock;

/// The operator refunds a sale that is paid, or what is left of it.
pub(crate) fn refund(run: &mut Cluster, per_cent: i64, twice: bool) {
    let paid: Vec<_> = lock(&run.world.observer)
        .purchases
        .values()
        .filter(|purchase| purchase.state() == PurchaseState::Paid)
        .map(|purchase| (purchase.id(), purchase.refundable().minor()))
        .collect();
    let Some((id, left)) = run.world.dice.pick(&paid).copied() else {
        return;
    };
    let command = RequestRefund {
        amount_minor: (per_cent < 100).then(|| (left * per_cent / 100).max(1)),
        reason: None,
        idempotency_key: Some(format!("refund-{}", run.world.dice.number())),
    };
    for _ in 0..=usize::from(twice) {
        let Some((replica, app)) = run.any_up() else {
            return;
        };
        let (world, admin, command) = (
            Arc::clone(&run.world),
            run.shop.admin.clone(),
            command.clone(),
        );
        world.log(|| {
            format!(
                "the operator refunds {:?} of sale {id}",
                command.amount_minor
            )
        });
        run.start(
            replica,
            "a refund",
            Box::pin(async move {
                match Box::pin(request_refund(&app, &admin, id, command)).await {
                    Ok(answer) => world.log(|| format!("refund: {:?}", answer.refund.state)),
                    Err(error) => world.log(|| format!("no refund: {error}")),
                }
            }),
        );
    }
}

/// The operator sets new credentials for a gateway; what was sold before keeps the old ones.
pub(crate) fn rotate(run: &mut Cluster) {
    let (Some(kind), Some((replica, app))) = (
        run.world.dice.pick(&GatewayKind::ALL).copied(),
        run.any_up(),
    ) else {
        return;
    };
    let change = ConfigureGateway {
        secret: Edit::Set(Secret::new(format!("key_{}", run.world.dice.number()))),
        ..ConfigureGateway::nothing(kind)
    };
    let (world, admin) = (Arc::clone(&run.world), run.shop.admin.clone());
    run.start(
        replica,
        "new credentials",
        Box::pin(async move {
            let done = configure_gateway(&app, &admin, change).await;
            world.log(|| format!("new credentials for {kind}: {}", done.is_ok()));
        }),
    );
}
