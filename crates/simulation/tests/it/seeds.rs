//! Seeds without planted bugs.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use simulation::{Options, Outcome, run};

const SEEDS: u64 = 300;

#[test]
fn every_invariant_holds_on_every_seed() {
    let next = AtomicU64::new(0);
    let all = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= SEEDS {
                        return;
                    }
                    let outcome = run(seed, Options::default());
                    all.lock().unwrap().push(outcome);
                }
            });
        }
    });
    let all: Vec<Outcome> = all.into_inner().unwrap();
    let violated: Vec<_> = all
        .iter()
        .filter(|outcome| !outcome.is_clean())
        .map(|outcome| (outcome.seed, &outcome.violations))
        .collect();
    assert!(
        violated.is_empty(),
        "{violated:#?}: see `cargo xtask simulate --seed N`"
    );
    // Runs in which nothing is sold would prove nothing.
    let sales: usize = all.iter().map(|outcome| outcome.sales).sum();
    let charged: usize = all.iter().map(|outcome| outcome.charged).sum();
    assert!(
        sales > 600 && charged > 300,
        "{sales} sales, {charged} charged"
    );
}

#[test]
fn a_seed_replays_exactly() {
    let options = Options {
        with_trace: true,
        ..Options::default()
    };
    for seed in [3, 17, 229] {
        let (first, second) = (run(seed, options), run(seed, options));
        assert!(first.trace.len() > 10, "seed {seed} has no trace");
        assert_eq!(first, second, "seed {seed}");
        // Writing the trace changes nothing.
        let silent = run(seed, Options::default());
        assert_eq!((silent.steps, silent.charged), (first.steps, first.charged));
    }
    assert_ne!(run(3, options).trace, run(4, options).trace);
}
