//! What happens in a run: how much of what, and when. Drawn before the run begins.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::time::Timestamp;
use ports::payments::RawEvent;

use crate::engine::dice::Dice;
use crate::engine::scheduler::Replica;
use crate::report::START;

/// The size of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    /// Replicas.
    pub(crate) replicas: usize,
    /// Customers' requests.
    pub(crate) requests: usize,
    /// How long customers come and faults happen.
    pub(crate) span: Duration,
    /// Whether the daily audit runs. Without it the workers alone must put everything right.
    pub(crate) has_audits: bool,
}

impl Scenario {
    pub(crate) fn draw(dice: &Dice) -> Self {
        let spans = [60, 60, 300, 300, 1_800, 1_800, 7_200, 7_200, 180_000];
        let span = dice.pick(&spans).copied().unwrap_or(300);
        Self {
            replicas: 1 + dice.position(3),
            requests: 1 + dice.position(6),
            span: Duration::from_secs(span),
            has_audits: dice.chance(4_000),
        }
    }
}

/// Runs longer than this are about days, not moments.
const LONG: Duration = Duration::from_hours(24);

struct Builder<'a> {
    scenario: Scenario,
    dice: &'a Dice,
    agenda: Vec<ScheduledAction>,
}

/// Draws what happens when.
pub(crate) fn schedule(scenario: Scenario, dice: &Dice) -> Vec<ScheduledAction> {
    let mut builder = Builder {
        scenario,
        dice,
        agenda: Vec::new(),
    };
    for request in 0..scenario.requests {
        builder.customer(request);
    }
    for number in 0..scenario.replicas {
        builder.workers(Replica(number));
    }
    builder.sometimes(8, 5_000, |dice| Action::Refund {
        per_cent: *dice.pick(&[100, 60, 30, 10]).unwrap_or(&100),
        twice: dice.chance(4_000),
    });
    builder.sometimes(3, 4_000, |_| Action::Forge);
    builder.sometimes(2, 3_000, |dice| Action::GatewayDown(dice.seconds(5, 900)));
    builder.sometimes(2, 3_000, |dice| Action::RouterDown(dice.seconds(5, 2_400)));
    builder.sometimes(2, 1_500, |dice| Action::DatabaseDown(dice.seconds(1, 120)));
    builder.sometimes(3, 2_500, |_| Action::Tamper);
    if scenario.span > LONG {
        builder.sometimes(1, 5_000, |dice| {
            Action::GatewayDown(dice.seconds(3_600, 130_000))
        });
    }
    if scenario.has_audits {
        builder.sometimes(2, 5_000, |_| Action::ExternalMoney);
        builder.sometimes(3, 6_000, |_| Action::Audit);
    }
    builder.sometimes(2, 2_000, |_| Action::Rotate);
    builder.sometimes(2, 2_500, |dice| {
        Action::RouterRestored(dice.seconds(120, 2_400))
    });
    builder.agenda
}

impl Builder<'_> {
    fn add(&mut self, after: Duration, action: Action) {
        self.agenda.push((START.plus(after), action));
    }

    fn any_time(&self) -> Duration {
        self.dice.between(Duration::ZERO, self.scenario.span)
    }

    fn sometimes(&mut self, most: u64, chance: u64, action: impl Fn(&Dice) -> Action) {
        for _ in 0..most {
            if self.dice.chance(chance) {
                let (at, action) = (self.any_time(), action(self.dice));
                self.add(at, action);
            }
        }
    }

    /// A customer asks once, often again: at once, after a while, after a long time.
    fn customer(&mut self, request: usize) {
        let first = self.any_time() / 2;
        let repeats = self.dice.below(4);
        let buy = |dice: &Dice, variant| Action::Buy {
            request,
            variant,
            leaves_after: dice.chance(2_500).then(|| dice.millis(0, 20_000)),
        };
        let action = buy(self.dice, Variant::Same);
        self.add(first, action);
        for _ in 0..repeats {
            let later = match self.dice.below(4) {
                0 => self.dice.millis(0, 30),
                1 => self.dice.millis(0, 5_000),
                2 => self.dice.seconds(1, 120),
                _ => self.any_time(),
            };
            let variant = match self.dice.below(10) {
                0 | 1 => Variant::FreshToken,
                2 => Variant::Other,
                3 | 4 => Variant::NewWindow,
                _ => Variant::Same,
            };
            let action = buy(self.dice, variant);
            self.add(first + later, action);
        }
        for _ in 0..self.dice.below(4) {
            let later = self.any_time();
            self.add(first + later, Action::Poll(request));
        }
    }

    /// Workers poll often in a short run, seldom in a long one.
    fn workers(&mut self, replica: Replica) {
        let often = (self.scenario.span / 60).max(Duration::from_secs(1));
        let mut at = self.dice.between(Duration::ZERO, often);
        while at < self.scenario.span {
            self.add(at, Action::Tick(replica));
            at += self.dice.between(often / 4, often * 2);
        }
    }
}

/// A notice of a gateway on its way to us.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Who sends it.
    pub(crate) gateway: GatewayKind,
    /// The notice.
    pub(crate) notice: RawEvent,
    /// How often it was sent before.
    pub(crate) tries: u32,
    /// Whether it was taken.
    pub(crate) is_taken: Arc<AtomicBool>,
}

/// How a repeated request differs from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Not at all.
    Same,
    /// The portal made a new card token, and kept its key.
    FreshToken,
    /// The portal's window was closed and opened again: everything anew.
    NewWindow,
    /// Somebody else's data and another kind of credentials, under the same key and card token.
    Other,
}

/// Something that happens from outside.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// A customer's request.
    Buy {
        /// Its number.
        request: usize,
        /// What it asks for.
        variant: Variant,
        /// After how long the customer disconnects.
        leaves_after: Option<Duration>,
    },
    /// The connection of a request ends.
    HangUp(u64),
    /// A customer asks how a purchase stands.
    Poll(usize),
    /// A replica's workers claim due work.
    Tick(Replica),
    /// A crashed replica comes back.
    Restart(Replica),
    /// A notice arrives.
    GatewayEvent(Delivery),
    /// Somebody sends a notice that no gateway sent.
    Forge,
    /// The operator refunds a sale.
    Refund {
        /// In per cent of what is left; 100 for all.
        per_cent: i64,
        /// Whether the request is sent twice.
        twice: bool,
    },
    /// Money moves at the gateway without us.
    ExternalMoney,
    /// A daily audit.
    Audit,
    /// A gateway is down for a while.
    GatewayDown(Duration),
    /// A router is down for a while.
    RouterDown(Duration),
    /// A router breaks, and comes back after a while restored from an export.
    RouterRestored(Duration),
    /// The database is down for a while.
    DatabaseDown(Duration),
    /// The operator sets new credentials for a gateway.
    Rotate,
    /// Somebody changes a router by hand.
    Tamper,
}

/// An action and its time.
pub(crate) type ScheduledAction = (Timestamp, Action);
