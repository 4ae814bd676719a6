//! Tenants.

use actix_web::{HttpRequest, HttpResponse, web};
use application::platform::tenants::{
    CreateTenant, create_tenant, list_tenants, platform_overview, set_tenant_active, tenant_stats,
    toggle_tenant,
};
use domain::contact::Email;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::secret::Secret;
use domain::tenant::Tenant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, post, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsSuperAdmin;
use crate::platform::{WANTED_STATE, tenant_id};
use crate::state::State;
use crate::texts::TENANT_NOT_FOUND;
use crate::wire::filters::ListFilter;
use crate::wire::names::ModeName;
use crate::wire::values::{PLACEHOLDER_PUBLIC_KEY, iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Plataforma",
        [
            post("/admin/empresas", Access::SuperAdmin, create)
                .id("crearEmpresa")
                .summary("Registrar una empresa.")
                .body(&NEW_TENANT)
                .ok::<TenantView>("Creada"),
            get("/admin/empresas", Access::SuperAdmin, list)
                .id("listarEmpresas")
                .summary("Todas las empresas, de la más antigua a la más nueva.")
                .query(ListFilter::read)
                .ok_list::<TenantView>("Empresas")
                .with_next_page(),
            get("/admin/dashboard", Access::SuperAdmin, dashboard)
                .id("numerosPlataforma")
                .summary("Números de toda la plataforma.")
                .ok::<DashboardView>("Números"),
            get(
                "/admin/empresas/{empresa_id}/stats",
                Access::SuperAdmin,
                stats,
            )
            .id("numerosEmpresa")
            .summary("Números de una empresa.")
            .path_text("empresa_id", "Empresa")
            .ok::<StatsView>("Números")
            .refuses(404, "No existe"),
            put(
                "/admin/empresas/{empresa_id}/toggle-activo",
                Access::SuperAdmin,
                toggle,
            )
            .id("alternarEmpresa")
            .summary(
                "Activar o desactivar una empresa. Desactivada no vende y sus \
                 administradores no pueden entrar.",
            )
            .path_text("empresa_id", "Empresa")
            .ok::<ToggledTenantView>("Cambiada")
            .refuses(404, "No existe"),
            put(
                "/admin/empresas/{empresa_id}/estado",
                Access::SuperAdmin,
                set_state,
            )
            .id("ponerEstadoEmpresa")
            .summary("Activar o desactivar una empresa. Repetirlo no cambia nada.")
            .path_text("empresa_id", "Empresa")
            .body(&WANTED_STATE)
            .ok::<ToggledTenantView>("Como se pidió")
            .refuses(404, "No existe"),
        ],
    )
}

/// Una empresa. Las llaves privadas nunca aparecen.
#[derive(Serialize, ToSchema)]
struct TenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    #[schema(example = "WiFi Café Central")]
    name: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    #[schema(required = true)]
    contact_email: Option<String>,
    /// Teléfono de contacto.
    #[serde(rename = "contacto_telefono")]
    #[schema(required = true)]
    contact_phone: Option<String>,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
    conekta_mode: &'static str,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creada_en")]
    #[schema(example = "2026-03-04T10:00:00")]
    created_at: String,
}

impl From<Tenant> for TenantView {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            contact_email: tenant.contact_email.map(|email| email.as_str().to_owned()),
            contact_phone: tenant.contact_phone,
            conekta_mode: tenant.gateways.get(GatewayKind::Conekta).mode.as_str(),
            is_active: tenant.is_active,
            created_at: iso(tenant.created_at),
        }
    }
}

static NEW_TENANT: Body<CreateTenant> = Body::new(
    "CreateTenantBody",
    "Una empresa nueva. Las llaves de Conekta pueden ser provisionales.",
    |fields| CreateTenant {
        name: fields
            .field("nombre", "Nombre.")
            .example("WiFi Café Central")
            .text(100),
        contact_email: fields
            .field("contacto_email", "Correo de contacto.")
            .example("contacto@cafecentral.com")
            .email(),
        contact_phone: fields
            .field("contacto_telefono", "Teléfono de contacto.")
            .example("5512345678")
            .optional_text_or_number(20),
        gateway: GatewayKind::Conekta,
        gateway_secret: fields
            .field("conekta_private_key", "Llave privada de Conekta.")
            .example("key_test_default")
            .optional_bytes(100)
            .map_or_else(|| Secret::new("key_test_default"), Secret::new),
        gateway_public_key: fields
            .field("conekta_public_key", "Llave pública de Conekta.")
            .example("key_test_default_pub")
            .optional_text(100)
            .unwrap_or_else(|| PLACEHOLDER_PUBLIC_KEY.to_owned()),
        gateway_mode: fields
            .field("conekta_mode", "`test` o `live`.")
            .example("test")
            .optional_choice(GatewayMode::from_str_name, &["test", "live"])
            .unwrap_or(GatewayMode::Test),
    },
);

