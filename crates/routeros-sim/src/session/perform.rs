//! One command from its execution to the end of its answer.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::command;
use crate::command::reaction::Reaction;
use crate::command::watch::Watch;
use crate::fault::armed::Hit;
use crate::fault::shape::shape;
use crate::fault::{FaultKind, Point};
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::session::auth::{self, LoginOutcome};
use crate::session::conn::{Conn, Gone, Running};
use crate::session::deliver::{self, Delivered, Progress};
use crate::session::stream;
use crate::sync::lock;

/// A command on its way.
pub(super) struct Job {
    pub(super) conn: Arc<Conn>,
    pub(super) request: Request,
    pub(super) hits: Vec<Hit>,
    number: u64,
    progress: Progress,
}

/// What execution brought.
#[derive(Debug)]
pub(super) enum Executed {
    /// An answer.
    Reaction(Reaction),
    /// The final `!fatal` reply; the connection closes after it.
    End(Replies),
    /// Nothing: the connection closes.
    Close,
}

impl Job {
    /// Registers a command as running.
    pub(super) fn new(conn: &Arc<Conn>, request: Request, hits: Vec<Hit>) -> Self {
        let number = conn.next_command();
        let progress = Progress::default();
        let running = Running {
            tag: request.tag.clone(),
            cancel: progress.cancel.clone(),
        };
        lock(&conn.running).insert(number, running);
        conn.asked();
        Self {
            conn: Arc::clone(conn),
            request,
            hits,
            number,
            progress,
        }
    }

    /// Whether a fault holds it back before it is executed.
    pub(super) fn waits(&self) -> bool {
        self.hits.iter().any(|hit| {
            matches!(
                hit.kind,
                FaultKind::Hold(Point::Execution)
                    | FaultKind::Delay {
                        at: Point::Execution,
                        ..
                    }
            )
        })
    }

    /// Whether its answer is sent, or put aside for the next one, without a wait.
    pub(super) fn is_prompt(&self) -> bool {
        self.hits.iter().all(|hit| {
            matches!(
                hit.kind,
                FaultKind::WithNextReply | FaultKind::AfterNextReply
            )
        })
    }

    /// Executes the command, subject to injected faults.
    pub(super) fn execute(&self) -> Executed {
        let Self { conn, request, .. } = self;
        for hit in &self.hits {
            match &hit.kind {
                FaultKind::CloseBeforeExecution => return Executed::Close,
                FaultKind::Fatal { reason } => return Executed::End(Replies::fatal(reason)),
                FaultKind::Trap {
                    message,
                    category,
                    executed,
                } => {
                    if *executed {
                        self.run();
                    }
                    let refusal = Refusal {
                        category: *category,
                        message: message.clone(),
                    };
                    return Executed::Reaction(Replies::refusal(&request.tag, &refusal).into());
                }
                FaultKind::TwoTraps => return Executed::Reaction(Replies::default().into()),
                _ => {}
            }
        }
        if request.path == "/login" {
            let refused = self
                .hits
                .iter()
                .any(|hit| hit.kind == FaultKind::RefuseLogin);
            return match auth::log_in(conn, request, refused) {
                LoginOutcome::Answer(replies) => Executed::Reaction(replies.into()),
                LoginOutcome::End(replies) => Executed::End(replies),
            };
        }
        Executed::Reaction(self.run())
    }

    fn run(&self) -> Reaction {
        let Some(policies) = self.conn.policies() else {
            return Replies::default().into();
        };
        let mut router = lock(&self.conn.shared.router);
        command::execute(&mut router, policies, &self.request)
    }

    /// Sends the answer and ends the command.
    pub(super) async fn answer(self, executed: Executed) -> Result<(), Gone> {
        let conn = Arc::clone(&self.conn);
        match executed {
            Executed::Close => {
                conn.shared
                    .transcript
                    .event(conn.id, "closed before execution");
                conn.close().await;
                Err(Gone)
            }
            Executed::End(replies) => {
                deliver::plainly(&conn, replies, &self.progress).await?;
                conn.close().await;
                Err(Gone)
            }
            Executed::Reaction(reaction) => self.send(reaction).await,
        }
    }

    /// Waits for the untagged command before this one to end, then goes its way.
    pub(super) async fn wait_for_turn(self, turns: Arc<Mutex<()>>) -> Result<(), Gone> {
        let turn = tokio::select! {
            biased;
            () = self.progress.cancel.cancelled() => None,
            turn = turns.lock_owned() => Some(turn),
        };
        if turn.is_none() {
            return self.interrupted().await;
        }
        self.wait_then_answer().await
    }

    /// Waits as the faults say, then executes and answers.
    pub(super) async fn wait_then_answer(self) -> Result<(), Gone> {
        for hit in &self.hits {
            if deliver::stopped(deliver::pause(hit, Point::Execution), &self.progress.cancel).await
            {
                return self.interrupted().await;
            }
        }
        let executed = self.execute();
        self.answer(executed).await
    }

    async fn send(self, reaction: Reaction) -> Result<(), Gone> {
        let Reaction { replies, watch } = reaction;
        let conn = &self.conn;
        let delivered = if self.hits.is_empty() {
            deliver::plainly(conn, replies, &self.progress).await?
        } else {
            let shaped = self.hits.iter().fold(replies, |replies, hit| {
                shape(&hit.kind, &self.request.tag, replies)
            });
            deliver::with_faults(conn, shaped, &self.hits, &self.progress).await?
        };
        if delivered == Delivered::Cancelled {
            return self.interrupted().await;
        }
        let endless = self.hits.iter().find_map(|hit| match hit.kind {
            FaultKind::NeverDone { even_after_cancel } => Some(even_after_cancel),
            FaultKind::ReservedByte | FaultKind::HugeLength => Some(true),
            _ => None,
        });
        if let Some(even_after_cancel) = endless {
            self.progress.cancel.cancelled().await;
            if even_after_cancel {
                conn.kill.cancelled().await;
            }
            return self.interrupted().await;
        }
        match watch {
            Some(watch) => self.go_on(watch).await,
            None => Ok(()),
        }
    }

    async fn go_on(self, watch: Watch) -> Result<(), Gone> {
        self.progress.begin(&self.conn);
        let outcome = stream::run(&self.conn, watch, &self.progress).await;
        outcome?;
        self.interrupted().await
    }

    async fn interrupted(self) -> Result<(), Gone> {
        let replies = Replies::refusal(&self.request.tag, &Refusal::interrupted());
        deliver::plainly(&self.conn, replies, &self.progress).await?;
        Ok(())
    }
}

/// The command is over, however it ended.
impl Drop for Job {
    fn drop(&mut self) {
        lock(&self.conn.running).remove(&self.number);
        self.progress.begin(&self.conn);
    }
}
