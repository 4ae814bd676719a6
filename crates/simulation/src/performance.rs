//! The run itself: what is on the agenda is done, then everything recovers and settles.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::purchase::AccessState;
use domain::time::Timestamp;
use futures::FutureExt;

use crate::action::Action;
use crate::conductor::Conductor;
use crate::customers;
use crate::executor::{Chaos, Executor, Progress};
use crate::locked::lock;
use crate::planted::Planter;
use crate::scheduler::Replica;
use crate::script::{self, Cast};
use crate::shop;
use crate::staff;
use crate::trace::START;
use crate::wish;
use crate::world::{Outages, World};
use crate::{bystanders, office, owner, verdict};

/// Steps of one run at most; none comes near.
const MAX_STEPS: u64 = 2_000_000;
/// How long a run may take to become quiet: longer than late money is watched for.
const PATIENCE: Duration = Duration::from_hours(24 * 20);
/// Between two looks where nothing tells when the next work is due.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_hours(24);

impl Conductor {
    /// Opens the shop and writes the script.
    pub(crate) fn new(world: Arc<World>, planter: Planter) -> anyhow::Result<Self> {
        let cast = Cast::draw(&world.dice);
        let apps: Vec<_> = (0..cast.replicas)
            .map(|number| Some(staff::hire(&world, Replica(number), &planter)))
            .collect();
        let first = apps
            .first()
            .and_then(Option::as_ref)
            .context("no replica")?;
        let shop = shop::open(first, &world.dice)
            .now_or_never()
            .context("opening the shop waited for something")??;
        let wishes = (0..cast.wishes)
            .filter_map(|number| wish::draw(&shop, &world.dice, number))
            .collect();
        world.tell(|| {
            format!(
                "{cast:?}, {} router(s), {:?}",
                shop.counters.len(),
                world.faults
            )
        });
        let mut conductor = Self {
            executor: Executor::new(Arc::clone(&world.scheduler)),
            world,
            shop,
            wishes,
            cast,
            apps,
            planter,
            agenda: BTreeMap::new(),
            planned: 0,
            steps: 0,
        };
        for (at, action) in script::write(cast, &conductor.world.dice) {
            conductor.plan(at, action);
        }
        Ok(conductor)
    }

    /// Runs to the end and judges it.
    pub(crate) fn run(&mut self) {
        self.run_until(START.plus(self.cast.span), true);
        self.recover();
        self.settle();
        // A person decides what no worker may, once.
        if self.world.is_right() && owner::decide(self) {
            self.settle();
        }
        if self.world.is_right() {
            verdict::judge(&self.world, &self.wishes);
        }
        self.world.scheduler.clear();
    }

    /// Lets everything happen up to a moment.
    fn run_until(&mut self, end: Timestamp, with_chaos: bool) {
        while self.world.is_right() && self.steps < MAX_STEPS {
            self.steps += 1;
            for (at, action) in self.world.take_planned() {
                self.plan(at, action);
            }
            let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let until = next.map_or(end, |at| at.min(end));
            let world = Arc::clone(&self.world);
            let progress = self
                .executor
                .step(until, &world.dice, |_| chaos(&world, with_chaos));
            match progress {
                Progress::Moved => {}
                Progress::Crashed(replica) => self.crashed(replica),
                Progress::Idle => {
                    self.world.scheduler.advance_to(until);
                    match self.agenda.pop_first() {
                        Some(((at, _), action)) if at <= end => self.act(action),
                        Some((key, action)) => {
                            self.agenda.insert(key, action);
                            return;
                        }
                        None => return,
                    }
                }
            }
        }
        if self.steps >= MAX_STEPS {
            self.world.violated("the run does not end".to_owned());
        }
    }

    fn crashed(&mut self, replica: Replica) {
        self.world.tell(|| format!("*** app {} crashes", replica.0));
        if let Some(app) = self.apps.get_mut(replica.0) {
            *app = None;
        }
        let back = self.world.now().plus(self.world.dice.millis(200, 120_000));
        self.plan(back, Action::Restart(replica));
    }

