//! The part of Telegram's bot API that notifications need.

use axum::http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::core::gateway::{Endpoint, mark};
use crate::core::http::{Call, Reply, Request};
use crate::core::retained::Retained;

/// The bot token in the path, if it has the shape of one (`<digits>:<text>`).
pub(crate) fn key(request: &Request) -> Option<String> {
    let token = request.segments().first()?.strip_prefix("bot")?.to_owned();
    let (id, secret) = token.split_once(':')?;
    let shaped = !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_digit())
        && !secret.is_empty()
        && secret
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    shaped.then_some(token)
}

/// Which operation a request asks for. Method names are not case-sensitive.
pub(crate) fn endpoint(request: &Request) -> Endpoint {
    let name = request
        .segments()
        .get(1)
        .map(|name| name.to_ascii_lowercase());
    match name.as_deref() {
        Some("sendmessage") => Endpoint::SendMessage,
        Some("getme") => Endpoint::GetMe,
        _ => Endpoint::Unknown,
    }
}

/// An error in Telegram's shape.
pub(crate) fn error(status: u16, description: &str) -> Reply {
    Reply::json(
        status,
        json!({ "ok": false, "error_code": status, "description": description }),
    )
}

/// An error of any status in the usual words.
pub(crate) fn error_of_status(status: u16, retry_after: Option<u32>) -> Reply {
    match status {
        401 => error(401, "Unauthorized"),
        403 => error(403, "Forbidden: bot was blocked by the user"),
        404 => error(404, "Not Found"),
        429 => {
            let seconds = retry_after.unwrap_or(1);
            let body = json!({
                "ok": false,
                "error_code": 429,
                "description": format!("Too Many Requests: retry after {seconds}"),
                "parameters": { "retry_after": seconds },
            });
            Reply::json(429, body)
        }
        400..=499 => error(status, "Bad Request"),
        _ => error(status, "Internal Server Error"),
    }
}

/// Does what a request with a known token asks for.
pub(crate) fn handle(
    store: &mut TelegramStore,
    call: &Call,
    request: &Request,
    token: &str,
) -> Reply {
    match call.endpoint {
        Endpoint::SendMessage => match read(request) {
            Ok(message) => send(store, call, message, token),
            Err(what) => error(400, &format!("Bad Request: {what}")),
        },
        Endpoint::GetMe => {
            let id: i64 = token
                .split(':')
                .next()
                .and_then(|id| id.parse().ok())
                .unwrap_or(0);
            let me = json!({
                "id": id, "is_bot": true, "first_name": "Sandbox", "username": "sandbox_bot",
            });
            Reply::json(200, json!({ "ok": true, "result": me }))
        }
        _ => error(404, "Not Found"),
    }
}

struct Message {
    chat_id: String,
    text: String,
    parse_mode: Option<String>,
}

/// Reads the parameters from a JSON body, a form or the query, as Telegram does.
fn read(request: &Request) -> Result<Message, String> {
    let body = request.json().unwrap_or(Value::Null);
    let form: Vec<(String, String)> = if request.method == Method::POST && body.is_null() {
        url::form_urlencoded::parse(&request.body)
            .into_owned()
            .collect()
    } else {
        Vec::new()
    };
    let find = |name: &str| match body.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => None,
        None => form
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .or_else(|| request.query(name).map(str::to_owned)),
    };
    let chat_id = find("chat_id")
        .filter(|id| !id.is_empty())
        .ok_or("chat_id is empty")?;
    let number: Option<i64> = chat_id.parse().ok();
    if number.is_none_or(|number| number == 0) && !chat_id.starts_with('@') {
        return Err("chat not found".to_owned());
    }
    let text = find("text")
        .filter(|text| !text.trim().is_empty())
        .ok_or("message text is empty")?;
    let parse_mode = find("parse_mode");
    match parse_mode
        .as_deref()
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        None | Some("markdown" | "markdownv2") => {}
        Some("html") => {
            check_html(&text).map_err(|what| format!("can't parse entities: {what}"))?;
        }
        Some(_) => return Err("unsupported parse_mode".to_owned()),
    }
    // The limit counts after mark-up; counting before it is stricter and close enough.
    if text.chars().count() > 4_096 {
        return Err("message is too long".to_owned());
    }
    Ok(Message {
        chat_id,
        text,
        parse_mode,
    })
}

fn send(store: &mut TelegramStore, call: &Call, message: Message, token: &str) -> Reply {
    let message_id = i64::try_from(store.messages.next_number()).unwrap_or(i64::MAX);
    let answer = json!({
        "ok": true,
        "result": {
            "message_id": message_id,
            "date": call.now_ms / 1_000,
            "chat": { "id": message.chat_id.parse::<i64>().unwrap_or(0), "type": "private" },
            "text": message.text,
        },
    });
    store.messages.push(TelegramMessage {
        message_id,
        bot: mark(token),
        chat_id: message.chat_id,
        text: message.text,
        parse_mode: message.parse_mode,
    });
    Reply::json(200, answer)
}

const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "code",
    "del",
    "em",
    "i",
    "ins",
    "pre",
    "s",
    "span",
    "strike",
    "strong",
    "tg-emoji",
    "tg-spoiler",
    "u",
];

/// Refuses what Telegram refuses: unknown tags, tags that do not close, a bare `<`.
pub(crate) fn check_html(text: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    let offset = |rest: &str| text.len() - rest.len();
    while let Some((before, after)) = rest.split_once('<') {
        let at = offset(rest) + before.len();
        let Some((tag, tail)) = after.split_once('>') else {
            return Err(format!("Unclosed start tag at byte offset {at}"));
        };
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(&name.trim().to_ascii_lowercase()) {
                return Err(format!("Unexpected end tag at byte offset {at}"));
            }
            continue;
        }
        let name = tag
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if tag.starts_with(char::is_whitespace) || !TAGS.contains(&name.as_str()) {
            return Err(format!(
                "Unsupported start tag \"{name}\" at byte offset {at}"
            ));
        }
        open.push(name);
    }
    match open.pop() {
        None => Ok(()),
        Some(name) => Err(format!(
            "Can't find end tag corresponding to start tag \"{name}\""
        )),
    }
}

/// A message that a bot was asked to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramMessage {
    /// Number of the message, from 1.
    pub message_id: i64,
    /// Mark of the bot token.
    pub bot: String,
    /// To whom.
    pub chat_id: String,
    /// The text as sent, with its mark-up.
    pub text: String,
    /// `HTML`, `Markdown`, `MarkdownV2` or none.
    pub parse_mode: Option<String>,
}

/// Newest messages that are kept.
const KEPT_MESSAGES: usize = 5_000;

/// The newest messages, oldest first.
#[derive(Debug)]
pub(crate) struct TelegramStore {
    pub(crate) messages: Retained<TelegramMessage>,
}

impl Default for TelegramStore {
    fn default() -> Self {
        Self {
            messages: Retained::new(KEPT_MESSAGES),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_markup_passes() {
        for text in [
            "plain",
            "<b>a</b> &amp; <i>b</i>",
            "<a href=\"x\">y</a>",
            "1 &lt; 2",
        ] {
            assert_eq!(check_html(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn unescaped_text_is_refused() {
        for text in [
            "1 < 2",
            "<script>x</script>",
            "<b>x",
            "x</b>",
            "<b><i>x</b></i>",
            "a <b",
        ] {
            assert!(check_html(text).is_err(), "{text}");
        }
    }
}
