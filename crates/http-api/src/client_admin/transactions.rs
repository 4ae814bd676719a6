//! `GET /api/v1/admin/mi-empresa/transacciones`.

use std::time::Duration;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::sales::list_transactions;
use domain::purchase::Purchase;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::query::query_fields;
use crate::client_admin::transactions_csv::{self, MAX_ROWS};
use crate::client_admin::transactions_filter::read_filter;
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

/// How sales are answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
}

impl Format {
    fn from_str_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// What the caller prefers when the query does not say.
    fn accepted(request: &HttpRequest) -> Self {
        let accept = request.headers().get(ACCEPT);
        let text = accept.and_then(|value| value.to_str().ok());
        let first = text.and_then(|text| text.split([',', ';']).next());
        if first.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/csv")) {
            Self::Csv
        } else {
            Self::Json
        }
    }
}

/// Las ventas de la propia empresa cuyo cobro se envió, en JSON por páginas o en CSV.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/transacciones", tag = "Ventas",
    params(
        ("limit" = Option<i64>, Query, description = "Tamaño de la página, de 1 a 500 (50 si falta); en CSV, de 1 a 10000 (10000 si falta)", minimum = 1, maximum = 10000),
        ("offset" = Option<i64>, Query, description = "Ventas omitidas", minimum = 0),
        ("desde" = Option<String>, Query, description = "Desde este día o momento (UTC)", example = "2026-03-04"),
        ("hasta" = Option<String>, Query, description = "Hasta este día o momento, incluido (UTC)", example = "2026-03-04T10:00:00"),
        ("estado" = Option<String>, Query, description = "`estado_pago` de la venta", example = "paid"),
        ("router_id" = Option<String>, Query, description = "Router que vendió"),
        ("q" = Option<String>, Query, description = "Parte del correo, del teléfono o del usuario de hotspot", max_length = 100),
        ("formato" = Option<String>, Query, description = "`json` o `csv`; si falta, lo que diga `Accept`"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Ventas; en CSV, `X-Total-Count` dice cuántas hay en total", content(
            (TransactionsView = "application/json"),
            (String = "text/csv"),
        )),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Página o filtro no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = query_fields(&request);
    let format = query
        .optional_choice(&["formato"], Format::from_str_name, "json o csv")
        .unwrap_or_else(|| Format::accepted(&request));
    let (largest, usual) = match format {
        Format::Json => (500, 50),
        Format::Csv => (MAX_ROWS, MAX_ROWS),
    };
    let limit = query
        .optional_integer(&["limit"], 1..=largest)
        .unwrap_or(usual);
    let offset = query
        .optional_integer(&["offset"], 0..=i64::MAX)
        .unwrap_or(0);
    let wish = read_filter(&mut query);
    query.finish()?;
    let mut filter = wish.filter;
    if format == Format::Csv {
        if wish.fits_nothing {
            return Ok(transactions_csv::empty());
        }
        // Sales made while the table is sent would move the pages under it.
        let now = state.app.now().plus(Duration::from_micros(1));
        filter.to = Some(filter.to.map_or(now, |to| to.min(now)));
        return transactions_csv::answer(&state.app, admin.0, filter, limit, offset).await;
    }
    let (total, sales) = if wish.fits_nothing {
        (0, Vec::new())
    } else {
        let page = list_transactions(&state.app, &admin.0, &filter, limit, offset).await?;
        (page.total, page.purchases)
    };
    Ok(HttpResponse::Ok().json(TransactionsView {
        empresa_id: admin.0.tenant_id().as_str().to_owned(),
        total,
        limit,
        offset,
        sales: sales.iter().map(TransactionView::from).collect(),
    }))
}
