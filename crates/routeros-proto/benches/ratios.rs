//! The aims of this crate as medians of ratios of one run, and allocation counts.
//!
//! Ratios, because times differ between machines and moments; each round measures all
//! candidates after each other and gives one ratio, so that a disturbance hits both sides.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

#[path = "support/rows.rs"]
mod rows;
#[path = "support/typed.rs"]
mod typed;

/// Rounds, of which the median counts.
const ROUNDS: usize = 101;
/// Rows in the stream, which fits into a cache: what is measured is the code alone.
const ROWS: usize = 2_000;
/// Rows in the stream that is copied for comparison. Bytes of a network come from memory, so it is
/// longer than caches are: what a copy inside a cache costs says nothing about them.
const LONG_ROWS: usize = 400_000;

/// Seconds that the candidates took, round by round.
struct Times<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Times<N> {
    fn measure(mut candidates: [&mut dyn FnMut(); N]) -> Self {
        let round = |_| {
            std::array::from_fn(|index| {
                let start = Instant::now();
                if let Some(candidate) = candidates.get_mut(index) {
                    candidate();
                }
                start.elapsed().as_secs_f64()
            })
        };
        Self((0..ROUNDS).map(round).collect())
    }

    /// The median over the rounds of what `of` makes of one round.
    fn median(&self, of: impl Fn(&[f64; N]) -> f64) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

fn line(out: &mut impl Write, name: &str, ratio: f64, aim: f64) -> io::Result<()> {
    let verdict = if ratio <= aim { "met" } else { "MISSED" };
    writeln!(out, "{name:<44} {ratio:>6.2}  (aim {aim:.1}) {verdict}")
}

/// Keeps the compiler from leaving the work out; inputs are known to be good.
fn finish<T, E: std::fmt::Debug>(result: Result<T, E>) {
    assert!(black_box(result).is_ok(), "the benchmark's input is good");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    rows_by_kind(&mut out)?;
    typed_rows(&mut out)?;
    rows_against_a_copy(&mut out)?;
    large_sentences(&mut out)?;
    allocations(&mut out)
}

/// Borrowed and owned rows against framing.
fn rows_by_kind(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let stream = rows::stream(ROWS)?;
    let mut encoded = Vec::with_capacity(stream.len());
    let times = Times::measure([
        &mut || finish(rows::framing(black_box(&stream))),
        &mut || finish(rows::borrowed(black_box(&stream))),
        &mut || finish(rows::owned(black_box(&stream))),
        &mut || finish(rows::sentences(black_box(&stream))),
        &mut || {
            encoded.clear();
            finish((0..ROWS).try_for_each(|_| rows::encode_row(&mut encoded)));
        },
    ]);
    writeln!(out, "{ROWS} rows of 16 words, {} bytes", stream.len())?;
    let ratio = times.median(|[framing, borrowed, ..]| borrowed / framing);
    line(out, "borrowed row / framing", ratio, 2.0)?;
    let ratio = times.median(|[framing, _, owned, ..]| owned / framing);
    line(out, "owned row / framing", ratio, 6.0)?;
    let per_row = 1e9 / f64::from(u32::try_from(ROWS)?);
    let nanos = |of: fn(&[f64; 5]) -> f64| per_row * times.median(of);
    writeln!(
        out,
        "ns per row: sentences, words not visited {:.0}, framing {:.0}, borrowed {:.0}, owned \
         {:.0}, encode {:.0}",
        nanos(|[.., sentences, _]| *sentences),
        nanos(|[framing, ..]| *framing),
        nanos(|[_, borrowed, ..]| *borrowed),
        nanos(|[_, _, owned, ..]| *owned),
        nanos(|[.., encode]| *encode),
    )?;
    Ok(())
}

/// Rows as a type of the caller's against borrowed ones.
fn typed_rows(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let stream = rows::stream(ROWS)?;
    assert_eq!(typed::typed(&stream)?, typed::by_hand(&stream)?);
    let times = Times::measure([
        &mut || finish(rows::borrowed(black_box(&stream))),
        &mut || finish(typed::by_hand(black_box(&stream))),
        &mut || finish(typed::typed(black_box(&stream))),
    ]);
    let ratio = times.median(|[_, by_hand, typed]| typed / by_hand);
    line(out, "typed row / borrowed row, read by hand", ratio, 2.0)?;
    let ratio = times.median(|[borrowed, _, typed]| typed / borrowed);
    line(out, "typed row / borrowed row, visited only", ratio, 2.0)?;
    Ok(())
}

/// Framing against a copy of the same bytes.
fn rows_against_a_copy(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let stream = rows::stream(LONG_ROWS)?;
    let mut copy = vec![0; stream.len()];
    let times = Times::measure([
        &mut || black_box(&mut copy).copy_from_slice(black_box(&stream)),
        &mut || finish(rows::framing(black_box(&stream))),
    ]);
    writeln!(out, "{LONG_ROWS} rows of 16 words, {} bytes", stream.len())?;
    let ratio = times.median(|[memcpy, framing]| framing / memcpy);
    line(out, "framing / memcpy", ratio, 4.0)?;
    Ok(())
}

/// Whether the cost of a sentence that arrives in many pieces grows as its size does. Its words are
/// not visited: a second way through it measures which of the two sizes a cache can hold.
fn large_sentences(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for (name, single) in [("one word", true), ("64-byte words", false)] {
        let small = rows::large_sentence(4 << 20, single)?;
        let large = rows::large_sentence(8 << 20, single)?;
        let times = Times::measure([
            &mut || finish(rows::sentences(black_box(&small))),
            &mut || finish(rows::sentences(black_box(&large))),
        ]);
        let ratio = times.median(|[small, large]| large / small);
        let name = format!("8 MiB / 4 MiB sentence, {name}");
        line(out, &name, ratio, 2.2)?;
    }
    Ok(())
}

/// Counted, not timed; tests hold the same counts.
fn allocations(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let stream = rows::stream(ROWS)?;
    let count = |work: &mut dyn FnMut()| allocation_counter::measure(work).count_total;
    let framing = count(&mut || finish(rows::framing(&stream)));
    let borrowed = count(&mut || finish(rows::borrowed(&stream)));
    let owned = count(&mut || finish(rows::owned(&stream)));
    writeln!(
        out,
        "allocations for {ROWS} rows: framing {framing}, borrowed {borrowed}, owned {owned} \
         (borrowed rows: {} beyond framing)",
        borrowed.saturating_sub(framing)
    )?;
    Ok(())
}
