//! Steps that are checks of our own.

use crate::console;
use crate::layers;
use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;
use crate::tidy;

/// `cargo xtask layers`.
pub(crate) fn layers(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let problems = layers::check(&lab.session.workspace)?;
    console::problems(lab.session.console, "layers", &problems);
    Ok(Outcome::of_problems(&problems))
}

/// `cargo xtask tidy`.
pub(crate) fn tidy(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let problems = tidy::check(lab.session.workspace.root())?;
    console::problems(lab.session.console, "tidy", &problems);
    Ok(Outcome::of_problems(&problems))
}
