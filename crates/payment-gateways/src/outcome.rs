//! What lost answers, refusals and amounts mean, alike for all gateways.

use domain::gateway::{ExpectedPayment, PaymentStatus};
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, GatewayAccount, NotCharged, RefundOutcome,
};
use serde::de::DeserializeOwned;

use crate::http::{Answer, Lost};

/// Why a charge certainly was not made; `None` where the request may have arrived.
pub(crate) const fn not_charged(lost: Lost) -> Option<NotCharged> {
    match lost {
        Lost::Unsendable => Some(NotCharged::Misconfigured),
        Lost::NotSent => Some(NotCharged::Unreachable),
        Lost::TimedOut | Lost::Broken => None,
    }
}

/// A charge without an answer.
pub(crate) fn lost_charge(lost: Lost) -> ChargeOutcome {
    not_charged(lost).map_or_else(
        || ChargeOutcome::Unknown(lost.text().to_owned()),
        ChargeOutcome::NotCharged,
    )
}

/// A refund without an answer.
pub(crate) fn lost_refund(lost: Lost) -> RefundOutcome {
    match lost {
        Lost::Unsendable => RefundOutcome::Refused("unusable_key".to_owned()),
        Lost::NotSent => RefundOutcome::NotSent,
        Lost::TimedOut | Lost::Broken => RefundOutcome::Unknown,
    }
}

/// A refund that was refused with these codes. The caller has ruled out codes that leave doubt.
pub(crate) fn refused_refund(status: u16, codes: String) -> RefundOutcome {
    match status {
        429 => RefundOutcome::NotSent,
        400..=404 | 409 | 422 | 428 if codes.is_empty() => {
            RefundOutcome::Refused(format!("http_{status}"))
        }
        400..=404 | 409 | 422 | 428 => RefundOutcome::Refused(codes),
        _ => RefundOutcome::Unknown,
    }
}

/// How a gateway answers a cancellation.
pub(crate) struct CancelTable {
    /// HTTP statuses of refusals.
    pub(crate) refusals: &'static [u16],
    /// Status texts of a payment that is cancelled.
    pub(crate) cancelled: &'static [&'static str],
    /// Status texts of a payment that is decided otherwise.
    pub(crate) kept: &'static [&'static str],
}

impl CancelTable {
    /// Judges the answer, whose body is a `T` with this status text.
    pub(crate) fn judge<T: DeserializeOwned + Default>(
        &self,
        answer: Result<Answer, Lost>,
        status: impl FnOnce(T) -> Option<String>,
    ) -> CancelOutcome {
        let Ok(answer) = answer else {
            return CancelOutcome::Unknown;
        };
        if !answer.is_success() {
            return if self.refusals.contains(&answer.status) {
                CancelOutcome::Refused
            } else {
                CancelOutcome::Unknown
            };
        }
        match status(answer.json().unwrap_or_default()).as_deref() {
            Some(text) if self.cancelled.contains(&text) => CancelOutcome::Cancelled,
            Some(text) if self.kept.contains(&text) => CancelOutcome::Refused,
            _ => CancelOutcome::Unknown,
        }
    }
}

/// A payment that took money, by how much of it went back. `is_partial` is the gateway's own
/// status text.
pub(crate) fn paid(amount: Option<i64>, refunded: Option<i64>, is_partial: bool) -> PaymentStatus {
    let refunded = refunded.unwrap_or(0);
    if refunded > 0 && amount.is_some_and(|amount| refunded >= amount) {
        PaymentStatus::Refunded
    } else if refunded > 0 || is_partial {
        PaymentStatus::PartiallyRefunded
    } else {
        PaymentStatus::Approved
    }
}

/// What the payment of this request must show, but for an order's id.
pub(crate) fn expected(account: &GatewayAccount, request: &ChargeRequest) -> ExpectedPayment {
    ExpectedPayment {
        amount: request.amount,
        reference: request.reference.clone(),
        order_id: None,
        mode: account.mode,
        collector: account.collector.clone(),
    }
}

/// Names the codes of a refusal that only the operator can mend.
pub(crate) fn log_misconfigured(
    account: &GatewayAccount,
    operation: &'static str,
    status: u16,
    why: NotCharged,
    codes: impl FnOnce() -> String,
) {
    if why == NotCharged::Misconfigured {
        tracing::warn!(
            tenant = %account.tenant_id,
            operation,
            status,
            codes = codes(),
            "the gateway refuses what every customer would send: check the account and the product"
        );
    }
}
