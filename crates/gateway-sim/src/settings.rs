//! What can be changed while the sandbox runs.

use serde::{Deserialize, Serialize};

/// Behaviour that is not a fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many searches a new order or payment stays invisible to (search is eventually
    /// consistent at both services). Reading by id always finds it.
    pub search_delay: u32,
    /// Whether Conekta's `search` also looks into metadata values. Not documented by the vendor,
    /// hence off.
    pub search_metadata: bool,
    /// Whether notices are sent by themselves as soon as something happens, signed correctly, to
    /// the configured addresses. Off: only when asked to.
    pub auto_notify: bool,
}
