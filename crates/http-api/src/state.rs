//! What every handler has at hand.

use std::sync::Arc;

use application::app::App;

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Title in the API description (`APP_NAME`).
    pub app_name: String,
    /// Origins that browsers may call from (`BACKEND_CORS_ORIGINS`); `*` allows all.
    pub cors_origins: Vec<String>,
}

/// Shared by all workers.
#[derive(Clone)]
pub struct State {
    /// The use cases.
    pub app: Arc<App>,
    /// Settings.
    pub config: Arc<HttpConfig>,
}
