//! Time per operation, with criterion. `ratios` tells whether the aims are met.

use std::error::Error;
use std::hint::black_box;

use criterion::{Criterion, Throughput};

#[path = "support/rows.rs"]
mod rows;

/// Rows in the stream, which fits into a cache: what is measured is the code alone.
const ROWS: usize = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let stream = rows::stream(ROWS)?;
    let bytes = u64::try_from(stream.len())?;

    let mut group = criterion.benchmark_group("hotspot rows");
    group.throughput(Throughput::Bytes(bytes));
    let mut copy = vec![0; stream.len()];
    group.bench_function("memcpy", |b| {
        b.iter(|| copy.copy_from_slice(black_box(&stream)));
    });
    group.bench_function("sentences", |b| {
        b.iter(|| rows::sentences(black_box(&stream)));
    });
    group.bench_function("framing", |b| b.iter(|| rows::framing(black_box(&stream))));
    group.bench_function("borrowed row", |b| {
        b.iter(|| rows::borrowed(black_box(&stream)));
    });
    group.bench_function("owned row", |b| b.iter(|| rows::owned(black_box(&stream))));
    let mut out = Vec::with_capacity(stream.len());
    group.bench_function("encode", |b| {
        b.iter(|| {
            out.clear();
            (0..ROWS).try_for_each(|_| rows::encode_row(black_box(&mut out)))
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("8 MiB sentence");
    group.sample_size(20);
    for (name, single) in [("one word", true), ("64-byte words", false)] {
        let stream = rows::large_sentence(8 << 20, single)?;
        group.throughput(Throughput::Bytes(u64::try_from(stream.len())?));
        group.bench_function(name, |b| b.iter(|| rows::framing(black_box(&stream))));
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
