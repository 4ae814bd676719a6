//! The walk through onboarding and a sale, on a thread of its own.
//!
//! So that Ctrl-C ends the demo at once, also while the server is being waited for.

use std::thread::JoinHandle;

use anyhow::anyhow;

use crate::console::Console;
use crate::demo::http::Client;
use crate::demo::onboarding;
use crate::demo::ports::Ports;
use crate::demo::sale;
use crate::demo::story::Story;

/// Where the walk takes place.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The ports of everything.
    pub(crate) ports: Ports,
    /// Whether the database was there before and stays, with what earlier demos left in it.
    pub(crate) kept_database: bool,
    /// Tells this run from others, where a name must not come twice.
    pub(crate) run: String,
}

/// What one can play with afterwards.
#[derive(Debug)]
pub(crate) struct Sold {
    /// The operator's log-in.
    pub(crate) operator_email: String,
    /// The password for that.
    pub(crate) operator_password: String,
    /// The router's API key, as a portal uses it.
    pub(crate) api_key: String,
    /// The router.
    pub(crate) router: String,
    /// The product that was sold.
    pub(crate) product: i64,
    /// The customer's hotspot user.
    pub(crate) user: String,
    /// The password for that.
    pub(crate) password: String,
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
