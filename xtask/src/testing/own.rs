//! Steps that are checks of our own.

use crate::console;
use crate::layers;
use crate::openapi;
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

/// `cargo xtask openapi --check`.
pub(crate) fn openapi(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    if openapi::is_current(lab.session)? {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(
        "out of date: run `cargo xtask openapi`".to_owned(),
    ))
}
