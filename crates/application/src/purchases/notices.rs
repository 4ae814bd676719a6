//! Which changes of a purchase the operator is told about.

use domain::notice::NoticeKind;
use domain::purchase::PurchaseState;

/// The notice for a move from one state to another, if people want to know.
pub(super) fn for_move(before: PurchaseState, after: PurchaseState) -> Option<NoticeKind> {
    if before == after {
        return None;
    }
    match after {
        PurchaseState::Paid => Some(NoticeKind::SaleApproved),
        PurchaseState::Declined => Some(NoticeKind::SaleDeclined),
        PurchaseState::Mismatch => Some(NoticeKind::PaymentMismatch),
        PurchaseState::Refunded => Some(NoticeKind::SaleRefunded),
        PurchaseState::ChargedBack => Some(NoticeKind::SaleChargedBack),
        PurchaseState::Created
        | PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending
        | PurchaseState::Failed
        | PurchaseState::GivenUp
        | PurchaseState::Refunding => None,
    }
}
