//! How this router behaves where routers differ.

use serde::{Deserialize, Serialize};

/// Switches beside the version. All can be changed while the simulator runs.
///
/// ```
/// use routeros_sim::Settings;
/// let mut settings = Settings::default();
/// settings.max_sessions = Some(20);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, each a difference between real routers"
)]
#[non_exhaustive]
pub struct Settings {
    /// Whether `/ip/hotspot/cookie/add` exists. Off on v6 profiles, on on v7 ones.
    pub cookie_add: bool,
    /// Whether queries take `yes` and `no` for `true` and `false`. Off, as on v6 and v7 routers.
    pub lenient_booleans: bool,
    /// Whether a reference may be shortened to a start that fits one name only. On; a start that
    /// fits two is `ambiguous value of ...` either way.
    pub shortened_references: bool,
    /// Whether the board is a `RouterBOARD`; on others `/system/routerboard` does not exist.
    pub routerboard: bool,
    /// Sessions on the hotspot that the licence allows; `None` for no limit.
    pub licensed_sessions: Option<usize>,
    /// Sessions on the API at one time; `None`, the default here, for no limit (a router: 20).
    pub max_sessions: Option<usize>,
    /// What a session over `max_sessions` sees.
    pub over_max_sessions: Denial,
    /// Failed logins on one connection after which it is closed.
    pub login_attempts: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cookie_add: true,
            lenient_booleans: false,
            shortened_references: true,
            routerboard: true,
            licensed_sessions: None,
            max_sessions: None,
            over_max_sessions: Denial::Eof,
            login_attempts: 5,
        }
    }
}

/// How a connection that is not wanted is turned away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Denial {
    /// Closed at once.
    #[default]
    Eof,
    /// Reset.
    Reset,
    /// `!fatal`, then closed.
    Fatal,
    /// Never answered.
    Silence,
}
