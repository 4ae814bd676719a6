//! Runs seeds: `simulate --seeds 10000`, or one with its trace: `simulate --seed 42`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use simulation::{Options, Outcome, PlantedBug, run};

/// Failing seeds that are listed; the first one's trace is printed.
const LISTED: usize = 10;

/// Runs the purchase under faults drawn from seeds.
#[derive(Debug, Parser)]
#[command(name = "simulate", version)]
struct Args {
    /// How many seeds.
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// The first seed; alone, this one is run and its trace printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Threads; as many as there are processors without it.
    #[arg(long)]
    jobs: Option<usize>,
    /// Always print the trace.
    #[arg(long)]
    trace: bool,
    /// A planted bug, by its name: see `simulation::PlantedBug`.
    #[arg(long, value_parser = planted)]
    bug: Option<PlantedBug>,
}

fn planted(name: &str) -> Result<PlantedBug, String> {
    let mut all = PlantedBug::ALL.into_iter();
    all.find(|bug| format!("{bug:?}") == name)
        .ok_or_else(|| format!("none of {:?}", PlantedBug::ALL))
}

fn line(text: &str) {
    // A closed pipe is the reader's choice.
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}

fn main() -> ExitCode {
    let args = Args::parse();
    let explicit = std::env::args().any(|arg| arg.starts_with("--seeds"));
    let first = args.seed.unwrap_or(0);
    let count = if args.seed.is_some() && !explicit {
        1
    } else {
        args.seeds
    };
    let (failed, totals) = run_all(first, count, &args);
    line(&format!(
        "{count} seeds from {first}: {} failed; {} sales, {} charged, {} steps",
        failed.len(),
        totals.sales,
        totals.charged,
        totals.steps
    ));
    for outcome in failed.iter().take(LISTED) {
        line(&format!(
            "seed {}: {}",
            outcome.seed,
            outcome.violations.join("; ")
        ));
    }
    let trace = failed.first().map_or(first, |outcome| outcome.seed);
    if args.trace || count == 1 || !failed.is_empty() {
        print_trace(trace, args.bug);
    }
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[derive(Default)]
struct Totals {
    sales: u64,
    charged: u64,
    steps: u64,
}

fn run_all(first: u64, count: u64, args: &Args) -> (Vec<Outcome>, Totals) {
    let jobs = args.jobs.unwrap_or_else(processors);
    let options = Options {
        bug: args.bug,
        with_trace: false,
    };
    let next = AtomicU64::new(0);
    let failed = Mutex::new(Vec::new());
    let (sales, charged, steps) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let size = |number: usize| u64::try_from(number).unwrap_or(0);
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let outcome = run(first.saturating_add(number), options);
                    sales.fetch_add(size(outcome.sales), Ordering::Relaxed);
                    charged.fetch_add(size(outcome.charged), Ordering::Relaxed);
                    steps.fetch_add(outcome.steps, Ordering::Relaxed);
                    if !outcome.is_clean()
                        && let Ok(mut failed) = failed.lock()
                    {
                        failed.push(outcome);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap_or_default();
    failed.sort_by_key(|outcome: &Outcome| outcome.seed);
    let totals = Totals {
        sales: sales.into_inner(),
        charged: charged.into_inner(),
        steps: steps.into_inner(),
    };
    (failed, totals)
}

fn print_trace(seed: u64, bug: Option<PlantedBug>) {
    let options = Options {
        bug,
        with_trace: true,
    };
    line(&format!("--- the trace of seed {seed} ---"));
    let outcome = run(seed, options);
    for event in &outcome.trace {
        line(event);
    }
    line(&format!(
        "--- seed {seed}: {} ---",
        if outcome.is_clean() {
            "every invariant holds"
        } else {
            "violated"
        }
    ));
}
