//! A channel to operators that keeps what it was given.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::notification::{ChannelKind, Notification};
use ports::notify::{Channel, ChannelAddress, NotifyError};

#[derive(Debug, Default)]
struct State {
    sent: Vec<(ChannelAddress, Notification)>,
    failure: Option<NotifyError>,
}

/// A [`Channel`] that remembers every notification, or fails as told.
#[derive(Debug)]
pub struct RecordingChannel {
    kind: ChannelKind,
    state: Mutex<State>,
}

impl RecordingChannel {
    /// A channel that delivers.
    #[must_use]
    pub fn new(kind: ChannelKind) -> Self {
        Self {
            kind,
            state: Mutex::default(),
        }
    }

    /// From now on every notification fails with this, or with `None` is delivered.
    pub fn fail_with(&self, failure: Option<NotifyError>) {
        self.state().failure = failure;
    }

    /// What was delivered, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<(ChannelAddress, Notification)> {
        self.state().sent.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Channel for RecordingChannel {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    async fn send(
        &self,
        address: &ChannelAddress,
        notification: &Notification,
    ) -> Result<(), NotifyError> {
        let mut state = self.state();
        if let Some(failure) = state.failure {
            return Err(failure);
        }
        state.sent.push((address.clone(), notification.clone()));
        Ok(())
    }
}
