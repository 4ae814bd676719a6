//! Whether the router of a key can serve.

use actix_web::web;
use application::error::Failure;
use application::portal::reconnect::{RouterCheck, validate_router};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::log_chain;
use crate::extract::AsPortal;
use crate::portal::hotspot_texts::{
    INTERNAL_CODE, ROUTER_INACTIVE, SERVER_FAILED, TENANT_INACTIVE, code, text,
};
use crate::state::State;
use crate::wire::names::RouterCheckName;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Portal",
        [post(
            "/api/v1/routers/validar-empresa-router",
            Access::Portal,
            check,
        )
        .id("validarEmpresaRouter")
        .summary(
            "Si la empresa y el router de esta llave pueden atender. Responde 200 \
             aunque no puedan.",
        )
        .ok::<RouterCheckView>("El resultado, también cuando no se puede atender")],
    )
}

/// Si el punto de acceso de esta llave puede atender.
#[derive(Debug, Serialize, ToSchema)]
struct RouterCheckView {
    /// Si todo está bien.
    success: bool,
    /// `activo`, `router_inactivo`, `empresa_inactiva` o `internal_error`.
    #[serde(rename = "estado")]
    #[schema(value_type = RouterCheckName)]
    state: &'static str,
    /// Texto para personas.
    #[serde(rename = "mensaje")]
    message: &'static str,
    /// Qué falló, para programas.
    #[serde(rename = "error_detalle")]
    #[schema(required = true)]
    error_code: Option<&'static str>,
    /// Si se pudo entrar al router.
    #[serde(rename = "conexion_ok")]
    is_connected: bool,
    /// Ahora (UTC).
    timestamp: String,
}

fn view(outcome: Result<RouterCheck, Failure>, timestamp: String) -> RouterCheckView {
    let failed = |state, message, error_code| (false, state, message, error_code);
    let (is_fine, state, message, error_code) = match outcome {
        Ok(RouterCheck::Reachable) => (true, "activo", "El punto de acceso está listo.", None),
        Ok(RouterCheck::TenantInactive) => failed("empresa_inactiva", TENANT_INACTIVE, None),
        Ok(RouterCheck::RouterInactive) => failed("router_inactivo", ROUTER_INACTIVE, None),
        Ok(RouterCheck::Unreachable(error)) => {
            failed("router_inactivo", text(&error), Some(code(&error)))
        }
        Err(failure) => {
            log_chain(&failure);
            failed(INTERNAL_CODE, SERVER_FAILED, Some(INTERNAL_CODE))
        }
    };
    RouterCheckView {
        success: is_fine,
        state,
        message,
        error_code,
        is_connected: is_fine,
        timestamp,
    }
}

async fn check(state: web::Data<State>, portal: AsPortal) -> web::Json<RouterCheckView> {
    let (key, now) = (portal.0.key_id(), state.app.now());
    let may_serve = portal.0.tenant_is_active() && portal.0.router_is_active();
    let recent = may_serve
        .then(|| state.router_checks.get(key, now))
        .flatten();
    if let Some(result) = recent {
        return web::Json(view(Ok(result), iso(now)));
    }
    let outcome = validate_router(&state.app, &portal.0).await;
    if may_serve && let Ok(result) = &outcome {
        state
            .router_checks
            .put(key, state.app.now(), result.clone());
    }
    web::Json(view(outcome, iso(state.app.now())))
}

#[cfg(test)]
mod tests {
    use application::vocabulary::HotspotError;
    use serde_json::json;

    use super::*;

    fn written(outcome: Result<RouterCheck, Failure>) -> serde_json::Value {
        serde_json::to_value(view(outcome, "2026-03-04T10:00:00".to_owned())).unwrap()
    }

    #[test]
    fn a_reachable_router_is_active() {
        assert_eq!(
            written(Ok(RouterCheck::Reachable)),
            json!({
                "success": true, "estado": "activo", "mensaje": "El punto de acceso está listo.",
                "error_detalle": null, "conexion_ok": true, "timestamp": "2026-03-04T10:00:00",
            })
        );
    }

    #[test]
    fn whatever_fails_has_its_own_state() {
        for (outcome, state, error_code) in [
            (
                Ok(RouterCheck::TenantInactive),
                "empresa_inactiva",
                json!(null),
            ),
            (
                Ok(RouterCheck::RouterInactive),
                "router_inactivo",
                json!(null),
            ),
            (
                Ok(RouterCheck::Unreachable(HotspotError::TimedOut)),
                "router_inactivo",
                json!("router_timeout"),
            ),
            (
                Err(Failure::Inconsistent("x")),
                "internal_error",
                json!("internal_error"),
            ),
        ] {
            let body = written(outcome);
            assert_eq!(body["success"], json!(false));
            assert_eq!(body["conexion_ok"], json!(false));
            assert_eq!(body["estado"], json!(state));
            assert_eq!(body["error_detalle"], error_code);
        }
    }

    #[test]
    fn nothing_of_the_routers_response_is_revealed() {
        let refused = HotspotError::Refused("10.9.0.2 said no".to_owned());
        let body = written(Ok(RouterCheck::Unreachable(refused))).to_string();
        assert!(!body.contains("10.9.0.2"), "{body}");
    }
}
