//! Commands per second on one connection with 1, 16 and 64 in flight, and the memory of 1000
//! idle connections.

use std::error::Error;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use futures::future::join_all;
use routeros_client::Client;
use routeros_client::ConnectOptions;
use routeros_client::connect;
use routeros_client::{Command, blocking};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

#[path = "support/router.rs"]
mod router;

/// Connections that are opened and left idle.
const IDLE: usize = 1000;
/// Commands for the numbers that are printed in one line each.
const COMMANDS: u64 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let port = router::start()?;
    let mut criterion = Criterion::default().configure_from_args();
    throughput(&mut criterion, port)?;
    criterion.final_summary();
    blocking_against_async(port)?;
    idle_connections(port)
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn options(port: u16) -> ConnectOptions {
    ConnectOptions::new("127.0.0.1", port, "api", "secret")
}

fn throughput(criterion: &mut Criterion, port: u16) -> Result<(), Box<dyn Error>> {
    let runtime = runtime()?;
    let client = runtime.block_on(connect(options(port)))?;
    let mut group = criterion.benchmark_group("commands");
    group.throughput(Throughput::Elements(1));
    for in_flight in [1, 16, 64] {
        group.bench_with_input(
            BenchmarkId::new("in flight", in_flight),
            &in_flight,
            |bench, in_flight| {
                bench.iter_custom(|count| runtime.block_on(run(&client, count, *in_flight)));
            },
        );
    }
    group.finish();
    for in_flight in [1, 16, 64] {
        let time = runtime.block_on(run(&client, COMMANDS, in_flight));
        let per_second = f64::from(u32::try_from(COMMANDS)?) / time.as_secs_f64();
        writeln!(
            io::stdout(),
            "commands per second, {in_flight} in flight: {per_second:.0}"
        )?;
    }
    Ok(())
}

/// One call after the other, blocking and asynchronous by turns; the median of the rounds' ratios.
fn blocking_against_async(port: u16) -> Result<(), Box<dyn Error>> {
    const ROUNDS: usize = 31;
    const CALLS: u64 = 2_000;
    let runtime = runtime()?;
    let client = runtime.block_on(connect(options(port)))?;
    let mut blocking = blocking::connect(&options(port))?;
    let mut ratios = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            let rows = blocking.execute(&print()).map(|reply| reply.rows().len());
            assert_eq!(rows.ok(), Some(1));
        }
        let ours = start.elapsed();
        let theirs = runtime.block_on(run(&client, CALLS, 1));
        ratios.push(ours.as_secs_f64() / theirs.as_secs_f64());
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let ratio = ratios.get(ROUNDS / 2).copied().unwrap_or(f64::NAN);
    let verdict = if ratio <= 1.0 { "met" } else { "MISSED" };
    writeln!(
        io::stdout(),
        "blocking call / asynchronous call {ratio:.2}  (aim 1.0) {verdict}"
    )?;
    Ok(())
}

fn print() -> Command {
    Command::new("/ip/hotspot/user/print")
        .proplist(&[".id", "name"])
        .query_equal("name", "PT-K7Q2M")
}

/// Runs `count` commands, so many at a time, each of which must be answered by its row.
async fn run(client: &Client, count: u64, in_flight: u64) -> Duration {
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for worker in 0..in_flight.min(count) {
        let share = count / in_flight + u64::from(worker < count % in_flight);
        let client = client.clone();
        workers.spawn(async move {
            for _ in 0..share {
                let rows = client
                    .execute(print())
                    .await
                    .map(|reply| reply.rows().len());
                assert_eq!(rows.ok(), Some(1));
            }
        });
    }
    workers.join_all().await;
    start.elapsed()
}

/// The heap that idle connections take, counted by allocation on the thread that holds them all.
fn idle_connections(port: u16) -> Result<(), Box<dyn Error>> {
    let runtime = runtime()?;
    let mut clients = Vec::with_capacity(IDLE);
    let heap = allocation_counter::measure(|| {
        runtime.block_on(async {
            // In batches, as a listen queue takes them.
            for _ in 0..IDLE / 50 {
                let batch = (0..50).map(|_| connect(options(port)));
                clients.extend(join_all(batch).await);
            }
            for client in clients.iter().flatten() {
                let answer = client.execute(Command::new("/system/identity/print")).await;
                assert!(answer.is_ok());
            }
        });
    });
    let open = clients.iter().flatten().filter(|one| one.end().is_none());
    let open = open.count();
    let each = heap.bytes_current / i64::try_from(open.max(1))?;
    writeln!(
        io::stdout(),
        "idle connections: {open} open, {each} bytes of heap each"
    )?;
    if open == IDLE {
        Ok(())
    } else {
        Err("not all connections could be opened".into())
    }
}
