//! A notifier that keeps what it was given.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use ports::notify::{NoticeTarget, Notifier, NotifyError};

#[derive(Debug, Default)]
struct State {
    sent: Vec<(NoticeTarget, String)>,
    failure: Option<NotifyError>,
}

/// A [`Notifier`] that remembers every notice, or fails as told.
#[derive(Debug, Default)]
pub struct RecordingNotifier {
    state: Mutex<State>,
}

impl RecordingNotifier {
    /// A notifier that delivers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every notice fails with this, or with `None` is delivered.
    pub fn fail_with(&self, failure: Option<NotifyError>) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failure = failure;
    }

    /// What was delivered, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<(NoticeTarget, String)> {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .sent
            .clone()
    }
}

#[async_trait]
impl Notifier for RecordingNotifier {
    async fn send(&self, target: &NoticeTarget, html: &str) -> Result<(), NotifyError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = state.failure {
            return Err(failure);
        }
        state.sent.push((target.clone(), html.to_owned()));
        Ok(())
    }
}
