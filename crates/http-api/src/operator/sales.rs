//! Sales, as a list or a table.

use std::time::Duration;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::sales::{list_transactions, record_export};
use application::vocabulary::PurchaseFilter;
use domain::ids::RouterId;
use domain::purchase::Purchase;
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

use crate::body::fields::Fields;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::{ApiError, ProblemsView};
use crate::extract::AsTenantAdmin;
use crate::operator::sales_csv;
use crate::operator::sales_csv::MAX_ROWS;
use crate::state::State;
use crate::wire::names::{CurrencyName, GatewayName, ModeName};
use crate::wire::values::{Amount, iso, optional_iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Ventas",
        [get(
            "/api/v1/admin/mi-empresa/transacciones",
            Access::TenantAdmin,
            list,
        )
        .id("listarVentas")
        .summary(
            "Las ventas de la propia empresa cuyo cobro se envió, en JSON por páginas o en CSV.",
        )
        .query(|query| read_query(query, Format::Csv))
        .ok::<TransactionsView>("Ventas; en CSV, `X-Total-Count` dice cuántas hay en total")
        .or_content("text/csv", String::schema())
        .responds::<ProblemsView>(422, "Página o filtro no válidos")],
    )
}

/// Una página de ventas.
#[derive(Serialize, ToSchema)]
struct TransactionsView {
    /// La empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
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
struct TransactionView {
    /// Número.
    id: i64,
    /// Número en la pasarela.
    #[serde(rename = "transaccion_id")]
    #[schema(required = true)]
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
    /// Cuándo se pagó (UTC).
    #[serde(rename = "pagada_en")]
    #[schema(required = true)]
    paid_at: Option<String>,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(value_type = CurrencyName)]
    currency: &'static str,
    /// Lo devuelto hasta ahora.
    #[serde(rename = "monto_reembolsado")]
    refunded: Amount,
    /// Quién cobró.
    #[serde(rename = "pasarela")]
    #[schema(value_type = GatewayName)]
    gateway: &'static str,
    /// Con dinero de prueba o real.
    #[serde(rename = "modo")]
    #[schema(value_type = ModeName)]
    mode: &'static str,
    /// Marca de la tarjeta, si se conoce.
    #[serde(rename = "tarjeta")]
    #[schema(required = true)]
    card: Option<String>,
    /// Router que vendió.
    router_id: String,
    /// Nombre del plan vendido.
    #[serde(rename = "producto")]
    product: String,
    /// Correo de quien compró.
    #[serde(rename = "cliente_email")]
    email: String,
}

impl From<&Purchase> for TransactionView {
    fn from(purchase: &Purchase) -> Self {
        Self {
            id: purchase.id().get(),
            transaction_id: purchase.transaction_id().map(str::to_owned),
            amount: Amount::of(purchase.sale().amount),
            state: purchase.payment_status().to_owned(),
            customer: purchase.sale().customer.name.clone(),
            created_at: iso(purchase.sale().created_at),
            paid_at: optional_iso(purchase.payment().paid_at),
            currency: purchase.sale().amount.currency().code(),
            refunded: Amount::from_minor(purchase.payment().refunded_minor),
            gateway: purchase.sale().gateway.as_str(),
            mode: purchase.sale().mode.as_str(),
            card: purchase.payment().card.brand.clone(),
            router_id: purchase.sale().router_id.as_str().to_owned(),
            product: purchase.sale().sale_name.clone(),
            email: purchase.sale().customer.email.as_str().to_owned(),
        }
    }
}

/// The format of the response.
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

/// What was asked for.
struct SalesQuery {
    format: Format,
    limit: i64,
    offset: i64,
    filter: PurchaseFilter,
    /// Whether no sale can match: a malformed router id.
    matches_nothing: bool,
}

/// Reads `limit`, `offset`, `desde`, `hasta`, `estado`, `router_id`, `q` and `formato`; without
/// `formato` the format is `accepted`.
fn read_query(query: &mut Fields, accepted: Format) -> SalesQuery {
    // Decides how long a page may be.
    let format = Format::from_str_name(query.json("formato").as_str().unwrap_or_default().trim())
        .unwrap_or(accepted);
    let limit = query.field(
        "limit",
        "Tamaño de la página, de 1 a 500 (50 si falta); en CSV, de 1 a 10000 (10000 si falta)",
    );
    let (limit, usual) = match format {
        Format::Json => (limit.optional_integer(1..=500), 50),
        Format::Csv => (limit.optional_integer(1..=MAX_ROWS), MAX_ROWS),
    };
    let offset = query
        .field("offset", "Ventas omitidas")
        .optional_integer(0..=i64::MAX);
    let from = query
        .field("desde", "Desde este día o momento (UTC)")
        .example("2026-03-04")
        .optional_moment();
    let to = query
        .field("hasta", "Hasta este día o momento, incluido (UTC)")
        .example("2026-03-04T10:00:00")
        .optional_moment();
    let payment_status = query
        .field("estado", "`estado_pago` de la venta")
        .example("paid")
        .limits_not_described()
        .optional_text(50);
    let router = query
        .field("router_id", "Router que vendió")
        .limits_not_described()
        .optional_text(50);
    let text = query
        .field(
            "q",
            "Parte del correo, del teléfono o del usuario de hotspot",
        )
        .optional_text(100);
    query
        .field("formato", "`json` o `csv`; si falta, lo que diga `Accept`")
        .optional_choice(Format::from_str_name, &["json", "csv"]);
    let router_id = router.as_deref().map(RouterId::parse);
    SalesQuery {
        format,
        limit: limit.unwrap_or(usual),
        offset: offset.unwrap_or(0),
        matches_nothing: matches!(router_id, Some(Err(_))),
        filter: PurchaseFilter {
            from: from.map(|moment| moment.start),
            to: to.map(|moment| moment.end),
            payment_status,
            router_id: router_id.and_then(Result::ok),
            text,
        },
    }
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let asked = read_query(&mut query, Format::accepted(&request));
    query.finish()?;
    let SalesQuery {
        format,
        limit,
        offset,
        mut filter,
        matches_nothing,
    } = asked;
    if format == Format::Csv {
        record_export(&state.app, &admin.0).await?;
        if matches_nothing {
            return Ok(sales_csv::empty_response());
        }
        // Sales made while the table is sent would move the pages under it.
        let now = state.app.now().plus(Duration::from_micros(1));
        filter.to = Some(filter.to.map_or(now, |to| to.min(now)));
        return sales_csv::response(&state.app, admin.0, filter, limit, offset).await;
    }
    let (total, sales) = if matches_nothing {
        (0, Vec::new())
    } else {
        let page = list_transactions(&state.app, &admin.0, &filter, limit, offset).await?;
        (page.total, page.purchases)
    };
    Ok(HttpResponse::Ok().json(TransactionsView {
        tenant_id: admin.0.tenant_id().as_str().to_owned(),
        total,
        limit,
        offset,
        sales: sales.iter().map(TransactionView::from).collect(),
    }))
}
