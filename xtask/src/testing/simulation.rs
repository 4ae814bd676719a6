//! The simulation: sales under every fault.

use crate::simulate;
use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;

/// Seeds of one run of the checks; the weekly number is in `docs/simulation.md`.
const SEEDS: u64 = 10_000;

/// `cargo xtask simulate`.
pub(crate) fn seeds(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let mut command = simulate::command(&lab.session.workspace);
    lab.run(command.args(["--seeds", &SEEDS.to_string()]))
}
