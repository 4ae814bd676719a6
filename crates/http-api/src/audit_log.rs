//! The audit log, of the whole platform and of one tenant.

use actix_web::{HttpRequest, web};
use application::platform::audit_log::{AuditPage, AuditQuery, platform_log, tenant_log};
use domain::audit::{Actor, AuditEntry};
use domain::ids::TenantId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::extract::{AsSuperAdmin, AsTenantAdmin};
use crate::state::State;
use crate::wire::values::iso;

pub(crate) fn platform_endpoints() -> Vec<Endpoint> {
    tagged(
        "Plataforma",
        [get("/admin/auditoria", Access::SuperAdmin, platform)
            .id("bitacoraPlataforma")
            .summary("La bitácora de toda la plataforma. Los filtros se combinan.")
            .query(read_platform_query)
            .ok::<AuditPageView>("Entradas")],
    )
}

pub(crate) fn operator_endpoints() -> Vec<Endpoint> {
    tagged(
        "Empresa",
        [get(
            "/api/v1/admin/mi-empresa/auditoria",
            Access::TenantAdmin,
            operator,
        )
        .id("bitacoraMiEmpresa")
        .summary("La bitácora de la propia empresa. Los filtros se combinan.")
        .query(read_query)
        .ok::<AuditPageView>("Entradas")],
    )
}

/// Una página de la bitácora.
#[derive(Serialize, ToSchema)]
struct AuditPageView {
    /// Cuántas entradas hay en total.
    #[schema(example = 128)]
    total: i64,
    /// Tamaño de la página.
    #[schema(example = 50)]
    limit: i64,
    /// Entradas omitidas.
    #[schema(example = 0)]
    offset: i64,
    /// Las entradas, de la más nueva a la más antigua.
    #[serde(rename = "entradas")]
    entries: Vec<AuditEntryView>,
}

/// Quién hizo qué, cuándo y desde dónde.
#[derive(Serialize, ToSchema)]
struct AuditEntryView {
    /// Número.
    #[schema(example = 912)]
    id: i64,
    /// Quién; nulo si fue el servidor.
    #[serde(rename = "usuario_id")]
    #[schema(example = 42, required = true)]
    user_id: Option<i64>,
    /// Qué.
    #[serde(rename = "accion")]
    #[schema(example = "router.create")]
    action: String,
    /// De qué empresa.
    #[serde(rename = "empresa_id")]
    #[schema(example = "EMP_7B20C4D91E", required = true)]
    tenant_id: Option<String>,
    /// Sobre qué clase de cosa.
    #[serde(rename = "sujeto_tipo")]
    #[schema(example = "router")]
    subject_kind: String,
    /// Sobre cuál.
    #[serde(rename = "sujeto_id")]
    #[schema(example = "RTR_51D0A2BC")]
    subject_id: String,
    /// Más datos, para personas.
    #[serde(rename = "detalle")]
    #[schema(required = true)]
    detail: Option<String>,
    /// Desde dónde.
    #[serde(rename = "direccion")]
    #[schema(example = "203.0.113.9", required = true)]
    address: Option<String>,
    /// Cuándo (UTC).
    #[serde(rename = "fecha")]
    #[schema(example = "2026-03-04T10:00:00")]
    at: String,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        let (subject_kind, subject_id) = entry.subject;
        Self {
            id: entry.id,
            user_id: match entry.actor {
                Actor::User(id) => Some(id.get()),
                Actor::System => None,
            },
            action: entry.action,
            tenant_id: entry.tenant_id.map(|id| id.as_str().to_owned()),
            subject_kind,
            subject_id,
            detail: entry.detail,
            address: entry.remote_address,
            at: iso(entry.at),
        }
    }
}

/// Reads `accion`, `desde`, `hasta`, `limit` and `offset`.
fn read_query(query: &mut Fields) -> AuditQuery {
    let action = query
        .field("accion", "Solo acciones que empiezan así (`router.`)")
        .limits_not_described()
        .optional_text(100);
    let from = query
        .field("desde", "Desde esta fecha o fecha con hora (UTC), incluida")
        .optional_moment();
    let to = query
        .field("hasta", "Hasta esta fecha o fecha con hora (UTC), incluida")
        .optional_moment();
    let limit = query
        .field("limit", "Tamaño de la página, de 1 a 500")
        .optional_integer(1..=500);
    let offset = query
        .field("offset", "Entradas omitidas")
        .optional_integer(0..=i64::MAX);
    AuditQuery {
        action,
        from: from.map(|moment| moment.start),
        to: to.map(|moment| moment.end),
        limit: limit.unwrap_or(50),
        offset: offset.unwrap_or(0),
    }
}

/// As [`read_query`], with `empresa_id`.
fn read_platform_query(query: &mut Fields) -> (Option<String>, AuditQuery) {
    let tenant = query
        .field("empresa_id", "Solo de esta empresa")
        .limits_not_described()
        .optional_text(50);
    (tenant, read_query(query))
}

/// The response to a query with this page size and offset.
fn page_view((total, entries): AuditPage, limit: i64, offset: i64) -> AuditPageView {
    AuditPageView {
        total,
        limit,
        offset,
        entries: entries.into_iter().map(AuditEntryView::from).collect(),
    }
}

async fn platform(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<AuditPageView>, ApiError> {
    let mut fields = Fields::of_query(&request);
    let (tenant, query) = read_platform_query(&mut fields);
    fields.finish()?;
    let (limit, offset) = (query.limit, query.offset);
    let page = match tenant.as_deref().map(TenantId::parse) {
        // No tenant can have a malformed id.
        Some(Err(_)) => (0, Vec::new()),
        Some(Ok(id)) => platform_log(&state.app, &admin.0, Some(id), query).await?,
        None => platform_log(&state.app, &admin.0, None, query).await?,
    };
    Ok(web::Json(page_view(page, limit, offset)))
}

async fn operator(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<AuditPageView>, ApiError> {
    let mut fields = Fields::of_query(&request);
    let query = read_query(&mut fields);
    fields.finish()?;
    let (limit, offset) = (query.limit, query.offset);
    let page = tenant_log(&state.app, &admin.0, query).await?;
    Ok(web::Json(page_view(page, limit, offset)))
}
