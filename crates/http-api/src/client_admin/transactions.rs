//! `GET /api/v1/admin/mi-empresa/transacciones`.

use actix_web::{HttpRequest, web};
use application::company::transactions::list_transactions;
use application::vocabulary::PurchaseFilter;
use domain::purchase::Purchase;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::json::Amount;
use crate::wire::payment_state::{payment_state, transaction_id};
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/mi-empresa/transacciones",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// Una página de ventas.
#[derive(Serialize, ToSchema)]
pub(crate) struct TransactionsView {
    /// La empresa.
    empresa_id: String,
    /// Cuántas hay en total.
    total: i64,
    /// Tamaño de la página.
    limit: i64,
    /// Ventas omitidas.
    offset: i64,
    /// Las ventas, de la más nueva a la más antigua.
    #[serde(rename = "transacciones")]
    sales: Vec<TransactionView>,
}

/// Una venta.
#[derive(Serialize, ToSchema)]
pub(crate) struct TransactionView {
    /// Número.
    id: i64,
    /// Número en la pasarela.
    #[serde(rename = "transaccion_id")]
    transaction_id: Option<String>,
    /// Importe.
    #[serde(rename = "monto")]
    amount: Amount,
    /// Estado del pago.
    #[serde(rename = "estado_pago")]
    state: String,
    /// Quién compró.
    #[serde(rename = "cliente_nombre")]
    customer: String,
    /// Cuándo (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
}

impl From<&Purchase> for TransactionView {
    fn from(purchase: &Purchase) -> Self {
        Self {
            id: purchase.id.get(),
            transaction_id: transaction_id(purchase),
            amount: Amount::of(purchase.amount),
            state: payment_state(purchase),
            customer: purchase.customer.name.clone(),
            created_at: iso(purchase.created_at),
        }
    }
}

/// Las ventas de la propia empresa cuyo cobro se envió.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/transacciones", tag = "Ventas",
    params(
        ("limit" = Option<i64>, Query, description = "Tamaño de la página, de 1 a 500", minimum = 1, maximum = 500),
        ("offset" = Option<i64>, Query, description = "Ventas omitidas", minimum = 0),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Ventas", body = TransactionsView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Página no válida", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<TransactionsView>, ApiError> {
    let mut query = query_fields(&request);
    let limit = query.optional_integer(&["limit"], 1..=500).unwrap_or(50);
    let offset = query
        .optional_integer(&["offset"], 0..=i64::MAX)
        .unwrap_or(0);
    query.finish()?;
    let filter = PurchaseFilter::default();
    let page = list_transactions(&state.app, &admin.0, &filter, limit, offset).await?;
    Ok(web::Json(TransactionsView {
        empresa_id: admin.0.tenant_id().as_str().to_owned(),
        total: page.total,
        limit,
        offset,
        sales: page.purchases.iter().map(TransactionView::from).collect(),
    }))
}
