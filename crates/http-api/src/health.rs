//! The server itself.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use application::jobs::metrics::{Metrics, metrics};
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::{ApiError, log_chain};
use crate::state::State;
use crate::texts::NOT_FOUND;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Servicio",
        [
            get("/", Access::Public, root)
                .id("servicio")
                .summary("Nombre y versión del servicio.")
                .ok::<RootView>("Responde"),
            get("/health", Access::Public, live)
                .id("salud")
                .summary(
                    "Si el proceso responde. No consulta la base de datos; para eso está \
                     `/ready`.",
                )
                .ok::<HealthView>("Responde"),
            get("/ready", Access::Public, ready)
                .id("listo")
                .summary("Si la base de datos responde y está migrada.")
                .ok::<ReadyView>("Listo")
                .refuses(503, "Aún no"),
            get("/metrics", Access::Public, metrics_here)
                .id("metricas")
                .summary(
                    "Números para Prometheus. En la dirección principal, solo para esta máquina y \
                     mientras no haya\n\
                     otra dirección para ellos.",
                )
                .ok_content("Números", "text/plain", String::schema())
                .refuses(404, "No es para quien pregunta"),
        ],
    )
}

/// Quién responde aquí.
#[derive(Serialize, ToSchema)]
struct RootView {
    /// Nombre del servicio.
    message: String,
    /// Versión del contrato.
    #[schema(example = "2.0.0")]
    version: &'static str,
    /// Siempre `running`.
    #[schema(example = "running")]
    status: &'static str,
    /// Ahora (UTC).
    timestamp: String,
    /// Dónde está la documentación.
    #[schema(example = "/docs")]
    docs: &'static str,
}

async fn root(state: web::Data<State>) -> web::Json<RootView> {
    web::Json(RootView {
        message: state.config.app_name.clone(),
        version: "2.0.0",
        status: "running",
        timestamp: iso(state.app.now()),
        docs: "/docs",
    })
}

/// El proceso responde.
#[derive(Serialize, ToSchema)]
struct HealthView {
    /// Siempre `healthy`.
    #[schema(example = "healthy")]
    status: &'static str,
}

async fn live() -> web::Json<HealthView> {
    web::Json(HealthView { status: "healthy" })
}

/// Listo para atender.
#[derive(Serialize, ToSchema)]
struct ReadyView {
    /// Siempre `ready`.
    #[schema(example = "ready")]
    status: &'static str,
}

async fn ready(state: web::Data<State>) -> Result<web::Json<ReadyView>, ApiError> {
    if state.app.is_ready().await {
        Ok(web::Json(ReadyView { status: "ready" }))
    } else {
        Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "La base de datos no está lista",
        )
        .retry_after(2))
    }
}

fn metrics_text(numbers: &Metrics) -> Result<String, prometheus::Error> {
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
            "Notifications to operators that wait",
            numbers.outbox,
        ),
        ("inbox_waiting", "Gateway events that wait", numbers.inbox),
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

/// The metrics without a check of the caller: for the separate address.
pub(crate) async fn metrics_page(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let numbers = metrics(&state.app).await?;
    let body = metrics_text(&numbers).map_err(|error| {
        log_chain(&error);
        ApiError::not_found(NOT_FOUND)
    })?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body(body))
}

/// Whether the request comes from this machine, and not through a proxy on it.
fn is_local(request: &HttpRequest) -> bool {
    let from_here = request
        .peer_addr()
        .is_some_and(|address| address.ip().to_canonical().is_loopback());
    let for_others = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    from_here && !for_others
}

async fn metrics_here(
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    if !is_local(&request) || state.config.metrics_are_elsewhere {
        return Err(ApiError::not_found(NOT_FOUND));
    }
    metrics_page(state).await
}
