//! How a card payment ends, as `status` and `status_detail`.

use crate::core::http::ResponseOverride;
use crate::core::scenario::Scenario;

/// `status` and `status_detail`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: &'static str,
    pub(crate) detail: String,
}

impl Outcome {
    pub(crate) fn new(status: &'static str, detail: &str) -> Self {
        Self {
            status,
            detail: detail.to_owned(),
        }
    }
}

/// What the caller asked for, as far as it decides the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChargeOptions {
    pub(crate) binary_mode: bool,
    pub(crate) capture: bool,
    pub(crate) three_ds: bool,
}

/// The end of a card payment. `binary_mode` knows approved and rejected only (a fault may still
/// force a pending one, as reality does).
pub(crate) fn of_card(
    scenario: Scenario,
    options: ChargeOptions,
    twist: &ResponseOverride,
) -> Outcome {
    if let Some(detail) = &twist.decline {
        return Outcome::new("rejected", detail);
    }
    if twist.stay_pending {
        return Outcome::new("in_process", "pending_contingency");
    }
    let rejected = |detail: &str| Outcome::new("rejected", detail);
    let undecided = |status: &'static str, detail: &str, otherwise: &str| {
        if options.binary_mode {
            rejected(otherwise)
        } else {
            Outcome::new(status, detail)
        }
    };
    match scenario {
        Scenario::Approved if options.capture => Outcome::new("approved", "accredited"),
        Scenario::Approved => Outcome::new("authorized", "pending_capture"),
        Scenario::Pending => undecided(
            "in_process",
            "pending_contingency",
            "cc_rejected_other_reason",
        ),
        Scenario::Review => undecided(
            "in_process",
            "pending_review_manual",
            "cc_rejected_high_risk",
        ),
        Scenario::Challenge if options.three_ds => {
            undecided("pending", "pending_challenge", "cc_rejected_3ds_challenge")
        }
        Scenario::Challenge => rejected("cc_rejected_3ds_mandatory"),
        Scenario::Declined | Scenario::Nonexistent => rejected("cc_rejected_other_reason"),
        Scenario::InsufficientFunds => rejected("cc_rejected_insufficient_amount"),
        Scenario::ExpiredCard => rejected("cc_rejected_bad_filled_date"),
        Scenario::BadCardNumber => rejected("cc_rejected_bad_filled_card_number"),
        Scenario::BadSecurityCode => rejected("cc_rejected_bad_filled_security_code"),
        Scenario::BadCardData => rejected("cc_rejected_bad_filled_other"),
        Scenario::Fraud => rejected("cc_rejected_high_risk"),
        Scenario::Blacklist => rejected("cc_rejected_blacklist"),
        Scenario::CallIssuer => rejected("cc_rejected_call_for_authorize"),
        Scenario::CardDisabled => rejected("cc_rejected_card_disabled"),
        Scenario::Attempts => rejected("cc_rejected_max_attempts"),
        Scenario::AmountLimit => rejected("cc_amount_rate_limit_exceeded"),
        Scenario::Duplicate => rejected("cc_rejected_duplicated_payment"),
        Scenario::Installments => rejected("cc_rejected_invalid_installments"),
        Scenario::NotSupported => rejected("cc_rejected_card_type_not_allowed"),
        Scenario::ThreeDsFailed => rejected("cc_rejected_3ds_challenge"),
        Scenario::IssuerUnavailable => rejected("cc_rejected_time_out"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ChargeOptions = ChargeOptions {
        binary_mode: false,
        capture: true,
        three_ds: false,
    };

    #[test]
    fn binary_mode_knows_no_pending() {
        let binary = ChargeOptions {
            binary_mode: true,
            three_ds: true,
            ..PLAIN
        };
        for scenario in [Scenario::Pending, Scenario::Review, Scenario::Challenge] {
            let plain = of_card(
                scenario,
                ChargeOptions {
                    three_ds: true,
                    ..PLAIN
                },
                &ResponseOverride::default(),
            );
            assert!(
                matches!(plain.status, "pending" | "in_process"),
                "{scenario:?}"
            );
            assert_eq!(
                of_card(scenario, binary, &ResponseOverride::default()).status,
                "rejected"
            );
        }
    }

    #[test]
    fn a_fault_decides_before_the_card() {
        let twist = ResponseOverride {
            stay_pending: true,
            decline: None,
        };
        assert_eq!(
            of_card(Scenario::Approved, PLAIN, &twist).status,
            "in_process"
        );
        let twist = ResponseOverride {
            stay_pending: false,
            decline: Some("bank_error".to_owned()),
        };
        assert_eq!(
            of_card(Scenario::Approved, PLAIN, &twist),
            Outcome::new("rejected", "bank_error")
        );
    }

    #[test]
    fn without_capture_money_is_only_reserved() {
        let options = ChargeOptions {
            capture: false,
            ..PLAIN
        };
        let outcome = of_card(Scenario::Approved, options, &ResponseOverride::default());
        assert_eq!(outcome, Outcome::new("authorized", "pending_capture"));
    }
}
