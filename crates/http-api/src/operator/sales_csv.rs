//! Sales as a table for spreadsheets (RFC 4180, UTF-8).

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderName};
use actix_web::web::Bytes;
use application::app::App;
use application::caller::TenantAdmin;
use application::error::Failure;
use application::operator::sales::list_transactions;
use application::vocabulary::PurchaseFilter;
use domain::money::format_minor;
use domain::purchase::Purchase;
use futures::stream;

use crate::error::{ApiError, log_chain};
use crate::wire::values::{iso, optional_iso};

/// Rows of one table at most.
pub(super) const MAX_ROWS: i64 = 10_000;
/// Rows read at once.
const PAGE: i64 = 500;
/// How many there are in all, when the table ends before them.
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
/// Tells spreadsheets that this is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const HEADINGS: [&str; 15] = [
    "id",
    "transaccion_id",
    "creada_en",
    "pagada_en",
    "estado_pago",
    "monto",
    "moneda",
    "monto_reembolsado",
    "pasarela",
    "router_id",
    "producto",
    "cliente_nombre",
    "cliente_email",
    "cliente_telefono",
    "referencia",
];

/// A cell. What a spreadsheet could take for a formula is made a text: customers typed it.
fn cell(text: &str) -> String {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn line(cells: &[String]) -> String {
    let mut line = cells.join(",");
    line.push_str("\r\n");
    line
}

/// A sale. The hotspot user is left out: a PIN is all that it takes to use the access.
fn row(purchase: &Purchase) -> String {
    let customer = &purchase.sale().customer;
    line(&[
        purchase.id().to_string(),
        cell(
            &purchase
                .transaction_id()
                .map(str::to_owned)
                .unwrap_or_default(),
        ),
        iso(purchase.sale().created_at),
        optional_iso(purchase.payment().paid_at).unwrap_or_default(),
        cell(purchase.payment_status()),
        format_minor(purchase.sale().amount.minor()),
        purchase.sale().amount.currency().code().to_owned(),
        format_minor(purchase.payment().refunded_minor),
        purchase.sale().gateway.as_str().to_owned(),
        purchase.sale().router_id.as_str().to_owned(),
        cell(&purchase.sale().sale_name),
        cell(&customer.name),
        cell(customer.email.as_str()),
        cell(customer.phone.as_deref().unwrap_or_default()),
        cell(&purchase.sale().reference),
    ])
}

fn headings() -> String {
    let names: Vec<String> = HEADINGS.iter().map(|name| (*name).to_owned()).collect();
    format!("{BYTE_ORDER_MARK}{}", line(&names))
}

/// The export under way.
struct Export {
    app: Arc<App>,
    admin: TenantAdmin,
    filter: PurchaseFilter,
    offset: i64,
    /// Rows that may still follow.
    left: i64,
    /// Read, but not sent yet.
    ready: Option<String>,
}

impl Export {
    /// Reads the next page into `ready`; returns how many sales match in all.
    async fn read(&mut self) -> Result<i64, Failure> {
        let limit = self.left.min(PAGE);
        let page =
            list_transactions(&self.app, &self.admin, &self.filter, limit, self.offset).await?;
        let count = i64::try_from(page.purchases.len()).unwrap_or(i64::MAX);
        self.offset = self.offset.saturating_add(count);
        self.left = if count < limit {
            0
        } else {
            self.left.saturating_sub(count)
        };
        let text: String = page.purchases.iter().map(row).collect();
        self.ready.get_or_insert_default().push_str(&text);
        Ok(page.total)
    }

    /// The next piece of the body.
    async fn next(mut self) -> Option<(Result<Bytes, Failure>, Self)> {
        if self.ready.is_none()
            && self.left > 0
            && let Err(failure) = self.read().await
        {
            // The connection breaks off: a shortened table must not pass for the whole.
            log_chain(&failure);
            self.left = 0;
            return Some((Err(failure), self));
        }
        let text = self.ready.take()?;
        Some((Ok(Bytes::from(text)), self))
    }
}

/// Responds with at most `limit` sales as a table, page by page.
pub(super) async fn response(
    app: &Arc<App>,
    admin: TenantAdmin,
    filter: PurchaseFilter,
    limit: i64,
    offset: i64,
) -> Result<HttpResponse, ApiError> {
    let name = format!("transacciones_{}.csv", admin.tenant_id());
    let mut export = Export {
        app: Arc::clone(app),
        admin,
        filter,
        offset,
        left: limit,
        ready: Some(headings()),
    };
    // The first page is read before the response starts, so that a failure has its status.
    let total = export.read().await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((TOTAL, total.to_string()))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(stream::unfold(export, Export::next)))
}

/// The headings alone.
pub(super) fn empty_response() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((TOTAL, "0"))
        .body(headings())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_input_becomes_no_formula_and_no_extra_cell() {
        for (typed, cell_text) in [
            ("Ana", "Ana"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+52 55 1234", "'+52 55 1234"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("＝1", "'＝1"),
            ("Paz, Ana", "\"Paz, Ana\""),
            ("Ana \"la\" Paz", "\"Ana \"\"la\"\" Paz\""),
            ("=1,\n2", "\"'=1,\n2\""),
        ] {
            assert_eq!(cell(typed), cell_text);
        }
    }
}
