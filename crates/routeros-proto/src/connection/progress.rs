//! What input and time do to a connection, and how that is reported.

use crate::connection::Connection;
use crate::connection::calls::{Stage, Verdict};
use crate::connection::event::{CallEvent, CallId, CloseReason, Event};
use crate::connection::phase::{Phase, Step};
use crate::connection::tag::Tag;
use crate::decoder::Span;
use crate::login::{LoginError, LoginStep};
use crate::reply::{ReplyKind, ReplyRef};
use crate::trap::{Trap, TrapRef};

impl Connection {
    /// What is due, once all input was looked at.
    pub(super) fn handle_expiry(&mut self) -> Option<Step> {
        if let Phase::LoggingIn {
            deadline: Some(deadline),
            ..
        } = self.phase
            && deadline <= self.now
        {
            self.close(CloseReason::LoginTimedOut);
            return Some(Step::LoginFailed(LoginError::TimedOut));
        }
        let tag = self.calls.expired(self.now)?;
        let live = self
            .calls
            .waiting(tag)
            .is_some_and(|call| call.stage == Stage::Live);
        self.calls.bury(tag);
        if live {
            self.send_cancel(tag);
        }
        Some(Step::TimedOut(tag))
    }

    pub(super) fn handle_sentence(&mut self, span: Span) -> Option<Step> {
        let Ok(reply) = ReplyRef::parse(self.decoder.sentence(span)) else {
            self.close(CloseReason::NotAReply);
            return None;
        };
        if reply.kind() == ReplyKind::Fatal {
            let reason = CloseReason::Fatal(reply.reason().as_bytes().into());
            self.close(reason);
            return None;
        }
        match reply.tag() {
            None => match &mut self.phase {
                Phase::LoggingIn { login, .. } => {
                    let step = login.on_reply(&reply);
                    self.handle_login_step(step)
                }
                _ => Some(Step::Stray(span)),
            },
            Some(text) => {
                let Some(tag) = Tag::parse(text) else {
                    return Some(Step::Stray(span));
                };
                match self.calls.on_reply(tag, &reply, self.now) {
                    Verdict::Deliver { traps } => Some(Step::Reply(tag, span, traps)),
                    Verdict::Cancelled => Some(Step::Cancelled(tag)),
                    Verdict::Unknown => Some(Step::Stray(span)),
                    Verdict::Swallow => None,
                }
            }
        }
    }

    /// Why a login was refused, when the router closed after it said so and before its `!done`.
    pub(super) fn refusal_without_end(&mut self) -> Option<Trap> {
        let Phase::LoggingIn { login, .. } = &mut self.phase else {
            return None;
        };
        let trap = login.take_refusal()?;
        self.phase = Phase::Open;
        Some(trap)
    }

    fn handle_login_step(&mut self, step: LoginStep) -> Option<Step> {
        match step {
            LoginStep::Wait => None,
            LoginStep::Send(command) => {
                if self.send(&command, None).is_err() {
                    self.close(CloseReason::Aborted);
                }
                None
            }
            LoginStep::Done => {
                self.phase = Phase::Open;
                Some(Step::LoggedIn)
            }
            LoginStep::Failed(error) => {
                self.phase = Phase::Open;
                Some(Step::LoginFailed(error))
            }
        }
    }

    pub(super) fn render(&self, step: Step) -> Option<Event<'_>> {
        let call = |tag: u64, event| Event::Call {
            id: CallId::new(tag),
            event,
        };
        let parse = |span| ReplyRef::parse(self.decoder.sentence(span)).ok();
        Some(match step {
            Step::LoggedIn => Event::LoggedIn,
            Step::LoginFailed(error) => Event::LoginFailed(error),
            Step::Stray(span) => Event::Stray(parse(span)?),
            Step::Cancelled(tag) => call(tag, CallEvent::Cancelled),
            Step::TimedOut(tag) => call(tag, CallEvent::TimedOut),
            Step::Failed(tag) => call(tag, CallEvent::Failed(self.close_reason()?)),
            Step::Closed => Event::Closed(self.close_reason()?),
            Step::Reply(tag, span, traps) => {
                let reply = parse(span)?;
                let attributes = reply.row();
                let event = match reply.kind() {
                    ReplyKind::Re => CallEvent::Row(attributes),
                    ReplyKind::Empty => CallEvent::Empty,
                    ReplyKind::Trap => CallEvent::Trap(TrapRef::new(attributes)),
                    ReplyKind::Done => CallEvent::Done { attributes, traps },
                    ReplyKind::Fatal | ReplyKind::Other(_) => CallEvent::Unknown(reply),
                };
                call(tag, event)
            }
        })
    }
}
