//! Sending an answer, with what goes wrong on the way.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::fault::armed::Hit;
use crate::fault::{FaultKind, Point};
use crate::replies::{Part, Replies};
use crate::session::conn::{Conn, Gone, Waiting};
use crate::sync::lock;

/// Bytes sent in one write, so that big answers leave room for others between their rows.
const CHUNK: usize = 32 << 10;

/// How far the answer to a command is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Stops the command.
    pub(super) cancel: CancellationToken,
    begun: AtomicBool,
}

impl Progress {
    /// The first bytes are about to leave.
    pub(super) fn begin(&self, conn: &Conn) {
        if !self.begun.swap(true, Ordering::AcqRel) {
            conn.answered();
        }
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivered {
    /// All of it is sent, or kept for later.
    Sent,
    /// It was cancelled before its end.
    Cancelled,
}

/// Sends an answer that nothing is wrong with, and those that waited for one.
pub(super) async fn plainly(
    conn: &Conn,
    replies: Replies,
    progress: &Progress,
) -> Result<Delivered, Gone> {
    let waiting = std::mem::take(&mut *lock(&conn.waiting));
    let replies = if waiting.is_empty() {
        replies
    } else {
        together(waiting, &replies)
    };
    conn.shared.transcript.replies(conn.id, &replies);
    progress.begin(conn);
    if replies.bytes().len() <= CHUNK {
        conn.send(replies.bytes()).await?;
        return Ok(Delivered::Sent);
    }
    let mut chunk = Vec::with_capacity(CHUNK);
    for (sentence, _) in replies.sentences() {
        if !chunk.is_empty() && chunk.len() + sentence.len() > CHUNK {
            conn.send(&chunk).await?;
            chunk.clear();
            if progress.cancel.is_cancelled() {
                return Ok(Delivered::Cancelled);
            }
            // Lets answers to other commands slip in between.
            tokio::task::yield_now().await;
        }
        chunk.extend_from_slice(sentence);
    }
    conn.send(&chunk).await?;
    Ok(Delivered::Sent)
}

/// Sends an answer as the faults want it.
pub(super) async fn with_faults(
    conn: &Conn,
    mut replies: Replies,
    hits: &[Hit],
    progress: &Progress,
) -> Result<Delivered, Gone> {
    for hit in hits {
        if stopped(pause(hit, Point::Reply), &progress.cancel).await {
            return Ok(Delivered::Cancelled);
        }
        match &hit.kind {
            FaultKind::CloseBeforeReply => {
                event(conn, "closed before the answer");
                return gone(conn).await;
            }
            FaultKind::WithNextReply => {
                lock(&conn.waiting).push(Waiting::Before(std::mem::take(&mut replies)));
                return Ok(Delivered::Sent);
            }
            FaultKind::AfterNextReply => {
                lock(&conn.waiting).push(Waiting::After(std::mem::take(&mut replies)));
                return Ok(Delivered::Sent);
            }
            FaultKind::CloseMidRow { after_rows } => {
                let bytes = half_of_row(&replies, *after_rows);
                event(conn, "closed in the middle of a row");
                conn.send(&bytes).await?;
                return gone(conn).await;
            }
            FaultKind::CloseInReply { bytes } => {
                let sent = replies.bytes().get(..*bytes).unwrap_or(replies.bytes());
                event(conn, "closed in the middle of the answer");
                conn.send(sent).await?;
                return gone(conn).await;
            }
            _ => {}
        }
    }
    let paced = hits.iter().any(|hit| {
        matches!(
            hit.kind,
            FaultKind::OneByteAtATime
                | FaultKind::SentencePerPacket
                | FaultKind::Hold(Point::Rows | Point::Word)
                | FaultKind::Delay {
                    at: Point::Rows | Point::Word,
                    ..
                }
        )
    });
    if !paced {
        return plainly(conn, replies, progress).await;
    }
    conn.shared.transcript.replies(conn.id, &replies);
    progress.begin(conn);
    for (number, (sentence, part)) in replies.sentences().enumerate() {
        if number == 0 && halting_in_word(hits) {
            // Three bytes in: after the length, inside the reply word.
            let (head, tail) = sentence.split_at_checked(3).unwrap_or((sentence, &[]));
            conn.send(head).await?;
            for hit in hits {
                // A word that has begun must end, so this one pause ignores `/cancel`.
                pause(hit, Point::Word).await;
            }
            conn.send(tail).await?;
        } else if hits.iter().any(|hit| hit.kind == FaultKind::OneByteAtATime) {
            for byte in sentence {
                conn.send(&[*byte]).await?;
                tokio::task::yield_now().await;
            }
        } else {
            conn.send(sentence).await?;
        }
        if part == Part::Row {
            for hit in hits {
                if stopped(pause(hit, Point::Rows), &progress.cancel).await {
                    return Ok(Delivered::Cancelled);
                }
            }
        }
    }
    Ok(Delivered::Sent)
}

/// Waits where a fault says so.
pub(super) async fn pause(hit: &Hit, here: Point) {
    match hit.kind {
        FaultKind::Hold(at) if at == here => hit.held().await,
        FaultKind::Delay { at, millis } if at == here => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        _ => {}
    }
}

/// Waits for `wait` or the command's end by `/cancel`; whether it was the latter.
pub(super) async fn stopped(wait: impl Future<Output = ()>, cancel: &CancellationToken) -> bool {
    tokio::select! {
        biased;
        () = wait => false,
        () = cancel.cancelled() => true,
    }
}

fn halting_in_word(hits: &[Hit]) -> bool {
    hits.iter().any(|hit| {
        matches!(
            hit.kind,
            FaultKind::Hold(Point::Word)
                | FaultKind::Delay {
                    at: Point::Word,
                    ..
                }
        )
    })
}

fn together(waiting: Vec<Waiting>, own: &Replies) -> Replies {
    let mut first = Replies::default();
    let mut last = Replies::default();
    for answer in waiting {
        match answer {
            Waiting::Before(replies) => first.extend(&replies),
            Waiting::After(replies) => last.extend(&replies),
        }
    }
    first.extend(own);
    first.extend(&last);
    first
}

/// All up to the middle of row number `after_rows`, or of the last sentence.
fn half_of_row(replies: &Replies, after_rows: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rows = 0;
    let mut last: &[u8] = &[];
    for (sentence, part) in replies.sentences() {
        bytes.extend_from_slice(last);
        last = sentence;
        if part == Part::Row {
            if rows == after_rows {
                break;
            }
            rows += 1;
        }
    }
    bytes.extend_from_slice(last.get(..last.len() / 2).unwrap_or_default());
    bytes
}

fn event(conn: &Conn, text: &str) {
    conn.shared.transcript.event(conn.id, text);
}

async fn gone(conn: &Conn) -> Result<Delivered, Gone> {
    conn.close().await;
    Err(Gone)
}
