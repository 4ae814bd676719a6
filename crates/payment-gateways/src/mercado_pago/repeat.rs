//! Sending a request under an idempotency key until there is a usable answer, or time or turns
//! run out.

use std::time::Duration;

use crate::http::Call;
use crate::http::Deadline;
use crate::http::{Answer, Lost};
use crate::mercado_pago::api::Api;
use crate::mercado_pago::causes::{self, Meaning};

/// Repeats after the first send.
const MAX_REPEATS: u32 = 3;

/// Where the sends ended.
#[derive(Debug)]
pub(crate) struct Sent {
    /// What the last send brought.
    pub(crate) last: Result<Answer, Lost>,
    /// Whether an earlier send may have been carried out: a refusal of the last one then says
    /// nothing about the money.
    pub(crate) is_doubtful: bool,
}

/// Sends the same request, byte for byte, at most four times.
///
/// Repeated are lost answers, unusable 2xx, 5xx, 429, 423, 424 and 409 (the first one is still
/// running). A first connection that fails is not: the customer gets a clear answer at once.
pub(crate) async fn send(
    api: &Api,
    call: &Call,
    deadline: Deadline,
    is_usable: impl Fn(&Answer) -> bool,
) -> Sent {
    let mut is_doubtful = false;
    let mut pause = api.repeat_pause();
    let mut repeats = 0;
    loop {
        let last = api.send(call, deadline).await;
        let next = match &last {
            Ok(answer) if answer.is_success() && is_usable(answer) => Next::Stop,
            Ok(answer) if answer.is_success() => Next::AgainInDoubt,
            Ok(answer) => after_refusal(answer),
            Err(Lost::NotSent) if is_doubtful => Next::Again,
            Err(Lost::NotSent | Lost::Unsendable) => Next::Stop,
            Err(Lost::TimedOut | Lost::Broken) => Next::AgainInDoubt,
        };
        let wait = match &last {
            Ok(answer) => answer.retry_after.map_or(pause, |asked| asked.max(pause)),
            Err(_) => pause,
        };
        if next == Next::Stop || repeats == MAX_REPEATS || wait >= deadline.left() {
            return Sent { last, is_doubtful };
        }
        is_doubtful |= next == Next::AgainInDoubt;
        tokio::time::sleep(wait).await;
        pause = pause.saturating_mul(2).max(Duration::from_millis(1));
        repeats += 1;
    }
}

#[derive(PartialEq, Eq)]
enum Next {
    Stop,
    /// This send was certainly not carried out.
    Again,
    AgainInDoubt,
}

fn after_refusal(answer: &Answer) -> Next {
    match (answer.status, causes::meaning(answer)) {
        (429, _) => Next::Again,
        (409 | 423 | 424 | 500..=599, _) | (400 | 422, Meaning::Unsure) => Next::AgainInDoubt,
        _ => Next::Stop,
    }
}
