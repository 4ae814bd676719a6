//! How a charge ends, decided by the name of its token, its card number or its cardholder.

/// The end that a token's owner chose for a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Scenario {
    #[default]
    Approved,
    Declined,
    InsufficientFunds,
    ExpiredCard,
    BadCardNumber,
    BadSecurityCode,
    BadCardData,
    Fraud,
    Blacklist,
    CallIssuer,
    CardDisabled,
    Attempts,
    AmountLimit,
    Duplicate,
    Installments,
    NotSupported,
    ThreeDsFailed,
    IssuerUnavailable,
    /// The customer has to pass a 3-D Secure challenge.
    Challenge,
    /// Undecided until decided on the control side.
    Pending,
    /// Undecided because a person looks at it.
    Review,
    /// The token was never issued.
    Nonexistent,
}

/// Words of a token name, the most telling ones first. Each must start at a word's start; a word
/// ends at anything but a letter or digit. `$` asks for a word's end too.
const WORDS: &[(&str, Scenario)] = &[
    ("nonexistent", Scenario::Nonexistent),
    ("insufficient", Scenario::InsufficientFunds),
    ("3ds_failed", Scenario::ThreeDsFailed),
    ("declined_by_3ds", Scenario::ThreeDsFailed),
    ("3ds$", Scenario::Challenge),
    ("challenge", Scenario::Challenge),
    ("expired", Scenario::ExpiredCard),
    ("suspected_fraud", Scenario::Fraud),
    ("fraud", Scenario::Fraud),
    ("high_risk", Scenario::Fraud),
    ("call_issuer", Scenario::CallIssuer),
    ("call_for_authorize", Scenario::CallIssuer),
    ("security_code", Scenario::BadSecurityCode),
    ("cvc$", Scenario::BadSecurityCode),
    ("cvv$", Scenario::BadSecurityCode),
    ("invalid_card", Scenario::BadCardNumber),
    ("card_disabled", Scenario::CardDisabled),
    ("blocked", Scenario::CardDisabled),
    ("max_attempts", Scenario::Attempts),
    ("attempts_over_limit", Scenario::Attempts),
    ("amount_over_limit", Scenario::AmountLimit),
    ("over_limit", Scenario::AmountLimit),
    ("duplicate", Scenario::Duplicate),
    ("msi_error", Scenario::Installments),
    ("invalid_installments", Scenario::Installments),
    ("not_supported", Scenario::NotSupported),
    ("blacklist", Scenario::Blacklist),
    ("issuer_unavailable", Scenario::IssuerUnavailable),
    ("bank_timeout", Scenario::IssuerUnavailable),
    ("review", Scenario::Review),
    ("pending", Scenario::Pending),
    ("declined", Scenario::Declined),
    ("rejected", Scenario::Declined),
];

/// Mercado Pago's test cardholder names. In a token name they must be in capitals.
const HOLDERS: &[(&str, Scenario)] = &[
    ("APRO", Scenario::Approved),
    ("OTHE", Scenario::Declined),
    ("CONT", Scenario::Pending),
    ("CALL", Scenario::CallIssuer),
    ("FUND", Scenario::InsufficientFunds),
    ("SECU", Scenario::BadSecurityCode),
    ("EXPI", Scenario::ExpiredCard),
    ("FORM", Scenario::BadCardData),
    ("CARD", Scenario::BadCardNumber),
    ("INST", Scenario::Installments),
    ("DUPL", Scenario::Duplicate),
    ("LOCK", Scenario::CardDisabled),
    ("CTNA", Scenario::NotSupported),
    ("ATTE", Scenario::Attempts),
    ("BLAC", Scenario::Blacklist),
    ("UNSU", Scenario::NotSupported),
    ("TEST", Scenario::Approved),
];

impl Scenario {
    /// Reads the end from a token's name; a name that says nothing pays.
    pub(crate) fn of_token(name: &str) -> Self {
        let words: String = name
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        let framed = format!("_{words}_");
        let lower = framed.to_ascii_lowercase();
        for (word, scenario) in WORDS {
            let found = match word.strip_suffix('$') {
                Some(word) => lower.contains(&format!("_{word}_")),
                None => lower.contains(&format!("_{word}")),
            };
            if found {
                return *scenario;
            }
        }
        HOLDERS
            .iter()
            .find(|(holder, _)| framed.contains(&format!("_{holder}_")))
            .map_or(Self::Approved, |(_, scenario)| *scenario)
    }

    /// Reads the end from a cardholder's name (Mercado Pago's test cards).
    pub(crate) fn of_holder(name: &str) -> Self {
        let first = name
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        HOLDERS
            .iter()
            .find(|(holder, _)| *holder == first)
            .map_or(Self::Approved, |(_, scenario)| *scenario)
    }

    /// Reads the end from a card number (Conekta's test cards).
    pub(crate) fn of_number(digits: &str) -> Self {
        match digits {
            "4000000000000002" => Self::Declined,
            "4000000000000127" => Self::InsufficientFunds,
            _ => Self::Approved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_and_silent_names_pay() {
        for (name, expected) in [
            ("tok_test_visa_4242", Scenario::Approved),
            ("tok_fresh_0001", Scenario::Approved),
            ("tok_test_card_declined", Scenario::Declined),
            ("tok_test_insufficient_funds", Scenario::InsufficientFunds),
            ("tok_declined_17", Scenario::Declined),
            ("tok_expired_card-2", Scenario::ExpiredCard),
            ("tok_suspected_fraud", Scenario::Fraud),
            ("tok_3ds_1", Scenario::Challenge),
            ("tok_3ds_failed_1", Scenario::ThreeDsFailed),
            ("tok_pending_1", Scenario::Pending),
            ("tok_FUND_9", Scenario::InsufficientFunds),
            ("tok_fund_9", Scenario::Approved),
            // Chance letters inside of a word decide nothing.
            ("tok_x3dsy", Scenario::Approved),
            ("ff8080814c11e237014c1ff593b57b4d", Scenario::Approved),
        ] {
            assert_eq!(Scenario::of_token(name), expected, "{name}");
        }
    }

    #[test]
    fn holders_decide_in_any_case() {
        assert_eq!(
            Scenario::of_holder("fund Perez"),
            Scenario::InsufficientFunds
        );
        assert_eq!(Scenario::of_holder("Ana Perez"), Scenario::Approved);
    }
}
