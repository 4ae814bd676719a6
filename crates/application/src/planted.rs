//! Asking an application which bug is planted in it: none, without the feature `sabotage`.

use crate::app::App;
use crate::sabotage::Sabotage;

impl App {
    /// The application with a planted bug.
    #[cfg(feature = "sabotage")]
    #[must_use]
    pub fn with_sabotage(self, bug: Sabotage) -> Self {
        Self {
            sabotage: Some(bug),
            ..self
        }
    }

    /// Whether this bug is planted.
    #[cfg(feature = "sabotage")]
    pub(crate) fn has(&self, bug: Sabotage) -> bool {
        self.sabotage == Some(bug)
    }

    /// Whether this bug is planted: never.
    #[cfg(not(feature = "sabotage"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(crate) const fn has(&self, _bug: Sabotage) -> bool {
        false
    }
}
