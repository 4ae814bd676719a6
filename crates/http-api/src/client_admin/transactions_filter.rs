//! Which sales an operator asks for.

use application::vocabulary::PurchaseFilter;
use domain::ids::RouterId;

use crate::body::fields::Fields;
use crate::wire::moment::read_moment;

/// What was asked for.
pub(super) struct Wish {
    pub(super) filter: PurchaseFilter,
    /// Whether no sale can fit: a router that nobody could have.
    pub(super) fits_nothing: bool,
}

/// Reads `desde`, `hasta`, `estado`, `router_id` and `q`; all of them narrow.
pub(super) fn read_filter(query: &mut Fields) -> Wish {
    let from = read_moment(query, "desde").map(|moment| moment.start);
    let to = read_moment(query, "hasta").map(|moment| moment.end);
    let payment_status = query.optional_text(&["estado"], 50, true);
    let router = query.optional_text(&["router_id"], 50, true);
    let text = query.optional_text(&["q"], 100, true);
    let router_id = router.as_deref().map(RouterId::parse);
    Wish {
        fits_nothing: matches!(router_id, Some(Err(_))),
        filter: PurchaseFilter {
            from,
            to,
            payment_status,
            router_id: router_id.and_then(Result::ok),
            text,
        },
    }
}
