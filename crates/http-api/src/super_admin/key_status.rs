//! `GET /admin/empresas/{empresa_id}/routers/{router_id}/api-key-status`.

use actix_web::{HttpRequest, web};
use application::platform::api_keys::newest_key;
use domain::api_key::{ApiKey, EXPIRY_WARNING_DAYS, KeyStatus};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::router_ids;
use crate::wire::time::{iso, optional_iso};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/empresas/{empresa_id}/routers/{router_id}/api-key-status",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// Cómo está la llave de un router. Todos los campos aparecen siempre.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyStatusView {
    /// El router.
    router_id: String,
    /// Si hay una llave que vale.
    has_active_key: bool,
    /// La llave.
    key_id: Option<String>,
    /// Cuándo se emitió (UTC).
    issued_at: Option<String>,
    /// Cuándo expira (UTC).
    expires_at: Option<String>,
    /// Días enteros que le quedan.
    expires_in_days: Option<i64>,
    /// Último uso (UTC).
    last_used: Option<String>,
    /// Usos.
    use_count: i64,
    /// `active`, `expired` o `no_key`.
    #[schema(example = "active")]
    status: &'static str,
    /// Qué conviene saber.
    warning: Option<String>,
    /// Qué conviene hacer.
    recommendation: Option<&'static str>,
}

fn view(router_id: &str, key: Option<ApiKey>, now: Timestamp) -> KeyStatusView {
    let Some(key) = key else {
        return KeyStatusView {
            router_id: router_id.to_owned(),
            has_active_key: false,
            key_id: None,
            issued_at: None,
            expires_at: None,
            expires_in_days: None,
            last_used: None,
            use_count: 0,
            status: "no_key",
            warning: Some("El router no tiene una API Key activa".to_owned()),
            recommendation: Some("Genere una API Key nueva con regenerate-api-key"),
        };
    };
    let (has_active_key, days_left, status) = match key.status(now) {
        KeyStatus::Active { days_left } => (true, days_left, "active"),
        KeyStatus::Expired { days_left } => (false, days_left, "expired"),
    };
    let expiring = has_active_key && days_left < EXPIRY_WARNING_DAYS;
    let unused = key.use_count == 0;
    let mut warnings = Vec::new();
    if !has_active_key {
        warnings.push("La API Key expiró: el portal ya no puede usarla".to_owned());
    }
    if expiring {
        warnings.push(format!("La API Key expira en {days_left} día(s)"));
    }
    if unused && has_active_key {
        warnings.push("La API Key nunca se ha usado".to_owned());
    }
    let recommendation = if !has_active_key || expiring {
        Some("Regenere la API Key y actualice el portal")
    } else if unused {
        Some("Verifique que el portal esté configurado con esta API Key")
    } else {
        None
    };
    KeyStatusView {
        router_id: router_id.to_owned(),
        has_active_key,
        key_id: Some(key.id.as_str().to_owned()),
        issued_at: Some(iso(key.issued_at)),
        expires_at: Some(iso(key.expires_at)),
        expires_in_days: Some(days_left),
        last_used: optional_iso(key.last_used_at),
        use_count: key.use_count,
        status,
        warning: (!warnings.is_empty()).then(|| warnings.join(". ")),
        recommendation,
    }
}

/// Cómo está la llave de un router.
#[utoipa::path(
    get, path = "/admin/empresas/{empresa_id}/routers/{router_id}/api-key-status", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Estado", body = KeyStatusView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<KeyStatusView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let key = newest_key(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(view(router.as_str(), key, state.app.now())))
}
