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
            (crash::PURCHASE_WRITTEN, 0),
            (crash::PURCHASE_CREATED, 0),
            (crash::PURCHASE_RESERVED, 0),
            (crash::PURCHASE_CHARGING, 0),
            (crash::PURCHASE_CHARGED, 0),
            (crash::PURCHASE_SETTLED, 0),
            (crash::PURCHASE_ACTIVATED, 0),
            (crash::PURCHASE_RECORDED, 0),
            (crash::PURCHASE_CONNECTED, 0),
            (crash::ACTIVATION_SENDING, 0),
            (crash::ACTIVATION_ANSWERED, 0),
            // `charging`, `paid`, and the access.
            (crash::SAVE_WRITTEN, 0),
            (crash::SAVE_WRITTEN, 1),
            (crash::SAVE_WRITTEN, 2),
            (crash::SAVE_COMMITTED, 0),
            (crash::SAVE_COMMITTED, 1),
            (crash::SAVE_COMMITTED, 2),
        ],
    ),
    (
        Act::RouterRefuses,
        CONEKTA,
        &[
            (crash::PURCHASE_FAILED, 0),
            (crash::SAVE_WRITTEN, 0),
            (crash::REMOVAL_ANSWERED, 0),
        ],
    ),
];

const WORKER: &[Group] = &[
    (
        Act::LostAnswer,
        BOTH,
        &[
            (crash::TURN_CLAIMED, 0),
            (crash::RECONCILE_ASKING, 0),
            (crash::RECONCILE_READ, 0),
            (crash::TURN_STEPPED, 0),
            (crash::TURN_SAVED, 0),
            (crash::ACTIVATION_SENDING, 0),
            (crash::ACTIVATION_ANSWERED, 0),
            (crash::TURN_STEPPED, 1),
            (crash::TURN_SAVED, 1),
        ],
    ),
    (
        Act::Declined,
        CONEKTA,
        &[
            (crash::TURN_CLAIMED, 0),
            (crash::REMOVAL_SENDING, 0),
            (crash::REMOVAL_ANSWERED, 0),
            (crash::TURN_STEPPED, 0),
            (crash::TURN_SAVED, 0),
        ],
    ),
    (
        Act::RouterAway,
        CONEKTA,
        &[
            (crash::ACTIVATION_SENDING, 1),
            (crash::ACTIVATION_ANSWERED, 1),
            (crash::TURN_SAVED, 0),
        ],
    ),
    (
        Act::UserGone,
        CONEKTA,
        &[
            (crash::ACTIVATION_RESERVED_AGAIN, 0),
            (crash::ACTIVATION_SENDING, 1),
            (crash::SAVE_WRITTEN, 3),
        ],
    ),
    (Act::LateMoney, BOTH, &[(crash::RECONCILE_LATE, 0)]),
];

const REFUND: &[Group] = &[
    (
        Act::Refund,
        BOTH,
        &[
            (crash::REFUND_WRITTEN, 0),
            (crash::REFUND_REQUESTED, 0),
            (crash::REFUND_SENDING, 0),
            (crash::REFUND_ANSWERED, 0),
            (crash::REFUND_SAVED, 0),
            (crash::REMOVAL_SENDING, 0),
            (crash::REMOVAL_ANSWERED, 0),
        ],
    ),
    (
        Act::PartRefund,
        BOTH,
        &[
            (crash::REFUND_REQUESTED, 0),
            (crash::REFUND_ANSWERED, 0),
            (crash::REFUND_SAVED, 0),
        ],
    ),
    (
        Act::Chargeback,
        BOTH,
        &[
            (crash::INBOX_PROCESSED, 0),
            (crash::REMOVAL_SENDING, 0),
            (crash::REMOVAL_ANSWERED, 0),
        ],
    ),
    (
        Act::Mismatch,
        BOTH,
        &[(crash::REFUND_ORDERED, 0), (crash::REFUND_ANSWERED, 0)],
    ),
    (
        Act::Decision,
        CONEKTA,
        &[
            (crash::DECISION_WRITTEN, 0),
            (crash::DECISION_COMMITTED, 0),
            (crash::REFUND_ORDERED, 0),
        ],
    ),
];

const NOTICE: &[Group] = &[
    (
        Act::Webhook,
        BOTH,
        &[
            (crash::INBOX_WRITTEN, 0),
            (crash::INBOX_STORED, 0),
            (crash::INBOX_CLAIMED, 0),
            (crash::INBOX_HELD, 0),
            (crash::INBOX_PROCESSED, 0),
            (crash::INBOX_FINISHED, 0),
        ],
    ),
    (
        Act::OperatorNotice,
        CONEKTA,
        &[
            (crash::OUTBOX_CLAIMED, 0),
            (crash::OUTBOX_SENT, 0),
            (crash::OUTBOX_FINISHED, 0),
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
