//! The walk through onboarding and a sale, on a thread of its own.
//!
//! So that Ctrl-C ends the demo at once, also while the server is being waited for.

use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::anyhow;

use crate::console::Console;
use crate::demo::http::Client;
use crate::demo::onboarding;
use crate::demo::sale;
use crate::demo::services::Services;
use crate::demo::setting::{Setting, Sold};
use crate::demo::story::Story;
use crate::session::Session;

/// Between two looks at what runs.
const LOOK: Duration = Duration::from_millis(50);

/// Waits for the end of a walk, as long as everything runs.
pub(crate) fn finish(
    mut walk: Walk,
    session: &Session,
    services: &mut Services,
) -> anyhow::Result<Sold> {
    let sold = loop {
        if let Some(result) = walk.finished() {
            break result;
        }
        services.expect_running()?;
        session.interrupt.pause(LOOK)?;
    };
    sold.map_err(|error| services.explain(&error))
}

/// A walk in progress.
#[derive(Debug)]
pub(crate) struct Walk {
    thread: Option<JoinHandle<anyhow::Result<Sold>>>,
}

impl Walk {
    /// Sets out.
    pub(crate) fn start(console: Console, setting: Setting) -> Self {
        let thread = std::thread::spawn(move || {
            let mut story = Story::new(console, Client::new(setting.ports.server));
            let shop = onboarding::tell(&mut story, &setting)?;
            sale::tell(&mut story, &setting, shop)
        });
        Self {
            thread: Some(thread),
        }
    }

    /// How it ended, if it has.
    pub(crate) fn finished(&mut self) -> Option<anyhow::Result<Sold>> {
        if !self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            return None;
        }
        let end = self.thread.take()?.join();
        Some(end.unwrap_or_else(|_| Err(anyhow!("the walk panicked"))))
    }
}
