//! Telegram's check of `parse_mode: HTML`.

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
pub(crate) fn check(text: &str) -> Result<(), String> {
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

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn well_formed_markup_passes() {
        for text in [
            "plain",
            "<b>a</b> &amp; <i>b</i>",
            "<a href=\"x\">y</a>",
            "1 &lt; 2",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
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
            assert!(check(text).is_err(), "{text}");
        }
    }
}
