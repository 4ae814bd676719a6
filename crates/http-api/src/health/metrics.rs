//! `GET /metrics`, for Prometheus.

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use application::jobs::metrics::{Metrics, metrics};
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::endpoint::{Access, Endpoint};
use crate::error::{ApiError, log_chain};
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/metrics", Access::Public, || web::get().to(handle));

fn text(numbers: &Metrics) -> Result<String, prometheus::Error> {
    let registry = Registry::new();
    let purchases = IntGaugeVec::new(
        Opts::new(
            "purchases_unfinished",
            "Purchases that are not finished, by what they wait for",
        ),
        &["state"],
    )?;
    registry.register(Box::new(purchases.clone()))?;
    let work = &numbers.work;
    for (state, count) in [
        ("running", work.running),
        ("verifying", work.verifying),
        ("pending", work.pending),
        ("awaiting_access", work.awaiting_access),
        ("removal", work.removals),
        ("refunding", work.refunding),
        ("parked", work.parked),
    ] {
        purchases.with_label_values(&[state]).set(count);
    }
    let audit_alerts = i64::try_from(numbers.audit_alerts).unwrap_or(i64::MAX);
    let breakers = i64::try_from(numbers.open_breakers).unwrap_or(i64::MAX);
    for (name, help, value) in [
        (
            "outbox_waiting",
            "Notices to operators that wait",
            numbers.outbox,
        ),
        (
            "inbox_waiting",
            "Notices of gateways that wait",
            numbers.inbox,
        ),
        (
            "gateway_breakers_open",
            "Gateway accounts that this replica has stopped calling for a moment",
            breakers,
        ),
        (
            "audit_alerts",
            "Differences that this replica's last audit found and that a person must look at",
            audit_alerts,
        ),
    ] {
        let gauge = IntGauge::new(name, help)?;
        gauge.set(value);
        registry.register(Box::new(gauge))?;
    }
    TextEncoder::new().encode_to_string(&registry.gather())
}

/// The numbers, whoever asks: for the separate address.
pub(crate) async fn answer(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let numbers = metrics(&state.app).await?;
    let body = text(&numbers).map_err(|error| {
        log_chain(&error);
        ApiError::not_found("No encontrado")
    })?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body(body))
}

/// Whether this machine itself asks, and not a proxy on it for somebody else.
fn is_local(request: &HttpRequest) -> bool {
    let from_here = request
        .peer_addr()
        .is_some_and(|address| address.ip().to_canonical().is_loopback());
    let for_others = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    from_here && !for_others
}

/// Números para Prometheus. En la dirección principal, solo para esta máquina y mientras no haya
/// otra dirección para ellos.
#[utoipa::path(
    get, path = "/metrics", tag = "Servicio",
    responses(
        (status = 200, description = "Números", body = String, content_type = "text/plain"),
        (status = 404, description = "No es para quien pregunta", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    if !is_local(&request) || state.config.metrics_are_elsewhere {
        return Err(ApiError::not_found("No encontrado"));
    }
    answer(state).await
}
