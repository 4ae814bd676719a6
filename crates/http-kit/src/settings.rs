//! Settings that the parts of this crate find with a request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use ipnet::IpNet;

/// How long a client may take; whoever sends a byte now and then holds nothing for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To send the head of a request.
    pub head: Duration,
    /// To send a body; an upload may take twice as long.
    pub body: Duration,
    /// From one response to the end of the next head, the reading of the response included.
    pub unused: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            unused: Duration::from_secs(90),
        }
    }
}

/// Registered as application data by every face.
#[derive(Clone)]
pub struct Settings {
    /// For slow clients.
    pub timeouts: Timeouts,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Makes an id for a request that came without one.
    pub new_request_id: Arc<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("timeouts", &self.timeouts)
            .field("trusted_proxies", &self.trusted_proxies)
            .finish_non_exhaustive()
    }
}

impl Settings {
    pub(crate) fn of(request: &HttpRequest) -> Option<&Self> {
        let settings = request.app_data::<web::Data<Self>>()?;
        Some(settings.get_ref())
    }
}
