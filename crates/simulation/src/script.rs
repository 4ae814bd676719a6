//! What happens in a run, drawn before it begins.

use std::time::Duration;

use crate::action::{Action, Appointment, Variant};
use crate::dice::Dice;
use crate::scheduler::Replica;
use crate::trace::START;

/// How many of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cast {
    /// Replicas.
    pub(crate) replicas: usize,
    /// Customers' wishes.
    pub(crate) wishes: usize,
    /// How long customers come and faults happen.
    pub(crate) span: Duration,
    /// Whether the daily audit runs. Without it the workers alone must put everything right.
    pub(crate) has_audits: bool,
}

impl Cast {
    pub(crate) fn draw(dice: &Dice) -> Self {
        let spans = [60, 60, 300, 300, 1_800, 1_800, 7_200, 7_200, 180_000];
        let span = dice.pick(&spans).copied().unwrap_or(300);
        Self {
            replicas: 1 + dice.position(3),
            wishes: 1 + dice.position(6),
            span: Duration::from_secs(span),
            has_audits: dice.chance(4_000),
        }
    }
}

/// Runs longer than this are about days, not moments.
const LONG: Duration = Duration::from_hours(24);

struct Script<'a> {
    cast: Cast,
    dice: &'a Dice,
    agenda: Vec<Appointment>,
}

/// Writes the script.
pub(crate) fn write(cast: Cast, dice: &Dice) -> Vec<Appointment> {
    let mut script = Script {
        cast,
        dice,
        agenda: Vec::new(),
    };
    for wish in 0..cast.wishes {
        script.customer(wish);
    }
    for number in 0..cast.replicas {
        script.workers(Replica(number));
    }
    script.sometimes(8, 5_000, |dice| Action::Refund {
        per_cent: *dice.pick(&[100, 60, 30, 10]).unwrap_or(&100),
        twice: dice.chance(4_000),
    });
    script.sometimes(3, 4_000, |_| Action::Forge);
    script.sometimes(2, 3_000, |dice| Action::GatewayDown(dice.seconds(5, 900)));
    script.sometimes(2, 3_000, |dice| Action::RouterDown(dice.seconds(5, 2_400)));
    script.sometimes(2, 1_500, |dice| Action::DatabaseDown(dice.seconds(1, 120)));
    script.sometimes(3, 2_500, |_| Action::Meddle);
    if cast.span > LONG {
        script.sometimes(1, 5_000, |dice| {
            Action::GatewayDown(dice.seconds(3_600, 130_000))
        });
    }
    if cast.has_audits {
        script.sometimes(2, 5_000, |_| Action::Bank);
        script.sometimes(3, 6_000, |_| Action::Audit);
    }
    script.sometimes(2, 2_000, |_| Action::Rotate);
    script.agenda
}

impl Script<'_> {
    fn add(&mut self, after: Duration, action: Action) {
        self.agenda.push((START.plus(after), action));
    }

    fn any_time(&self) -> Duration {
        self.dice.between(Duration::ZERO, self.cast.span)
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
    fn customer(&mut self, wish: usize) {
        let first = self.any_time() / 2;
        let repeats = self.dice.below(4);
        let buy = |dice: &Dice, variant| Action::Buy {
            wish,
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
            let variant = match self.dice.below(8) {
                0 | 1 => Variant::FreshToken,
                2 => Variant::Other,
                _ => Variant::Same,
            };
            let action = buy(self.dice, variant);
            self.add(first + later, action);
        }
        for _ in 0..self.dice.below(4) {
            let later = self.any_time();
            self.add(first + later, Action::Poll(wish));
        }
    }

    /// Workers look often while there is much to do, and seldom in a long run.
    fn workers(&mut self, replica: Replica) {
        let often = (self.cast.span / 60).max(Duration::from_secs(1));
        let mut at = self.dice.between(Duration::ZERO, often);
        while at < self.cast.span {
            self.add(at, Action::Tick(replica));
            at += self.dice.between(often / 4, often * 2);
        }
    }
}
