//! The task that owns a connection.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use routeros_proto::connection::{CallEvent, Event, SubmitError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::{CallErrorKind, Closed, Effect, End};
use crate::link::Link;
use crate::request::{Control, Request};

mod calls;
mod stall;

use calls::{Calls, Next};
use stall::{Outcome, Stall};

/// Bytes that a router may send while nobody waits for any: the rest of what was cancelled.
const UNASKED: u64 = 64 << 20;
/// Far enough for a timer that is not needed.
const IDLE: Duration = Duration::from_secs(3_600);

/// Drives one connection until it ends or nobody needs it any more.
pub(crate) struct Driver<S> {
    link: Link<S>,
    calls: Calls,
    requests: mpsc::Receiver<Request>,
    control: mpsc::UnboundedReceiver<Control>,
    ended: watch::Sender<Option<End>>,
    timer: Pin<Box<Sleep>>,
    /// A row that found its stream's buffer full. While there is one, nothing is read.
    stall: Option<Stall>,
    /// Some handle may still send requests.
    accepting: bool,
    /// Bytes received when somebody last waited for some.
    asked_at: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    pub(crate) fn new(
        link: Link<S>,
        requests: mpsc::Receiver<Request>,
        control: mpsc::UnboundedReceiver<Control>,
        ended: watch::Sender<Option<End>>,
    ) -> Self {
        Self {
            link,
            calls: Calls::default(),
            requests,
            control,
            ended,
            timer: Box::pin(sleep_until(Instant::now() + IDLE)),
            stall: None,
            accepting: true,
            asked_at: 0,
        }
    }

    /// Runs to the end of the connection.
    pub(crate) async fn run(mut self) {
        let end = loop {
            if let Some(end) = self.pump() {
                break end;
            }
            if !self.accepting && self.calls.is_empty() && self.link.is_flushed() {
                break self.link.end();
            }
            self.bound_what_nobody_asked_for();
            poll_fn(|cx| self.poll_work(cx)).await;
        };
        announce(&self.ended, &end);
        self.requests.close();
        while let Some(request) = self.requests.recv().await {
            request
                .sink
                .fail(CallErrorKind::from_end(&end, Effect::None));
        }
        self.link.close().await;
    }

    /// A router that goes on sending although no call is left costs a processor for ever.
    fn bound_what_nobody_asked_for(&mut self) {
        if !self.calls.is_empty() {
            self.asked_at = self.link.received();
        } else if self.link.received().saturating_sub(self.asked_at) > UNASKED {
            self.link.connection().abort();
        }
    }

    /// Hands all events on; the end of the connection comes last.
    fn pump(&mut self) -> Option<End> {
        while self.stall.is_none() {
            let written = self.link.written();
            let error = self.link.error();
            match self.link.connection().poll_event()? {
                Event::Call { id, event } => {
                    // Whoever hears that a call failed with its connection may ask why at once.
                    if let CallEvent::Failed(reason) = event {
                        announce(&self.ended, &End::new(Some(reason), error));
                    }
                    match self.calls.on_event(id, &event, written, error) {
                        Next::Go => {}
                        Next::Abandon => self.link.abandon(id),
                        Next::Wait(stall) => self.stall = Some(*stall),
                    }
                }
                Event::Closed(reason) => return Some(End::new(Some(reason), error)),
                Event::LoggedIn | Event::LoginFailed(_) | Event::Stray(_) => {}
            }
        }
        None
    }

    /// Ready when there may be something to pump.
    fn poll_work(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Requests before orders: an order may be about a request that was sent before it.
        let mut progress = self.poll_requests(cx);
        progress |= self.poll_control(cx);
        progress |= self.poll_stall(cx);
        progress |= self.link.poll(cx, self.stall.is_none()).is_ready();
        progress |= self.poll_timer(cx);
        if progress {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn poll_requests(&mut self, cx: &mut Context<'_>) -> bool {
        while self.accepting {
            match self.requests.poll_recv(cx) {
                Poll::Ready(Some(request)) => self.submit(request),
                Poll::Ready(None) => {
                    self.accepting = false;
                    return true;
                }
                Poll::Pending => break,
            }
        }
        false
    }

    fn submit(&mut self, request: Request) {
        if request.sink.is_abandoned() {
            return;
        }
        match self.link.submit(&request.command, request.options) {
            Ok((id, end)) => {
                self.asked_at = self.link.received();
                self.calls
                    .insert(id, request.serial, end, request.sink, request.permit);
            }
            Err(SubmitError::Invalid(error)) => request.sink.fail(CallErrorKind::Invalid(error)),
            Err(SubmitError::Closed) => {
                let end = self.link.end();
                announce(&self.ended, &end);
                request
                    .sink
                    .fail(CallErrorKind::from_end(&end, Effect::None));
            }
            Err(SubmitError::CommandTooLarge { size, limit }) => {
                request
                    .sink
                    .fail(CallErrorKind::CommandTooLarge { size, limit });
            }
            Err(_) => request.sink.fail(CallErrorKind::Busy),
        }
    }

    fn poll_control(&mut self, cx: &mut Context<'_>) -> bool {
        let mut progress = false;
        while let Poll::Ready(Some(order)) = self.control.poll_recv(cx) {
            progress = true;
            match order {
                Control::Cancel(serial) => {
                    if let Some(id) = self.calls.find(serial) {
                        self.link.cancel(id);
                    }
                }
                Control::Abandon(serial) => {
                    if let Some(id) = self.calls.find(serial) {
                        self.calls.forget(id);
                        self.link.abandon(id);
                    }
                }
                Control::Close => self.link.connection().abort(),
            }
        }
        progress
    }

    fn poll_stall(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(stall) = &mut self.stall else {
            return false;
        };
        let id = stall.id();
        stall.hold_up(self.calls.has_others(id));
        let Poll::Ready(outcome) = stall.poll(cx) else {
            return false;
        };
        self.stall = None;
        match outcome {
            Outcome::Placed { waited } => self.calls.placed(id, waited),
            Outcome::Gone => {
                self.calls.forget(id);
                self.link.abandon(id);
            }
            Outcome::TooSlow => {
                self.calls.fail(id, CallErrorKind::Overflow);
                self.link.abandon(id);
            }
        }
        true
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        // While a row waits to be placed no event is polled, so a deadline of the connection's
        // could not be reported: the handles have their own timers.
        let wanted = match &self.stall {
            Some(stall) => stall.latest(),
            None => self.link.next_timeout(),
        };
        let Some(wanted) = wanted else {
            return false;
        };
        if self.timer.deadline() != wanted {
            self.timer.as_mut().reset(wanted);
        }
        if self.timer.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.link.tell_time();
        true
    }
}

/// Tells all handles how the connection ended; what was told first stays.
fn announce(ended: &watch::Sender<Option<End>>, end: &End) {
    ended.send_if_modified(|known| {
        let news = known.is_none();
        if news {
            *known = Some(end.clone());
        }
        news
    });
}

/// A task that is dropped before its end was dropped with its runtime. Fields go after this, so
/// the calls hear of it only when the reason is known.
impl<S> Drop for Driver<S> {
    fn drop(&mut self) {
        announce(&self.ended, &End::Closed(Closed::RuntimeGone));
    }
}