async fn create(
    state: web::Data<State>,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<TenantView>, ApiError> {
    let command = NEW_TENANT.read(body)?;
    Ok(web::Json(
        create_tenant(&state.app, &admin.0, command).await?.into(),
    ))
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let filter = ListFilter::read(&mut query);
    query.finish()?;
    let mut tenants = list_tenants(&state.app, &admin.0).await?;
    tenants.retain(|tenant| {
        let email = tenant.contact_email.as_ref().map_or("", Email::as_str);
        let texts = [tenant.id.as_str(), tenant.name.as_str(), email];
        filter.fits(tenant.is_active, tenant.created_at, &texts)
    });
    Ok(filter
        .page
        .of(tenants, |tenant| tenant.id.to_string())
        .list(TenantView::from))
}

/// Números de la plataforma.
#[derive(Serialize, ToSchema)]
struct DashboardView {
    /// Los números.
    #[serde(rename = "estadisticas")]
    numbers: DashboardNumbers,
    /// Ahora (UTC).
    timestamp: String,
}

/// Los números.
#[derive(Serialize, ToSchema)]
struct DashboardNumbers {
    /// Empresas.
    #[serde(rename = "total_empresas")]
    tenants: i64,
    /// Empresas activas.
    #[serde(rename = "empresas_activas")]
    active_tenants: i64,
    /// Usuarios de ambos roles.
    #[serde(rename = "total_usuarios")]
    users: i64,
}

async fn dashboard(
    state: web::Data<State>,
    admin: AsSuperAdmin,
) -> Result<web::Json<DashboardView>, ApiError> {
    let counts = platform_overview(&state.app, &admin.0).await?;
    Ok(web::Json(DashboardView {
        numbers: DashboardNumbers {
            tenants: counts.tenants,
            active_tenants: counts.active_tenants,
            users: counts.users,
        },
        timestamp: iso(state.app.now()),
    }))
}

/// Una empresa con sus números.
#[derive(Serialize, ToSchema)]
struct StatsView {
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: StatsTenant,
    /// Los números.
    #[serde(rename = "estadisticas")]
    numbers: StatsNumbers,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
struct StatsTenant {
    /// Identificador.
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    #[schema(required = true)]
    contact_email: Option<String>,
}

/// Los números.
#[derive(Serialize, ToSchema)]
struct StatsNumbers {
    /// Routers.
    #[serde(rename = "total_routers")]
    routers: i64,
    /// Routers activos.
    #[serde(rename = "routers_activos")]
    active_routers: i64,
    /// Routers desactivados.
    #[serde(rename = "routers_inactivos")]
    inactive_routers: i64,
    /// Administradores.
    #[serde(rename = "total_usuarios_admin")]
    admins: i64,
    /// Llaves ni revocadas ni expiradas.
    #[serde(rename = "api_keys_activas")]
    usable_keys: i64,
}

async fn stats(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<StatsView>, ApiError> {
    let id = tenant_id(&request)?;
    let found = tenant_stats(&state.app, &admin.0, &id).await?;
    let (tenant, counts) = found
        .ok_or_else(|| ApiError::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound))?;
    Ok(web::Json(StatsView {
        tenant: StatsTenant {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            is_active: tenant.is_active,
            created_at: iso(tenant.created_at),
            contact_email: tenant.contact_email.map(|email| email.as_str().to_owned()),
        },
        numbers: StatsNumbers {
            routers: counts.routers,
            active_routers: counts.active_routers,
            inactive_routers: counts.routers.saturating_sub(counts.active_routers),
            admins: counts.admins,
            usable_keys: counts.usable_keys,
        },
    }))
}

/// Cómo quedó la empresa.
#[derive(Serialize, ToSchema)]
struct ToggledTenantView {
    /// Texto para personas.
    message: &'static str,
    /// La empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
    /// Si puede vender ahora.
    #[serde(rename = "activa")]
    is_active: bool,
}

async fn toggle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<ToggledTenantView>, ApiError> {
    let id = tenant_id(&request)?;
    let toggled = toggle_tenant(&state.app, &admin.0, &id).await?;
    toggled_view(&id, toggled)
}

async fn set_state(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<ToggledTenantView>, ApiError> {
    let wanted = WANTED_STATE.read(body)?;
    let id = tenant_id(&request)?;
    let set = set_tenant_active(&state.app, &admin.0, &id, wanted).await?;
    toggled_view(&id, set)
}

fn toggled_view(
    id: &TenantId,
    toggled: Option<bool>,
) -> Result<web::Json<ToggledTenantView>, ApiError> {
    let is_active = toggled
        .ok_or_else(|| ApiError::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound))?;
    let message = if is_active {
        "Empresa activada"
    } else {
        "Empresa desactivada"
    };
    Ok(web::Json(ToggledTenantView {
        message,
        tenant_id: id.as_str().to_owned(),
        is_active,
    }))
}
