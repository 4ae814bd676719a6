//! Drives a run: what is scheduled happens, then everything recovers and comes to rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::purchase::AccessState;
use domain::time::Timestamp;
use futures::FutureExt;

use crate::actors::{customer, external, operator, owner, workers};
use crate::cluster::Cluster;
use crate::engine::executor::{Chaos, Executor, Progress};
use crate::engine::lock;
use crate::engine::scheduler::Replica;
use crate::invariants::at_rest;
use crate::planted::Planter;
use crate::report::START;
use crate::scenario::{self, Action, Scenario};
use crate::shop;
use crate::world::{Outages, World, replica};

/// Steps of one run at most; none comes near.
const MAX_STEPS: u64 = 2_000_000;
/// How long a run may take to come to rest: longer than late money is watched for.
const SETTLE_LIMIT: Duration = Duration::from_hours(24 * 20);
/// Between two polls for messages, whose due time is not known.
const POLL_INTERVAL: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_hours(24);

impl Cluster {
    /// Sets the shop up and schedules the scenario.
    pub(crate) fn new(world: Arc<World>, planter: Planter) -> anyhow::Result<Self> {
        let scenario = Scenario::draw(&world.dice);
        let apps: Vec<_> = (0..scenario.replicas)
            .map(|number| Some(replica::start(&world, Replica(number), &planter)))
            .collect();
        let first = apps
            .first()
            .and_then(Option::as_ref)
            .context("no replica")?;
        let shop = shop::set_up(first, &world.dice)
            .now_or_never()
            .context("setting the shop up waited for something")??;
        let requests = (0..scenario.requests)
            .filter_map(|number| shop::draw(&shop, &world.dice, number))
            .collect();
        world.log(|| {
            format!(
                "{scenario:?}, {} router(s), {:?}",
                shop.sales_points.len(),
                world.faults
            )
        });
        let mut cluster = Self {
            executor: Executor::new(Arc::clone(&world.scheduler)),
            world,
            shop,
            requests,
            scenario,
            apps,
            planter,
            agenda: BTreeMap::new(),
            planned: 0,
            steps: 0,
        };
        for (at, action) in scenario::schedule(scenario, &cluster.world.dice) {
            cluster.plan(at, action);
        }
        Ok(cluster)
    }

    /// Runs to the end and checks the invariants.
    pub(crate) fn run(&mut self) {
        self.run_until(START.plus(self.scenario.span), true);
        self.recover();
        self.settle();
        // A person decides what no worker may, once.
        if self.world.holds() && owner::decide(self) {
            self.settle();
        }
        if self.world.holds() {
            at_rest::check(&self.world, &self.requests);
        }
        self.world.scheduler.clear();
    }

    /// Lets everything happen up to a moment.
    fn run_until(&mut self, end: Timestamp, with_chaos: bool) {
        while self.world.holds() && self.steps < MAX_STEPS {
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
        self.world.log(|| format!("*** app {} crashes", replica.0));
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
            world.log(|| format!("*** app {} is back", replica.0));
            *app = Some(replica::start(&world, replica, &self.planter));
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Buy {
                request,
                variant,
                leaves_after,
            } => customer::buy(self, request, variant, leaves_after),
            Action::HangUp(task) => {
                if self.executor.cancel(task) {
                    self.world.log(|| "a customer hangs up".to_owned());
                }
            }
            Action::Poll(request) => customer::poll(self, request),
            Action::Tick(replica) => {
                if let Some(app) = self.app(replica) {
                    workers::tick(self, replica, app);
                }
            }
            Action::Restart(replica) => self.restart(replica),
            Action::GatewayEvent(delivery) => external::deliver(self, delivery),
            Action::Forge => external::forge(self),
            Action::Refund { per_cent, twice } => operator::refund(self, per_cent, twice),
            Action::ExternalMoney => external::move_money(self),
            Action::Audit => workers::audit(self),
            Action::GatewayDown(span) => external::gateway_down(self, span),
            Action::RouterDown(span) => external::router_down(self, span),
            Action::RouterRestored(span) => external::restore_router(self, span),
            Action::DatabaseDown(span) => external::database_down(self, span),
            Action::Rotate => operator::rotate(self),
            Action::Tamper => external::tamper(self),
        }
    }

    /// From here on everything works.
    fn recover(&mut self) {
        self.world
            .log(|| "=== from here on everything works".to_owned());
        self.world.faults.end();
        // But a router that is being replaced stays away as long as that takes.
        let mut routers = lock(&self.world.outages).routers.clone();
        routers.retain(|id, _| lock(&self.world.routers).of(id).restores > 0);
        *lock(&self.world.outages) = Outages {
            routers,
            ..Outages::default()
        };
        self.executor.end_pauses();
        for number in 0..self.scenario.replicas {
            self.restart(Replica(number));
        }
    }

    /// Goes from one piece of due work to the next until there is none.
    fn settle(&mut self) {
        let end = self.world.now().plus(SETTLE_LIMIT);
        let mut next_audit = self.world.now().plus(DAY);
        let mut audits_left = if self.scenario.has_audits { 4 } else { 0 };
        // What was started but not begun is not waiting.
        self.run_until(self.world.now(), false);
        while self.world.holds() {
            let now = self.world.now();
            if now >= end {
                self.world.violated("work is left after weeks".to_owned());
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
                        .violated(format!("tasks never finish: {}", unfinished.join(", ")));
                }
                return;
            };
            self.run_until(next.max(now), false);
            if audit.is_some_and(|at| at <= self.world.now()) {
                audits_left -= 1;
                next_audit = next_audit.plus(DAY);
                workers::audit(self);
            }
            if let Some((replica, app)) = self.any_up() {
                workers::tick(self, replica, app);
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
                purchase.work().parked.is_none()
                    || purchase.access().state == AccessState::RemovalQueued
            })
            .filter_map(|purchase| {
                let at = purchase.work().next_run?;
                Some(
                    purchase
                        .work()
                        .locked_until
                        .map_or(at, |until| at.max(until)),
                )
            })
            .min();
        drop(purchases);
        let waiting = self.world.waiting_messages() > 0;
        due.into_iter()
            .chain(waiting.then(|| now.plus(POLL_INTERVAL)))
            .min()
            .map(|at| at.max(now.plus(Duration::from_millis(1))))
    }
}

fn chaos(world: &World, wanted: bool) -> Chaos {
    if !wanted {
        return Chaos::Go;
    }
    if world.faults.occurs(&world.dice, world.faults.crash) {
        return Chaos::Crash;
    }
    if world.faults.occurs(&world.dice, world.faults.pause) {
        let span = world.dice.seconds(1, 400);
        world.log(|| format!("*** pauses for {span:?}"));
        return Chaos::Pause(span);
    }
    Chaos::Go
}
