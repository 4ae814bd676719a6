//! Which points are crossed by doing what.

use application::crash;
use gateway_sim::Gateway;

/// What is done to a server that is to die over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A sale with automatic login.
    Sale,
    /// A sale whose card is declined.
    Declined,
    /// A sale that the router refuses.
    RouterRefuses,
    /// A sale whose charge is made, but never answered.
    LostAnswer,
    /// A sale whose router is away when the user is to be enabled.
    RouterAway,
    /// A sale whose reserved user somebody removes meanwhile.
    UserGone,
    /// A sale, and all of its money back.
    Refund,
    /// A sale, and some of its money back.
    PartRefund,
    /// A sale whose money the customer's bank takes back.
    Chargeback,
    /// A sale whose payment carries another reference at the gateway.
    Mismatch,
    /// A sale that is paid after it was given up.
    LateMoney,
    /// A sale whose charge is never answered, but told by a notice.
    Webhook,
    /// A sale that the operator is told of.
    OperatorNotice,
    /// A sale that the owner decides to refund.
    Decision,
}

/// One death.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) point: &'static str,
    /// How many times the point is crossed before.
    pub(super) skip: u32,
    pub(super) act: Act,
    pub(super) gateway: Gateway,
}

/// Cases that are played by one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Sale,
    Worker,
    Refund,
    Notice,
}

impl Area {
    pub(super) const ALL: [Self; 4] = [Self::Sale, Self::Worker, Self::Refund, Self::Notice];
}

const BOTH: &[Gateway] = &[Gateway::Conekta, Gateway::MercadoPago];
const CONEKTA: &[Gateway] = &[Gateway::Conekta];

type Group = (Act, &'static [Gateway], &'static [(&'static str, u32)]);

const SALE: &[Group] = &[
    (
        Act::Sale,
        BOTH,
        &[
            (crash::CHECKOUT.before, 0),
            (crash::CHECKOUT.after, 0),
            (crash::PREPARATION.after, 0),
            (crash::CHARGE.before, 0),
            (crash::CHARGE.after, 0),
            (crash::LOGIN.before, 0),
            (crash::PREPARATION.before, 0),
            (crash::LOGIN.after, 0),
            (crash::ACTIVATION.before, 0),
            (crash::ACTIVATION.after, 0),
            // `charging`, `paid`, and the access.
            (crash::SAVE.before, 0),
            (crash::SAVE.before, 1),
            (crash::SAVE.before, 2),
            (crash::SAVE.after, 0),
            (crash::SAVE.after, 1),
            (crash::SAVE.after, 2),
        ],
    ),
    (
        Act::RouterRefuses,
        CONEKTA,
        &[
            (crash::SAVE.after, 0),
            (crash::SAVE.before, 0),
            (crash::REMOVAL.after, 0),
        ],
    ),
];

const WORKER: &[Group] = &[
    (
        Act::LostAnswer,
        BOTH,
        &[
            (crash::CLAIM.before, 0),
            (crash::CLAIM.after, 0),
            (crash::READ.before, 0),
            (crash::READ.after, 0),
            (crash::SAVE.before, 2),
            (crash::SAVE.after, 2),
            (crash::ACTIVATION.before, 0),
            (crash::ACTIVATION.after, 0),
            (crash::SAVE.before, 3),
            (crash::SAVE.after, 3),
        ],
    ),
    (
        Act::Declined,
        CONEKTA,
        &[
            (crash::CLAIM.after, 0),
            (crash::REMOVAL.before, 0),
            (crash::REMOVAL.after, 0),
            (crash::SAVE.before, 2),
            (crash::SAVE.after, 2),
        ],
    ),
    (
        Act::RouterAway,
        CONEKTA,
        &[
            (crash::ACTIVATION.before, 1),
            (crash::ACTIVATION.after, 1),
            (crash::SAVE.after, 3),
        ],
    ),
    (
        Act::UserGone,
        CONEKTA,
        &[
            (crash::RESERVATION.before, 0),
            (crash::RESERVATION.after, 0),
            (crash::ACTIVATION.before, 1),
            (crash::SAVE.before, 3),
        ],
    ),
    (
        Act::LateMoney,
        BOTH,
        &[
            (crash::FOUND_MONEY.before, 0),
            (crash::FOUND_MONEY.after, 0),
        ],
    ),
];

const REFUND: &[Group] = &[
    (
        Act::Refund,
        BOTH,
        &[
            (crash::REFUND_REQUEST.before, 0),
            (crash::REFUND_REQUEST.after, 0),
            (crash::REFUND.before, 0),
            (crash::REFUND.after, 0),
            (crash::SAVE.after, 4),
            (crash::REMOVAL.before, 0),
            (crash::REMOVAL.after, 0),
        ],
    ),
    (
        Act::PartRefund,
        BOTH,
        &[
            (crash::REFUND_REQUEST.after, 0),
            (crash::REFUND.after, 0),
            (crash::SAVE.after, 3),
        ],
    ),
    (
        Act::Chargeback,
        BOTH,
        &[
            (crash::EVENT_END.before, 0),
            (crash::REMOVAL.before, 0),
            (crash::REMOVAL.after, 0),
        ],
    ),
    (
        Act::Mismatch,
        BOTH,
        &[
            (crash::FULL_REFUND.before, 0),
            (crash::FULL_REFUND.after, 0),
            (crash::REFUND.after, 0),
        ],
    ),
    (
        Act::Decision,
        CONEKTA,
        &[
            (crash::DECISION.before, 0),
            (crash::DECISION.after, 0),
            (crash::FULL_REFUND.after, 0),
        ],
    ),
];

const NOTICE: &[Group] = &[
    (
        Act::Webhook,
        BOTH,
        &[
            (crash::EVENT.before, 0),
            (crash::EVENT.after, 0),
            (crash::EVENT_CLAIM.after, 0),
            (crash::EVENT_CLAIM.before, 0),
            (crash::EVENT_END.before, 0),
            (crash::EVENT_END.after, 0),
        ],
    ),
    (
        Act::OperatorNotice,
        CONEKTA,
        &[
            (crash::NOTIFICATION_CLAIM.before, 0),
            (crash::NOTIFICATION_CLAIM.after, 0),
            (crash::NOTIFICATION.before, 0),
            (crash::NOTIFICATION.after, 0),
            (crash::NOTIFICATION_END.before, 0),
            (crash::NOTIFICATION_END.after, 0),
        ],
    ),
];

/// The cases of an area.
pub(super) fn cases(area: Area) -> Vec<Case> {
    let groups = match area {
        Area::Sale => SALE,
        Area::Worker => WORKER,
        Area::Refund => REFUND,
        Area::Notice => NOTICE,
    };
    let mut cases = Vec::new();
    for (act, gateways, points) in groups {
        for gateway in *gateways {
            cases.extend(points.iter().map(|(point, skip)| Case {
                point,
                skip: *skip,
                act: *act,
                gateway: *gateway,
            }));
        }
    }
    cases
}
