//! What operators are told about.

/// Events that end in a notice to the tenant, rendered when sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A sale was paid.
    SaleApproved,
    /// A card was declined.
    SaleDeclined,
    /// A paid customer could not get access yet; a worker goes on trying.
    AccessDelayed,
    /// A sale was refunded.
    SaleRefunded,
    /// A bank took the money back.
    SaleChargedBack,
    /// The gateway refused our credentials or request: check the settings.
    GatewayMisconfigured,
    /// A payment does not match its sale; the money goes back.
    PaymentMismatch,
    /// A person must look at a sale.
    NeedsDecision,
}

impl NoticeKind {
    const NAMES: [(Self, &'static str); 8] = [
        (Self::SaleApproved, "sale_approved"),
        (Self::SaleDeclined, "sale_declined"),
        (Self::AccessDelayed, "access_delayed"),
        (Self::SaleRefunded, "sale_refunded"),
        (Self::SaleChargedBack, "sale_charged_back"),
        (Self::GatewayMisconfigured, "gateway_misconfigured"),
        (Self::PaymentMismatch, "payment_mismatch"),
        (Self::NeedsDecision, "needs_decision"),
    ];

    /// The stable name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("needs_decision", |(_, name)| name)
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(kind, _)| *kind)
    }
}
