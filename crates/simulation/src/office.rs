//! Our own side: workers, audits, and the operator who gives money back.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use application::app::App;
use application::edit::Edit;
use application::error::Failure;
use application::gateway_events::process;
use application::jobs::audit;
use application::notifications::deliver;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::purchase::engine::worker::advance;
use application::purchase::persistence;
use application::purchase::refund_request::{RequestRefund, request_refund};
use domain::gateway::GatewayKind;
use domain::notice::NoticeKind;
use domain::purchase::PurchaseState;
use domain::secret::Secret;
use ports::system::Task;

use crate::conductor::Conductor;
use crate::locked::lock;
use crate::scheduler::Replica;
use crate::world::World;

/// Pieces of work claimed at once.
const LIMIT: i64 = 16;

/// A replica's workers look for work and do it, each piece in a task of its own.
pub(crate) fn tick(run: &mut Conductor, replica: Replica, app: Arc<App>) {
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "a look for work",
        Box::pin(async move {
            let claims = claim(&world, replica, &app).await;
            if let Err(error) = claims {
                world.tell(|| format!("workers: {error}"));
            }
        }),
    );
}

async fn claim(world: &Arc<World>, replica: Replica, app: &Arc<App>) -> Result<(), Failure> {
    let spawn = |name, task: Task| world.scheduler.spawn(replica, name, task);
    for purchase in persistence::claim_due(app, LIMIT, Vec::new()).await? {
        let (world, app) = (Arc::clone(world), Arc::clone(app));
        spawn(
            "work on a sale",
            Box::pin(async move {
                let id = purchase.id;
                let done = advance(&app, purchase).await;
                report(&world, &format!("working on sale {id}"), done);
            }),
        );
    }
    for entry in process::claim(app, LIMIT, Vec::new()).await? {
        let (world, app) = (Arc::clone(world), Arc::clone(app));
        spawn(
            "work on a notice",
            Box::pin(async move {
                let done = process::process(&app, entry).await;
                report(&world, "processing a notice", done);
            }),
        );
    }
    for entry in deliver::claim(app, LIMIT).await? {
        let (world, app) = (Arc::clone(world), Arc::clone(app));
        spawn(
            "a message to the operator",
            Box::pin(async move {
                let kind = entry.kind;
                let delivery = Box::pin(deliver::deliver(&app, entry));
                let done = Delivering::new(&world, kind, delivery).await;
                report(&world, "telling the operator", done);
            }),
        );
    }
    Ok(())
}

/// A notice on its way: while it is polled, the world knows its kind, which the messenger's port
/// does not tell.
struct Delivering<F> {
    world: Arc<World>,
    kind: NoticeKind,
    delivery: F,
}

impl<F> Delivering<F> {
    fn new(world: &Arc<World>, kind: NoticeKind, delivery: F) -> Self {
        Self {
            world: Arc::clone(world),
            kind,
            delivery,
        }
    }
}

impl<F: Future + Unpin> Future for Delivering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.world.set_delivering(Some(self.kind));
        let polled = Pin::new(&mut self.delivery).poll(context);
        self.world.set_delivering(None);
        polled
    }
}

fn report(world: &World, what: &str, done: Result<(), Failure>) {
    if let Err(error) = done {
        world.tell(|| format!("{what} fails: {error}"));
    }
}

/// The daily audit runs on some replica.
pub(crate) fn audit(run: &mut Conductor) {
    let Some((replica, app)) = run.any_up() else {
        return;
    };
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "an audit",
        Box::pin(async move {
            match audit::audit_all(&app).await {
                Ok(result) => world.tell(|| format!("audit: {result:?}")),
                Err(error) => world.tell(|| format!("the audit fails: {error}")),
            }
        }),
    );
}

/// The operator refunds a sale that is paid, or what is left of it.
pub(crate) fn refund(run: &mut Conductor, per_cent: i64, twice: bool) {
    let paid: Vec<_> = lock(&run.world.observer)
        .purchases
        .values()
        .filter(|purchase| purchase.state == PurchaseState::Paid)
        .map(|purchase| (purchase.id, purchase.refundable_minor()))
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
        world.tell(|| {
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
                    Ok(answer) => world.tell(|| format!("refund: {:?}", answer.refund.state)),
                    Err(error) => world.tell(|| format!("no refund: {error}")),
                }
            }),
        );
    }
}

/// The operator sets new credentials for a gateway; what was sold before keeps the old ones.
pub(crate) fn rotate(run: &mut Conductor) {
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
            world.tell(|| format!("new credentials for {kind}: {}", done.is_ok()));
        }),
    );
}
