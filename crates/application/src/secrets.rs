//! Contexts in which secrets are sealed, and opening what the remote calls need.

use domain::gateway::GatewayKind;
use domain::ids::{AttemptId, RouterId, TenantId};
use domain::router::Router;
use domain::secret::{Sealed, Secret};
use domain::tenant::GatewaySettings;
use ports::hotspot::RouterAccess;
use ports::payments::GatewayAccount;
use ports::security::{SecretBox, SecretContext, SecretError};

fn of_tenant(tenant_id: &TenantId, column: &'static str) -> SecretContext {
    SecretContext {
        table: "empresas",
        column,
        tenant_id: tenant_id.clone(),
        row: tenant_id.as_str().to_owned(),
    }
}

/// A gateway's private key or access token.
pub(crate) fn gateway_secret(tenant_id: &TenantId, kind: GatewayKind) -> SecretContext {
    SecretContext::gateway_secret(tenant_id, kind)
}

/// Mercado Pago's webhook secret.
pub(crate) fn webhook_secret(tenant_id: &TenantId) -> SecretContext {
    of_tenant(tenant_id, "mercado_pago_webhook_secret")
}

/// The Telegram bot's token.
pub(crate) fn telegram_token(tenant_id: &TenantId) -> SecretContext {
    of_tenant(tenant_id, "telegram_bot_token")
}

/// A router's password.
pub(crate) fn router_password(tenant_id: &TenantId, router_id: &RouterId) -> SecretContext {
    SecretContext {
        table: "routers",
        column: "password_encrypted",
        tenant_id: tenant_id.clone(),
        row: router_id.as_str().to_owned(),
    }
}

/// The password of a RouterOS user that is not in use yet.
pub(crate) fn pending_router_password(tenant_id: &TenantId, username: &str) -> SecretContext {
    SecretContext {
        table: "credenciales_router",
        column: "password_encrypted",
        tenant_id: tenant_id.clone(),
        row: username.to_owned(),
    }
}

/// A sold hotspot password.
pub(crate) fn hotspot_password(tenant_id: &TenantId, attempt: AttemptId) -> SecretContext {
    SecretContext {
        table: "transacciones",
        column: "password_hotspot",
        tenant_id: tenant_id.clone(),
        row: attempt.to_string(),
    }
}

/// A stored event's raw body.
pub(crate) fn event_body(tenant_id: &TenantId, body_hash: &str) -> SecretContext {
    SecretContext {
        table: "bandeja_webhooks",
        column: "cuerpo",
        tenant_id: tenant_id.clone(),
        row: body_hash.to_owned(),
    }
}

/// Opens a router for use.
pub(crate) fn open_router(
    secrets: &dyn SecretBox,
    router: &Router,
) -> Result<RouterAccess, SecretError> {
    let context = router_password(&router.tenant_id, &router.id);
    Ok(RouterAccess {
        router_id: router.id.clone(),
        tenant_id: router.tenant_id.clone(),
        version: router.version,
        host: router.host.clone(),
        port: router.port,
        username: router.username.clone(),
        password: secrets.open(&context, &router.password)?,
        tls: router.tls.clone(),
    })
}

/// Opens a gateway account for use; `None` when no secret is set.
pub(crate) fn open_account(
    secrets: &dyn SecretBox,
    tenant_id: &TenantId,
    settings: &GatewaySettings,
) -> Result<Option<GatewayAccount>, SecretError> {
    let Some(sealed) = &settings.secret else {
        return Ok(None);
    };
    let secret = secrets.open(&gateway_secret(tenant_id, settings.kind), sealed)?;
    if secret.is_empty() {
        return Ok(None);
    }
    Ok(Some(GatewayAccount {
        tenant_id: tenant_id.clone(),
        version: settings.version,
        secret,
        mode: settings.mode,
        collector: settings.collector.clone(),
    }))
}

/// Seals an optional text.
pub(crate) fn seal(secrets: &dyn SecretBox, context: &SecretContext, text: &str) -> Sealed {
    secrets.seal(context, &Secret::new(text))
}
