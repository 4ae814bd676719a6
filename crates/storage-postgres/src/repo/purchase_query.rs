//! Queries for whole purchases, of one type whatever their conditions are.
//!
//! A purchase has so many columns that every further type of query costs the compiler seconds.

use diesel::dsl::AsSelect;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::prelude::*;
use domain::purchase::Purchase;
use ports::store::Scope;
use ports::store::error::StoreError;

use crate::rows::purchase::PurchaseRow;
use crate::schema::transacciones;
use crate::unit_of_work::PgUnitOfWork;

/// A query for purchases.
pub(super) type Purchases<'a> =
    transacciones::BoxedQuery<'a, Pg, <AsSelect<PurchaseRow, Pg> as Expression>::SqlType>;

/// All purchases of the scope, to be narrowed down.
pub(super) fn purchases<'a>() -> Purchases<'a> {
    transacciones::table
        .select(PurchaseRow::as_select())
        .into_boxed()
}

/// The purchases that the query finds, of the scope's tenant alone: an id that a caller typed may
/// be anybody's, and not every installation has a database user whom row-level security binds.
pub(super) async fn load(
    unit: &mut PgUnitOfWork,
    query: Purchases<'_>,
) -> Result<Vec<Purchase>, StoreError> {
    let query = match unit.scope() {
        Scope::Tenant(tenant) => {
            query.filter(transacciones::empresa_id.eq(tenant.as_str().to_owned()))
        }
        Scope::Platform => query,
    };
    let found = unit.rows::<PurchaseRow, _>(query).await?;
    found.into_iter().map(PurchaseRow::into_domain).collect()
}

/// The first purchase that the query finds.
pub(super) async fn first(
    unit: &mut PgUnitOfWork,
    query: Purchases<'_>,
) -> Result<Option<Purchase>, StoreError> {
    let found = load(unit, query.limit(1)).await?;
    Ok(found.into_iter().next())
}
