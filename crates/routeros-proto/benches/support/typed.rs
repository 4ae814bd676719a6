//! Rows as a type of the caller's.

use routeros_proto::decoder::Decoder;
use routeros_proto::error::DecodeError;
use routeros_proto::limits::Limits;
use routeros_proto::reply::ReplyRef;

use crate::rows::CHUNK;

/// What a caller wants of a row, as a type: the properties of `ATTRIBUTES`, by their kinds.
#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct User<'a> {
    #[serde(rename = ".id")]
    id: &'a str,
    server: &'a str,
    name: &'a str,
    password: &'a str,
    profile: &'a str,
    mac_address: &'a str,
    limit_uptime: &'a str,
    uptime: &'a str,
    bytes_in: u64,
    bytes_out: u64,
    limit_bytes_total: u64,
    comment: &'a str,
    dynamic: bool,
    disabled: bool,
}

impl User<'_> {
    /// Something that needs every field.
    fn weight(&self) -> usize {
        let texts = [
            self.id,
            self.server,
            self.name,
            self.password,
            self.profile,
            self.mac_address,
            self.limit_uptime,
            self.uptime,
            self.comment,
        ];
        let numbers = self.bytes_in ^ self.bytes_out ^ self.limit_bytes_total;
        texts.iter().map(|text| text.len()).sum::<usize>()
            + usize::from(numbers > 0)
            + usize::from(self.dynamic || self.disabled)
    }
}

/// Typed rows, by hand: each property looked up in the borrowed row and parsed.
pub(crate) fn by_hand(stream: &[u8]) -> Result<usize, DecodeError> {
    let mut decoder = Decoder::new(Limits::client());
    let mut weight = 0;
    for piece in stream.chunks(CHUNK) {
        decoder.feed(piece);
        while let Some(sentence) = decoder.next_sentence()? {
            let Ok(reply) = ReplyRef::parse(sentence) else {
                continue;
            };
            let row = reply.row();
            let text = |name| row.parse::<&str>(name).unwrap_or_default();
            let number = |name| row.parse::<u64>(name).unwrap_or_default();
            let flag = |name| row.parse::<bool>(name).unwrap_or_default();
            let user = User {
                id: text(".id"),
                server: text("server"),
                name: text("name"),
                password: text("password"),
                profile: text("profile"),
                mac_address: text("mac-address"),
                limit_uptime: text("limit-uptime"),
                uptime: text("uptime"),
                bytes_in: number("bytes-in"),
                bytes_out: number("bytes-out"),
                limit_bytes_total: number("limit-bytes-total"),
                comment: text("comment"),
                dynamic: flag("dynamic"),
                disabled: flag("disabled"),
            };
            weight += user.weight();
        }
    }
    Ok(weight)
}

/// Typed rows, over serde.
pub(crate) fn typed(stream: &[u8]) -> Result<usize, DecodeError> {
    let mut decoder = Decoder::new(Limits::client());
    let mut weight = 0;
    for piece in stream.chunks(CHUNK) {
        decoder.feed(piece);
        while let Some(sentence) = decoder.next_sentence()? {
            let Ok(reply) = ReplyRef::parse(sentence) else {
                continue;
            };
            if let Ok(user) = reply.row().read::<User<'_>>() {
                weight += user.weight();
            }
        }
    }
    Ok(weight)
}
