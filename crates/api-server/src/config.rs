//! The configuration: the only place that reads the environment. All problems are found at once,
//! and none of them shows a secret.

mod environment;
mod load;
mod reader;
mod settings;

pub(crate) use load::load;
pub(crate) use settings::{Config, LogFormat};
