//! Lists of purchases.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::purchase::{Purchase, PurchaseState};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::purchases::{PurchaseFilter, PurchasePage};

use crate::rows::convert::{to_limit, to_sql_time};
use crate::rows::purchase::PurchaseRow;
use crate::schema::transacciones;
use crate::unit_of_work::PgUnitOfWork;

/// A pattern that finds the text anywhere, literally.
fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// What an operator may see of a filter, as conditions. A macro, because count and page are
/// different types of query to diesel.
macro_rules! shown {
    ($query:expr, $tenant:expr, $filter:expr) => {{
        let filter: &PurchaseFilter = $filter;
        let mut query = $query
            .filter(transacciones::empresa_id.eq($tenant.as_str()))
            .filter(transacciones::cargo_enviado_en.is_not_null())
            .into_boxed();
        if let Some(from) = filter.from {
            query = query.filter(transacciones::creada_en.ge(to_sql_time(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(transacciones::creada_en.lt(to_sql_time(to)));
        }
        if let Some(status) = &filter.payment_status {
            query = query.filter(transacciones::estado_pago.eq(status.as_str()));
        }
        if let Some(router) = &filter.router_id {
            query = query.filter(transacciones::router_id.eq(router.as_str()));
        }
        if let Some(text) = &filter.text {
            let pattern = anywhere(text);
            query = query.filter(
                transacciones::cliente_email
                    .ilike(pattern.clone())
                    .or(transacciones::cliente_telefono.ilike(pattern.clone()))
                    .or(transacciones::usuario_hotspot.ilike(pattern).nullable()),
            );
        }
        query
    }};
}

/// A page of a tenant's purchases whose charge was sent, newest first, and how many there are.
pub(super) async fn page(
    unit: &mut PgUnitOfWork,
    tenant: &TenantId,
    filter: &PurchaseFilter,
    limit: i64,
    offset: i64,
) -> Result<PurchasePage, StoreError> {
    let counted = shown!(transacciones::table.count(), tenant, filter)
        .get_result::<i64>(unit.conn()?)
        .await;
    let total = unit.check(counted)?;
    let found = shown!(
        transacciones::table.select(PurchaseRow::as_select()),
        tenant,
        filter
    )
    .order((transacciones::creada_en.desc(), transacciones::id.desc()))
    .limit(to_limit(limit))
    .offset(to_limit(offset))
    .load(unit.conn()?)
    .await;
    let purchases = into_domain(unit.check(found)?)?;
    Ok(PurchasePage { total, purchases })
}

/// Purchases in these states, or parked ones, newest first.
pub(super) async fn by_state(
    unit: &mut PgUnitOfWork,
    states: &[PurchaseState],
    tenant: Option<&TenantId>,
    limit: i64,
) -> Result<Vec<Purchase>, StoreError> {
    let mut query = transacciones::table
        .select(PurchaseRow::as_select())
        .order((transacciones::creada_en.desc(), transacciones::id.desc()))
        .limit(to_limit(limit))
        .into_boxed();
    query = if states.is_empty() {
        query.filter(transacciones::motivo_revision.is_not_null())
    } else {
        let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
        query.filter(transacciones::estado.eq_any(names))
    };
    if let Some(tenant) = tenant {
        query = query.filter(transacciones::empresa_id.eq(tenant.as_str()));
    }
    let found = query.load(unit.conn()?).await;
    into_domain(unit.check(found)?)
}

/// Paid purchases of a tenant at a gateway, by the time they were paid: `from <= paid < to`.
pub(super) async fn paid_between(
    unit: &mut PgUnitOfWork,
    tenant: &TenantId,
    gateway: GatewayKind,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Purchase>, StoreError> {
    let found = transacciones::table
        .filter(transacciones::empresa_id.eq(tenant.as_str()))
        .filter(transacciones::pasarela.eq(gateway.as_str()))
        .filter(transacciones::estado.eq(PurchaseState::Paid.as_str()))
        .filter(transacciones::pagada_en.ge(to_sql_time(from)))
        .filter(transacciones::pagada_en.lt(to_sql_time(to)))
        .order((transacciones::pagada_en, transacciones::id))
        .select(PurchaseRow::as_select())
        .load(unit.conn()?)
        .await;
    into_domain(unit.check(found)?)
}

fn into_domain(rows: Vec<PurchaseRow>) -> Result<Vec<Purchase>, StoreError> {
    rows.into_iter().map(PurchaseRow::into_domain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_literal() {
        assert_eq!(anywhere("50%_\\"), "%50\\%\\_\\\\%");
    }
}
