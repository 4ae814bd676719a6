//! What a 4xx answer to a charge says, by its cause codes.

use ports::payments::NotCharged;

use crate::http::answer::Answer;
use crate::mercado_pago::wire::ErrorBody;
use crate::text;

/// What an error answer to the first send of a charge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Certainly not charged.
    NotCharged(NotCharged),
    /// A part of the gateway did not answer: the same request may be repeated.
    Unsure,
    /// The gateway has seen the same request before: only reading tells.
    SeenBefore,
}

/// The cause codes of an error answer, for logs.
pub(crate) fn codes(answer: &Answer) -> String {
    let error: ErrorBody = answer.json().unwrap_or_default();
    let codes: Vec<String> = error
        .cause
        .iter()
        .filter_map(|cause| cause.code.as_deref())
        .take(4)
        .map(text::word)
        .collect();
    codes.join(",")
}

/// Reads an error answer.
pub(crate) fn meaning(answer: &Answer) -> Meaning {
    let error: ErrorBody = answer.json().unwrap_or_default();
    let has = |wanted: &[&str]| {
        error
            .cause
            .iter()
            .filter_map(|cause| cause.code.as_deref())
            .any(|code| wanted.contains(&code))
    };
    match answer.status {
        // 2004: the call to the card network failed. 2007: the token service did not answer.
        400 if has(&["2004", "2007"]) => Meaning::Unsure,
        // Already posted the same request in the last minute.
        400 if has(&["2001"]) => Meaning::SeenBefore,
        // 3: token must be for test. 5: no access token. 7: live credentials not allowed.
        // 2034: test and live users mixed.
        400 | 422 if has(&["3", "5", "7", "2034"]) => {
            Meaning::NotCharged(NotCharged::Misconfigured)
        }
        400 | 422 => Meaning::NotCharged(NotCharged::Invalid),
        401 | 403 | 404 => Meaning::NotCharged(NotCharged::Misconfigured),
        429 => Meaning::NotCharged(NotCharged::Busy),
        // 409 and 423: the first one is still running. 424: a dependency failed.
        _ => Meaning::Unsure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Meaning {
        meaning(&Answer {
            status,
            body: Some(body.as_bytes().to_vec()),
            retry_after: None,
        })
    }

    #[test]
    fn causes_come_as_numbers_texts_lists_objects_or_not_at_all() {
        for body in [
            r#"{"cause":[{"code":2034,"description":"d"}]}"#,
            r#"{"cause":[{"code":"2034"}]}"#,
            r#"{"cause":{"code":2034}}"#,
        ] {
            assert_eq!(
                read(400, body),
                Meaning::NotCharged(NotCharged::Misconfigured),
                "{body}"
            );
        }
        for body in [
            "",
            "x",
            "{}",
            r#"{"cause":[]}"#,
            r#"{"cause":null}"#,
            r#"{"cause":"x"}"#,
        ] {
            assert_eq!(
                read(400, body),
                Meaning::NotCharged(NotCharged::Invalid),
                "{body}"
            );
        }
    }

    #[test]
    fn every_documented_cause() {
        let cause = |code: u32| read(400, &format!(r#"{{"cause":[{{"code":{code}}}]}}"#));
        for code in [3, 5, 7, 2034] {
            assert_eq!(
                cause(code),
                Meaning::NotCharged(NotCharged::Misconfigured),
                "{code}"
            );
        }
        for code in [2004, 2007] {
            assert_eq!(cause(code), Meaning::Unsure, "{code}");
        }
        assert_eq!(cause(2001), Meaning::SeenBefore);
        for code in [
            1, 8, 23, 2002, 2006, 2009, 2060, 2062, 2067, 2072, 2077, 2131, 3000, 3001, 3003, 3005,
            3008, 3011, 3012, 3013, 3034, 4020, 4033, 4037, 4040, 4041, 4050,
        ] {
            assert_eq!(
                cause(code),
                Meaning::NotCharged(NotCharged::Invalid),
                "{code}"
            );
        }
    }

    #[test]
    fn every_status() {
        for (status, expected) in [
            (401, Meaning::NotCharged(NotCharged::Misconfigured)),
            (403, Meaning::NotCharged(NotCharged::Misconfigured)),
            (404, Meaning::NotCharged(NotCharged::Misconfigured)),
            (422, Meaning::NotCharged(NotCharged::Invalid)),
            (429, Meaning::NotCharged(NotCharged::Busy)),
            (408, Meaning::Unsure),
            (409, Meaning::Unsure),
            (423, Meaning::Unsure),
            (424, Meaning::Unsure),
            (500, Meaning::Unsure),
            (302, Meaning::Unsure),
        ] {
            assert_eq!(read(status, ""), expected, "{status}");
        }
    }
}
