//! API keys of a router.

use actix_web::{HttpRequest, HttpResponse, web};
use application::platform::api_keys::{
    ApiKeyError, IssuedKey, list_keys, newest_key, regenerate_key, revoke_key,
};
use domain::api_key::{ApiKey, EXPIRY_WARNING_DAYS, KeyStatus};
use domain::ids::ApiKeyId;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::endpoint::{Access, Endpoint, get, post, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsSuperAdmin;
use crate::platform::router_ids;
use crate::state::State;
use crate::texts::TENANT_ROUTER_NOT_FOUND;
use crate::wire::names::KeyStatusName;
use crate::wire::page::Page;
use crate::wire::values::{iso, optional_iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Plataforma",
        [
            post(
                "/admin/empresas/{empresa_id}/routers/{router_id}/regenerate-api-key",
                Access::SuperAdmin,
                regenerate,
            )
            .id("regenerarLlave")
            .summary("Emitir una llave nueva; las anteriores dejan de valer en ese momento.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .ok::<RegeneratedKeyView>("Emitida")
            .refuses(400, "Router inactivo")
            .refuses(404, "No existe"),
            get(
                "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys",
                Access::SuperAdmin,
                list,
            )
            .id("listarLlaves")
            .summary("Todas las llaves de un router, de la más nueva a la más antigua.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .query(Page::read)
            .ok_list::<ApiKeyView>("Llaves")
            .with_next_page()
            .refuses(404, "No existe"),
            post(
                "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys/{key_id}/revoke",
                Access::SuperAdmin,
                revoke,
            )
            .id("revocarLlave")
            .summary("Revocar una llave sin emitir otra. Deja de valer en la siguiente solicitud.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .path_text("key_id", "Llave")
            .ok::<RevokedKeyView>("Revocada")
            .refuses(400, "Ya estaba revocada")
            .refuses(404, "No existe"),
            get(
                "/admin/empresas/{empresa_id}/routers/{router_id}/api-key-status",
                Access::SuperAdmin,
                status,
            )
            .id("estadoLlave")
            .summary("Cómo está la llave de un router.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .ok::<KeyStatusView>("Estado")
            .refuses(404, "No existe"),
        ],
    )
}

/// Lo que se sabe de una llave nueva.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssuedKeyView {
    /// Identificador de la llave.
    #[schema(example = "key_0f3a9c1e77b2d845")]
    key_id: String,
    /// Cuándo se emitió (UTC).
    issued_at: String,
    /// Cuándo expira (UTC).
    expires_at: String,
    /// Siempre `router_api_key`.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl From<&IssuedKey> for IssuedKeyView {
    fn from(issued: &IssuedKey) -> Self {
        Self {
            key_id: issued.record.id.as_str().to_owned(),
            issued_at: iso(issued.record.issued_at),
            expires_at: iso(issued.record.expires_at),
            kind: "router_api_key",
        }
    }
}

/// La llave nueva. Solo se muestra aquí.
#[derive(Serialize, ToSchema)]
struct RegeneratedKeyView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router_id: String,
    /// La llave nueva.
    new_api_key: String,
    /// Lo que se sabe de ella.
    api_key_info: IssuedKeyView,
    /// Si había una llave que dejó de valer.
    previous_key_revoked: bool,
}

impl From<ApiKeyError> for ApiError {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::RouterNotFound => {
                Self::not_found(TENANT_ROUTER_NOT_FOUND).code(ErrorCode::RouterNotFound)
            }
            ApiKeyError::RouterInactive => {
                Self::bad_request("No se puede regenerar API key de un router inactivo")
            }
            ApiKeyError::KeyNotFound => Self::not_found(KEY_NOT_FOUND),
            ApiKeyError::AlreadyRevoked => Self::bad_request("La API Key ya está revocada"),
            ApiKeyError::Failure(failure) => failure.into(),
        }
    }
}

