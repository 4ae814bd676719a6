//! A call as its caller knows it: for its error, its observer and its span.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use routeros_proto::command::Command;

use crate::error::{CallError, CallErrorKind};

/// Hears how the calls of a handle end; lives as long as the handle and its streams.
pub(crate) trait Observer: Send + Sync {
    /// A call ended, with this error or without one.
    fn call_ended(&self, error: Option<&CallErrorKind>);
}

/// What is known of a call beside its answer: for its error, its observer and its span.
pub(crate) struct CallContext {
    command: Box<[u8]>,
    peer: Option<SocketAddr>,
    observer: Option<Arc<dyn Observer>>,
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl CallContext {
    pub(crate) fn new(
        command: &Command,
        peer: Option<SocketAddr>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Self {
        Self {
            command: command.path().into(),
            peer,
            observer,
            // Attributes stay out: they may be secret.
            #[cfg(feature = "tracing")]
            span: tracing::debug_span!(
                "routeros.call",
                command = %command.path().escape_ascii(),
                peer = peer.map(tracing::field::display),
                rows = tracing::field::Empty,
                failure = tracing::field::Empty,
            ),
        }
    }

    /// Runs the call inside its span.
    #[cfg(feature = "tracing")]
    pub(crate) fn inside<F: Future>(&self, call: F) -> impl Future<Output = F::Output> {
        tracing::Instrument::instrument(call, self.span.clone())
    }

    /// Runs the call; without tracing there is no span.
    #[cfg(not(feature = "tracing"))]
    #[expect(clippy::unused_self, reason = "with tracing it is used")]
    pub(crate) fn inside<F: Future>(&self, call: F) -> F {
        call
    }

    /// Tells whoever wants to know how the call ended: with so many rows, or an error.
    pub(crate) fn ended(&self, outcome: Result<usize, &CallErrorKind>) {
        if let Some(observer) = &self.observer {
            observer.call_ended(outcome.err());
        }
        #[cfg(feature = "tracing")]
        match outcome {
            Ok(rows) => {
                self.span.record("rows", rows);
            }
            // Not its text, in which a router may repeat what it was sent.
            Err(CallErrorKind::Trap(refusal)) => {
                let class = format!("{:?}", refusal.class());
                self.span.record("failure", class);
            }
            Err(kind) => {
                self.span.record("failure", kind.to_string());
            }
        }
    }

    pub(crate) fn error(&self, kind: CallErrorKind) -> CallError {
        CallError::new(kind, &self.command, self.peer)
    }
}
