//! `GET /api/v1/webhook/test-webhook`.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::state::State;
use crate::webhooks::urls;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/webhook/test-webhook",
    Access::Public,
    || web::get().to(handle),
);

/// A dónde llegan los avisos de Mercado Pago.
#[derive(Serialize, ToSchema)]
pub(crate) struct TestWebhookView {
    /// Siempre `active`.
    #[schema(example = "active")]
    status: &'static str,
    /// Servicio.
    #[schema(example = "Mercado Pago Webhook")]
    service: &'static str,
    /// Ruta.
    #[schema(example = "/api/v1/webhook/mercado-pago")]
    endpoint: &'static str,
    /// Método.
    #[schema(example = "POST")]
    method: &'static str,
    /// Texto para personas.
    description: &'static str,
    /// Dirección completa; nula si el servidor no conoce su dirección pública.
    url_produccion: Option<String>,
    /// La misma: pruebas y producción llegan a la misma dirección.
    url_pruebas: Option<String>,
    /// Siempre `ok`.
    #[schema(example = "ok")]
    health_check: &'static str,
    /// Ahora (UTC).
    timestamp: String,
}

/// Comprobar que los avisos pueden llegar a este servidor.
#[utoipa::path(
    get, path = "/api/v1/webhook/test-webhook", tag = "Avisos",
    responses((status = 200, description = "El servidor responde", body = TestWebhookView))
)]
pub(crate) async fn handle(state: web::Data<State>) -> web::Json<TestWebhookView> {
    let url = urls::shared(state.app.settings().public_base_url.as_deref());
    web::Json(TestWebhookView {
        status: "active",
        service: "Mercado Pago Webhook",
        endpoint: urls::SHARED,
        method: "POST",
        description: "Recibe las notificaciones de pago de Mercado Pago",
        url_produccion: url.clone(),
        url_pruebas: url,
        health_check: "ok",
        timestamp: iso(state.app.now()),
    })
}
