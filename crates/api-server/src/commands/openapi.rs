//! Prints the API description.

use std::process::ExitCode;

use crate::telemetry::{complain, say};

pub(crate) fn run() -> ExitCode {
    match http_api::openapi::document("MikroTik Payment API").to_pretty_json() {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&format!("cannot write the API description: {error}"));
            ExitCode::FAILURE
        }
    }
}
