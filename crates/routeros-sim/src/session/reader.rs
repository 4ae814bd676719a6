//! The reading half of a connection.

use std::sync::Arc;

use routeros_proto::decoder::Decoder;
use routeros_proto::limits::Limits;
use routeros_proto::request::CommandRef;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::fault::Direction;
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::session::auth;
use crate::session::cancel::cancel;
use crate::session::conn::{Conn, Gone};
use crate::session::perform::{Executed, Job};

/// Bytes read at once.
const BUFFER: usize = 16 << 10;

/// Answers longer than this are sent beside the reading, so that they can be cancelled.
const LONG: usize = 128 << 10;

/// What a TLS client says first. On the plain port a router takes it for the length of a word and
/// waits for more.
const TLS_HELLO: [u8; 2] = [0x16, 0x03];

/// Serves a connection until it ends.
pub(crate) async fn serve(conn: &Arc<Conn>, mut input: impl AsyncRead + Unpin) {
    let ended = read(conn, &mut input).await;
    if ended.is_ok() {
        // Nobody is there to hear the rest.
        conn.kill.cancel();
    }
    conn.close().await;
    auth::farewell(conn);
    if ended.is_err() {
        conn.shared
            .transcript
            .event(conn.id, "closed by the router");
    } else {
        conn.shared
            .transcript
            .event(conn.id, "closed by the client");
    }
}

async fn read(conn: &Arc<Conn>, input: &mut (impl AsyncRead + Unpin)) -> Result<(), Gone> {
    let mut decoder = Decoder::new(Limits::before_login());
    let mut buffer = vec![0; BUFFER];
    let mut first = true;
    loop {
        let count = take(conn, input, &mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        // Looked at after the read, so that a cut armed meanwhile counts these bytes too.
        let faults = &conn.shared.faults;
        let passing = faults.room(conn.id, Direction::FromClient, count);
        let cut = faults.count(conn.id, Direction::FromClient, passing);
        let bytes = buffer.get(..passing).unwrap_or_default();
        if std::mem::take(&mut first) && bytes.starts_with(&TLS_HELLO) {
            conn.shared
                .transcript
                .event(conn.id, "TLS on the plain port");
            return swallow(conn, input).await;
        }
        if cut {
            conn.shared.transcript.event(conn.id, "cut while reading");
            conn.fall_mute();
        }
        decoder.feed(bytes);
        let handled = drain(conn, &mut decoder).await;
        if cut {
            return Err(Gone);
        }
        handled?;
    }
}

/// Reads what there is; nothing at the end of the stream.
async fn take(
    conn: &Conn,
    input: &mut (impl AsyncRead + Unpin),
    buffer: &mut [u8],
) -> Result<usize, Gone> {
    tokio::select! {
        biased;
        () = conn.kill.cancelled() => Err(Gone),
        () = conn.power.freeze.cancelled() => {
            conn.kill.cancelled().await;
            Err(Gone)
        }
        read = input.read(buffer) => read.map_err(|_broken| Gone),
    }
}

/// Handles all commands that came whole.
async fn drain(conn: &Arc<Conn>, decoder: &mut Decoder) -> Result<(), Gone> {
    let mut opens_batch = conn.is_idle();
    loop {
        let request = match decoder.next_sentence() {
            Ok(None) => return Ok(()),
            Err(error) => {
                conn.shared.transcript.event(conn.id, &error.to_string());
                return Err(Gone);
            }
            Ok(Some(sentence)) => {
                conn.shared.transcript.command(conn.id, &sentence);
                CommandRef::parse(sentence).map(|command| Request::read(&command))
            }
        };
        match request {
            Ok(request) => {
                let path = request.path.as_str();
                conn.shared.tally.command(path, opens_batch);
                opens_batch = false;
                handle(conn, request).await?;
            }
            Err(_) if conn.policies().is_some() => {
                let replies = Replies::refusal(b"", &Refusal::no_such_command());
                conn.shared.transcript.replies(conn.id, &replies);
                conn.send(replies.bytes()).await?;
            }
            // A peer that does not speak the protocol gets no answer.
            Err(_) => {}
        }
        if conn.policies().is_some() {
            decoder.set_limits(Limits::client());
        }
    }
}

async fn handle(conn: &Arc<Conn>, request: Request) -> Result<(), Gone> {
    if let Some(last_words) = auth::before_login(conn, &request.path) {
        return end(conn, &last_words).await;
    }
    if request.path == "/quit" {
        return end(conn, &Replies::fatal("session terminated on request")).await;
    }
    if request.path == "/cancel" {
        let replies = cancel(conn, &request);
        conn.shared.transcript.replies(conn.id, &replies);
        return conn.send(replies.bytes()).await;
    }
    let hits = conn.shared.faults.strike(&request.path);
    let untagged = request.tag.is_empty();
    let job = Job::new(conn, request, hits);
    let turn = if untagged {
        let turns = Arc::clone(&conn.untagged);
        if let Ok(turn) = Arc::clone(&turns).try_lock_owned() {
            Some(turn)
        } else {
            // An untagged command is not over: this one waits for its turn.
            beside(conn, job.wait_for_turn(turns));
            return Ok(());
        }
    } else {
        None
    };
    if job.waits() {
        beside(conn, async move {
            let _turn = turn;
            job.wait_then_answer().await
        });
        return Ok(());
    }
    let executed = job.execute();
    let inline = match &executed {
        Executed::Reaction(reaction) => {
            job.is_prompt() && reaction.watch.is_none() && reaction.replies.bytes().len() <= LONG
        }
        Executed::End(_) | Executed::Close => true,
    };
    if inline {
        return job.answer(executed).await;
    }
    beside(conn, async move {
        let _turn = turn;
        job.answer(executed).await
    });
    Ok(())
}

/// Runs a command beside the reading, for as long as the connection lives.
fn beside(conn: &Conn, command: impl Future<Output = Result<(), Gone>> + Send + 'static) {
    let kill = conn.kill.clone();
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = kill.cancelled() => {}
            // When the connection is gone, whoever reads from it has noticed.
            _sent = command => {}
        }
    });
}

async fn end(conn: &Conn, last_words: &Replies) -> Result<(), Gone> {
    conn.shared.transcript.replies(conn.id, last_words);
    conn.send(last_words.bytes()).await?;
    conn.close().await;
    Err(Gone)
}

/// Reads and forgets until the peer gives up.
pub(crate) async fn swallow(conn: &Conn, input: &mut (impl AsyncRead + Unpin)) -> Result<(), Gone> {
    let mut buffer = vec![0; BUFFER];
    while take(conn, input, &mut buffer).await? > 0 {}
    Ok(())
}
