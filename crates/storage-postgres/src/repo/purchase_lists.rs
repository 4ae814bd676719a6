//! Lists of purchases.

use diesel::prelude::*;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::purchase::{Purchase, PurchaseState};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::purchases::{PurchaseFilter, PurchasePage};

use crate::repo::purchase_query::{load, purchases};
use crate::rows::convert::{to_limit, to_sql_time};
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
            .filter(transacciones::cargo_enviado_en.is_not_null());
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
    let query = shown!(transacciones::table.count().into_boxed(), tenant, filter);
    let counted = unit.sure_row::<i64, _>(query).await?;
    let total = counted;
    let query = shown!(purchases(), tenant, filter)
        .order((transacciones::creada_en.desc(), transacciones::id.desc()))
        .limit(to_limit(limit))
        .offset(to_limit(offset));
    let purchases = load(unit, query).await?;
    Ok(PurchasePage { total, purchases })
}

/// Purchases in these states, or parked ones, newest first.
pub(super) async fn by_state(
    unit: &mut PgUnitOfWork,
    states: &[PurchaseState],
    tenant: Option<&TenantId>,
    limit: i64,
) -> Result<Vec<Purchase>, StoreError> {
    let mut query = purchases()
        .order((transacciones::creada_en.desc(), transacciones::id.desc()))
        .limit(to_limit(limit));
    query = if states.is_empty() {
        query.filter(transacciones::motivo_revision.is_not_null())
    } else {
        let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
        query.filter(transacciones::estado.eq_any(names))
    };
    if let Some(tenant) = tenant {
        query = query.filter(transacciones::empresa_id.eq(tenant.as_str()));
    }
    load(unit, query).await
}

/// Paid purchases of a tenant at a gateway, by the time they were paid: `from <= paid < to`.
pub(super) async fn paid_between(
    unit: &mut PgUnitOfWork,
    tenant: &TenantId,
    gateway: GatewayKind,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Purchase>, StoreError> {
    let query = purchases()
        .filter(transacciones::empresa_id.eq(tenant.as_str()))
        .filter(transacciones::pasarela.eq(gateway.as_str()))
        .filter(transacciones::estado.eq(PurchaseState::Paid.as_str()))
        .filter(transacciones::pagada_en.ge(to_sql_time(from)))
        .filter(transacciones::pagada_en.lt(to_sql_time(to)))
        .order((transacciones::pagada_en, transacciones::id));
    load(unit, query).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_literal() {
        assert_eq!(anywhere("50%_\\"), "%50\\%\\_\\\\%");
    }
}