    fn restart(&mut self, replica: Replica) {
        let world = Arc::clone(&self.world);
        if let Some(app) = self.apps.get_mut(replica.0)
            && app.is_none()
        {
            world.tell(|| format!("*** app {} is back", replica.0));
            *app = Some(staff::hire(&world, replica, &self.planter));
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Buy {
                wish,
                variant,
                leaves_after,
            } => customers::buy(self, wish, variant, leaves_after),
            Action::HangUp(task) => {
                if self.executor.cancel(task) {
                    self.world.tell(|| "a customer hangs up".to_owned());
                }
            }
            Action::Poll(wish) => customers::poll(self, wish),
            Action::Tick(replica) => {
                if let Some(app) = self.app(replica) {
                    office::tick(self, replica, app);
                }
            }
            Action::Restart(replica) => self.restart(replica),
            Action::Notice(delivery) => bystanders::deliver(self, delivery),
            Action::Forge => bystanders::forge(self),
            Action::Refund { per_cent, twice } => office::refund(self, per_cent, twice),
            Action::Bank => bystanders::move_money(self),
            Action::Audit => office::audit(self),
            Action::GatewayDown(span) => bystanders::gateway_down(self, span),
            Action::RouterDown(span) => bystanders::router_down(self, span),
            Action::DatabaseDown(span) => bystanders::database_down(self, span),
            Action::Rotate => office::rotate(self),
            Action::Meddle => bystanders::meddle(self),
        }
    }

    /// From here on everything works.
    fn recover(&mut self) {
        self.world
            .tell(|| "=== from here on everything works".to_owned());
        self.world.faults.end();
        *lock(&self.world.outages) = Outages::default();
        self.executor.end_pauses();
        for number in 0..self.cast.replicas {
            self.restart(Replica(number));
        }
    }

    /// Goes from one piece of due work to the next until there is none.
    fn settle(&mut self) {
        let end = self.world.now().plus(PATIENCE);
        let mut next_audit = self.world.now().plus(DAY);
        let mut audits_left = if self.cast.has_audits { 4 } else { 0 };
        // What was started but not begun is not waiting.
        self.run_until(self.world.now(), false);
        while self.world.is_right() {
            let now = self.world.now();
            if now >= end {
                self.world
                    .violated("there is work left after weeks".to_owned());
                return;
            }
            let audit = (audits_left > 0).then_some(next_audit);
            let next = self
                .next_work()
                .into_iter()
                .chain(self.world.scheduler.next_due())
                .chain(self.agenda.first_key_value().map(|((at, _), _)| *at))
                .chain(audit)
                .min();
            let Some(next) = next else {
                let unfinished = self.executor.unfinished();
                if !unfinished.is_empty() {
                    self.world
                        .violated(format!("tasks wait for ever: {}", unfinished.join(", ")));
                }
                return;
            };
            self.run_until(next.max(now), false);
            if audit.is_some_and(|at| at <= self.world.now()) {
                audits_left -= 1;
                next_audit = next_audit.plus(DAY);
                office::audit(self);
            }
            if let Some((replica, app)) = self.any_up() {
                office::tick(self, replica, app);
            }
            self.run_until(self.world.now().plus(Duration::from_millis(50)), false);
        }
    }

    /// When workers have something to do next.
    fn next_work(&self) -> Option<Timestamp> {
        let now = self.world.now();
        let purchases = lock(&self.world.observer);
        let due = purchases
            .purchases
            .values()
            .filter(|purchase| {
                purchase.parked_reason.is_none() || purchase.access == AccessState::RemovalQueued
            })
            .filter_map(|purchase| {
                let at = purchase.next_attempt_at?;
                Some(purchase.locked_until.map_or(at, |until| at.max(until)))
            })
            .min();
        drop(purchases);
        let waiting = self.world.waiting_messages() > 0;
        due.into_iter()
            .chain(waiting.then(|| now.plus(LOOK_AGAIN)))
            .min()
            .map(|at| at.max(now.plus(Duration::from_millis(1))))
    }
}

fn chaos(world: &World, wanted: bool) -> Chaos {
    if !wanted {
        return Chaos::Go;
    }
    if world.faults.strikes(&world.dice, world.faults.crash) {
        return Chaos::Crash;
    }
    if world.faults.strikes(&world.dice, world.faults.pause) {
        let span = world.dice.seconds(1, 400);
        world.tell(|| format!("*** stands still for {span:?}"));
        return Chaos::Pause(span);
    }
    Chaos::Go
}
