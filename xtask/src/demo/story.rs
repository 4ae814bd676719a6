//! The walk, printed so that a person enjoys reading it.

use anyhow::bail;
use serde_json::Value;

use crate::console::{self, Console};
use crate::demo::http::{Answer, By, Call, Client};

/// Longest piece of a token that is printed.
const SHOWN: usize = 24;

/// Numbered steps, each with its requests and what came back.
#[derive(Debug)]
pub(crate) struct Story {
    console: Console,
    client: Client,
    step: u32,
}

impl Story {
    /// Tells of requests to one server.
    pub(crate) fn new(console: Console, client: Client) -> Self {
        Self {
            console,
            client,
            step: 0,
        }
    }

    /// Opens a chapter.
    pub(crate) fn chapter(&self, title: &str) {
        self.console.heading(title);
    }

    /// Opens the next step.
    pub(crate) fn step(&mut self, title: &str) {
        self.step = self.step.saturating_add(1);
        console::line("");
        console::line(&format!("{:>2}. {}", self.step, self.console.bold(title)));
    }

    /// One request that must succeed.
    pub(crate) fn post(&self, path: &str, by: By<'_>, body: Value) -> anyhow::Result<Answer> {
        let call = Call {
            method: "POST",
            path: path.to_owned(),
            by,
            body: Some(body),
        };
        self.succeed(&call)
    }

    /// One reading request that must succeed.
    pub(crate) fn get(&self, path: &str, by: By<'_>) -> anyhow::Result<Answer> {
        self.succeed(&Call {
            method: "GET",
            path: path.to_owned(),
            by,
            body: None,
        })
    }

    /// One request, whatever comes back.
    pub(crate) fn send(&self, call: &Call<'_>) -> anyhow::Result<Answer> {
        let answer = self.client.send(call)?;
        let status = answer.status.to_string();
        let status = if answer.status < 400 {
            self.console.green(&status)
        } else {
            self.console.red(&status)
        };
        let time = answer.time.as_millis();
        console::line(&format!(
            "    {} {} -> {status} ({time} ms)",
            call.method, call.path
        ));
        Ok(answer)
    }

    fn succeed(&self, call: &Call<'_>) -> anyhow::Result<Answer> {
        let answer = self.send(call)?;
        if answer.status >= 400 {
            bail!(
                "{} {} was refused: {}",
                call.method,
                call.path,
                answer.detail()
            );
        }
        Ok(answer)
    }
}

/// Something worth knowing about what came back.
pub(crate) fn note(name: &str, value: &str) {
    console::line(&format!("      {name:<18} {value}"));
}

/// The beginning of a token.
pub(crate) fn shortened(token: &str) -> String {
    if token.chars().count() <= SHOWN {
        return token.to_owned();
    }
    token.chars().take(SHOWN).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_tokens_are_cut_and_short_ones_are_not() {
        assert_eq!(shortened("jwt_abc"), "jwt_abc");
        assert_eq!(
            shortened(&"x".repeat(100)),
            format!("{}...", "x".repeat(24))
        );
    }
}