async fn regenerate(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<RegeneratedKeyView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let (issued, revoked) = regenerate_key(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(RegeneratedKeyView {
        message: "API Key regenerada exitosamente",
        router_id: router.as_str().to_owned(),
        new_api_key: issued.key.expose().to_owned(),
        api_key_info: IssuedKeyView::from(&issued),
        previous_key_revoked: revoked,
    }))
}

/// El registro de una llave. La llave misma no se guarda.
#[derive(Serialize, ToSchema)]
struct ApiKeyView {
    /// Identificador.
    key_id: String,
    /// Router.
    router_id: String,
    /// Empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
    /// Cuándo se emitió (UTC).
    issued_at: String,
    /// Cuándo expira (UTC).
    expires_at: String,
    /// Si se revocó.
    revoked: bool,
    /// Cuándo se revocó (UTC).
    #[schema(required = true)]
    revoked_at: Option<String>,
    /// Último uso (UTC), con unos segundos de retraso.
    #[schema(required = true)]
    last_used: Option<String>,
    /// Usos, con unos segundos de retraso.
    use_count: i64,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            key_id: key.id.as_str().to_owned(),
            router_id: key.router_id.as_str().to_owned(),
            tenant_id: key.tenant_id.as_str().to_owned(),
            issued_at: iso(key.issued_at),
            expires_at: iso(key.expires_at),
            revoked: key.revoked_at.is_some(),
            revoked_at: optional_iso(key.revoked_at),
            last_used: optional_iso(key.last_used_at),
            use_count: key.use_count,
        }
    }
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let page = Page::read(&mut query);
    query.finish()?;
    let (tenant, router) = router_ids(&request)?;
    let keys = list_keys(&state.app, &admin.0, &tenant, &router).await?;
    Ok(page
        .of(keys, |key| key.id.as_str().to_owned())
        .list(ApiKeyView::from))
}

const KEY_NOT_FOUND: &str = "API Key no encontrada";

/// La llave revocada.
#[derive(Serialize, ToSchema)]
struct RevokedKeyView {
    /// Texto para personas.
    message: &'static str,
    /// La llave.
    key_id: String,
    /// El router.
    router_id: String,
    /// Cuándo (UTC).
    revoked_at: String,
}

async fn revoke(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<RevokedKeyView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let key = request.match_info().get("key_id").unwrap_or_default();
    let key = ApiKeyId::parse(key).map_err(|_malformed| ApiError::not_found(KEY_NOT_FOUND))?;
    let at = revoke_key(&state.app, &admin.0, &tenant, &router, &key).await?;
    Ok(web::Json(RevokedKeyView {
        message: "API Key revocada exitosamente",
        key_id: key.as_str().to_owned(),
        router_id: router.as_str().to_owned(),
        revoked_at: iso(at),
    }))
}

/// Cómo está la llave de un router. Todos los campos aparecen siempre.
#[derive(Serialize, ToSchema)]
struct KeyStatusView {
    /// El router.
    router_id: String,
    /// Si hay una llave que vale.
    has_active_key: bool,
    /// La llave.
    #[schema(required = true)]
    key_id: Option<String>,
    /// Cuándo se emitió (UTC).
    #[schema(required = true)]
    issued_at: Option<String>,
    /// Cuándo expira (UTC).
    #[schema(required = true)]
    expires_at: Option<String>,
    /// Días enteros que le quedan.
    #[schema(required = true)]
    expires_in_days: Option<i64>,
    /// Último uso (UTC).
    #[schema(required = true)]
    last_used: Option<String>,
    /// Usos.
    use_count: i64,
    /// `active`, `expired` o `no_key`.
    #[schema(value_type = KeyStatusName)]
    status: &'static str,
    /// Qué conviene saber.
    #[schema(required = true)]
    warning: Option<String>,
    /// Qué conviene hacer.
    #[schema(required = true)]
    recommendation: Option<&'static str>,
}

fn status_view(router_id: &str, key: Option<ApiKey>, now: Timestamp) -> KeyStatusView {
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

async fn status(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<KeyStatusView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let key = newest_key(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(status_view(
        router.as_str(),
        key,
        state.app.now(),
    )))
}
