//! Where a bot's messages go.

use domain::secret::Secret;
use url::Url;

/// Longest token; Telegram's have about 46 characters.
const MAX_TOKEN: usize = 128;

/// Reads a base address: http or https, with a host, and nothing that a path cannot follow.
pub(crate) fn parse_base(text: &str) -> Option<Url> {
    let base = Url::parse(text).ok()?;
    let is_plain = matches!(base.scheme(), "http" | "https")
        && base.has_host()
        && base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    is_plain.then_some(base)
}

/// `{base}/bot<token>/sendMessage`; `None` for a token that cannot be one, which must not get to
/// choose another path.
pub(crate) fn send_message(base: &Url, token: &Secret) -> Option<Url> {
    let text = token.expose();
    let is_well_formed = !text.is_empty()
        && text.len() <= MAX_TOKEN
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b":_-".contains(&b));
    if !is_well_formed {
        return None;
    }
    let mut url = base.clone();
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend([format!("bot{text}").as_str(), "sendMessage"]);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(base: &str, token: &str) -> Option<String> {
        let base = parse_base(base)?;
        send_message(&base, &Secret::new(token)).map(String::from)
    }

    #[test]
    fn the_token_is_part_of_the_path() {
        let expected = Some("https://api.telegram.org/bot123:A-b_C/sendMessage".to_owned());
        assert_eq!(address("https://api.telegram.org", "123:A-b_C"), expected);
        assert_eq!(address("https://api.telegram.org/", "123:A-b_C"), expected);
        assert_eq!(
            address("http://127.0.0.1:9/telegram/", "1:a").as_deref(),
            Some("http://127.0.0.1:9/telegram/bot1:a/sendMessage")
        );
    }

    #[test]
    fn a_token_cannot_choose_another_path() {
        let long = "1".repeat(MAX_TOKEN + 1);
        for token in [
            "",
            "../x",
            "1:a/../..",
            "1:a?x",
            "1:a#x",
            "1:ñ",
            "1:a b",
            "%2e",
            &long,
        ] {
            assert_eq!(address("https://api.telegram.org", token), None, "{token}");
        }
    }

    #[test]
    fn a_base_is_a_plain_address() {
        for base in [
            "",
            "api.telegram.org",
            "ftp://x.test",
            "https://u:p@x.test",
            "https://x.test?a",
        ] {
            assert_eq!(parse_base(base), None, "{base}");
        }
    }
}
