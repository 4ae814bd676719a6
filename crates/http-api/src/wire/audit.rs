//! Entries of the audit log, and how they are asked for.

use application::platform::audit_log::{AuditPage, AuditQuery};
use domain::audit::{Actor, AuditEntry};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::wire::moment::read_moment;
use crate::wire::time::iso;

/// Una página de la bitácora.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPageView {
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
pub(crate) struct AuditEntryView {
    /// Número.
    #[schema(example = 912)]
    id: i64,
    /// Quién; nulo si fue el servidor.
    #[schema(example = 42)]
    usuario_id: Option<i64>,
    /// Qué.
    #[serde(rename = "accion")]
    #[schema(example = "router.create")]
    action: String,
    /// De qué empresa.
    #[schema(example = "EMP_7B20C4D91E")]
    empresa_id: Option<String>,
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
    detail: Option<String>,
    /// Desde dónde.
    #[serde(rename = "direccion")]
    #[schema(example = "203.0.113.9")]
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
            usuario_id: match entry.actor {
                Actor::User(id) => Some(id.get()),
                Actor::System => None,
            },
            action: entry.action,
            empresa_id: entry.tenant_id.map(|id| id.as_str().to_owned()),
            subject_kind,
            subject_id,
            detail: entry.detail,
            address: entry.remote_address,
            at: iso(entry.at),
        }
    }
}

/// Reads `accion`, `desde`, `hasta`, `limit` and `offset`.
pub(crate) fn read_query(query: &mut Fields) -> AuditQuery {
    AuditQuery {
        action: query.optional_text(&["accion"], 100, true),
        from: read_moment(query, "desde").map(|moment| moment.start),
        to: read_moment(query, "hasta").map(|moment| moment.end),
        limit: query.optional_integer(&["limit"], 1..=500).unwrap_or(50),
        offset: query
            .optional_integer(&["offset"], 0..=i64::MAX)
            .unwrap_or(0),
    }
}

/// The answer to a question with this page size and offset.
pub(crate) fn page_view((total, entries): AuditPage, limit: i64, offset: i64) -> AuditPageView {
    AuditPageView {
        total,
        limit,
        offset,
        entries: entries.into_iter().map(AuditEntryView::from).collect(),
    }
}
