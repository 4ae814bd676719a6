//! The control port: JSON over HTTP.

mod answer;
mod guide;
mod payments;
mod switches;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post, put};
use tokio::net::TcpListener;

use crate::control::answer::Shared;
use crate::hub::Hub;
use crate::urls::Urls;

/// Serves the control port until the sandbox stops.
pub(crate) async fn serve(listener: TcpListener, hub: Arc<Hub>, urls: Urls) {
    let stop = hub.stop.clone();
    let app = router(Shared {
        hub,
        urls: Arc::new(urls),
    });
    let serving = async { axum::serve(listener, app).await };
    // Leaving drops the connections; nothing on this port has to be finished.
    tokio::select! {
        () = stop.cancelled() => {}
        _ = serving => {}
    }
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/", get(guide::show))
        .route("/urls", get(views::urls))
        .route("/ledger", get(views::ledger))
        .route("/counters", get(views::counters))
        .route("/requests", get(views::requests))
        .route("/notices", get(views::notices))
        .route("/telegram/messages", get(views::telegram))
        .route("/held", get(views::held))
        .route("/payments", get(payments::list))
        .route("/payments/{id}", get(payments::read))
        .route("/payments/{id}/{decision}", post(payments::decide))
        .route(
            "/faults",
            get(switches::faults)
                .post(switches::add_fault)
                .delete(switches::clear_faults),
        )
        .route("/faults/{id}", delete(switches::remove_fault))
        .route("/release", post(switches::release))
        .route(
            "/settings",
            get(switches::settings).put(switches::set_settings),
        )
        .route("/search/reveal", post(switches::reveal))
        .route(
            "/webhooks",
            get(switches::webhooks).put(switches::set_webhooks),
        )
        .route("/webhooks/merchant", put(switches::set_merchant_webhook))
        .route("/webhooks/send", post(switches::send))
        .route("/webhooks/key", get(views::key))
        .route("/accounts/revoke", post(switches::revoke))
        .route("/accounts/join", post(switches::join))
        .route("/reset", post(switches::reset))
        .fallback(answer::unknown)
        .with_state(shared)
}
