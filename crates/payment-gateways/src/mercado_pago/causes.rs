//! Whose fault a 4xx answer to a charge is, by its cause codes.
//!
//! Only causes about the token, the card, its instalments and the payer are the customer's.
//! Whatever else is refused would be refused for every customer, so it is the operator's to mend.

use ports::payments::NotCharged;

use crate::http::Answer;
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
    let codes = error.cause.iter().filter_map(|cause| cause.code.as_deref());
    text::joined(codes.map(text::code))
}

/// The call to the card network failed (2004), or the token service did not answer (2007).
const NO_ANSWER: &[&str] = &["2004", "2007"];

/// The same request was posted in the last minute.
const SEEN_BEFORE: &[&str] = &["2001", "801"];

/// Another card, token, plan or payer may pass.
const CUSTOMERS: &[&str] = &[
    // Token.
    "2006", "2062", "3003", "3008", // Card: number, code, holder, issuer, brand.
    "2009", "2131", "3000", "3001", "3011", "3012", "3013", "3034", // Instalments.
    "109", "4033", // Payer: not allowed to pay, identification, mail.
    "150", "151", "2067", "4050",
];

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
        400 | 422 if has(NO_ANSWER) => Meaning::Unsure,
        400 | 422 if has(SEEN_BEFORE) => Meaning::SeenBefore,
        400 | 422 if has(CUSTOMERS) => Meaning::NotCharged(NotCharged::Invalid),
        400 | 401 | 403 | 404 | 422 => Meaning::NotCharged(NotCharged::Misconfigured),
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
            r#"{"cause":[{"code":3003,"description":"d"}]}"#,
            r#"{"cause":[{"code":"3003"}]}"#,
            r#"{"cause":{"code":3003}}"#,
        ] {
            assert_eq!(
                read(400, body),
                Meaning::NotCharged(NotCharged::Invalid),
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
                Meaning::NotCharged(NotCharged::Misconfigured),
                "{body}"
            );
        }
    }

    #[test]
    fn every_documented_cause() {
        let cause = |code: u32| read(400, &format!(r#"{{"cause":[{{"code":{code}}}]}}"#));
        for code in [2004, 2007] {
            assert_eq!(cause(code), Meaning::Unsure, "{code}");
        }
        for code in [801, 2001] {
            assert_eq!(cause(code), Meaning::SeenBefore, "{code}");
        }
        for code in [
            109, 150, 151, 2006, 2009, 2062, 2067, 2131, 3000, 3001, 3003, 3008, 3011, 3012, 3013,
            3034, 4033, 4050,
        ] {
            assert_eq!(
                cause(code),
                Meaning::NotCharged(NotCharged::Invalid),
                "{code}"
            );
        }
        for code in [
            1, 3, 5, 7, 8, 23, 106, 126, 129, 145, 160, 204, 2002, 2005, 2034, 2060, 2072, 2077,
            3005, 4020, 4037, 4040, 4041, 10_105, 13_253, 99_999,
        ] {
            assert_eq!(
                cause(code),
                Meaning::NotCharged(NotCharged::Misconfigured),
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
            (422, Meaning::NotCharged(NotCharged::Misconfigured)),
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
