//! What one person buys on one router, decided about by one transaction at a time.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use domain::ids::ProductId;
use domain::purchase::{Person, Purchase, PurchaseState};
use ports::store::error::StoreError;

use crate::repo::purchase_query::{Purchases, first, load, purchases};
use crate::rows::convert::to_sql_time;
use crate::schema::transacciones;
use crate::unit_of_work::PgUnitOfWork;

/// Takes the person's locks until the transaction ends: by e-mail and by device, always in the
/// same order. A statement of its own, so that the next one sees what was committed under them.
pub(super) async fn lock(unit: &mut PgUnitOfWork, person: &Person) -> Result<(), StoreError> {
    let router = person.router_id.as_str();
    let names: Vec<String> = email(person)
        .map(|digest| format!("persona:{router}:{digest}"))
        .into_iter()
        .chain(person.mac.map(|mac| format!("persona:{router}:{mac}")))
        .collect();
    let query = diesel::sql_query(
        "SELECT pg_advisory_xact_lock(llave) FROM ( \
             SELECT DISTINCT hashtextextended(nombre, 0) AS llave \
             FROM unnest($1) AS nombres (nombre) ORDER BY llave \
         ) AS llaves",
    )
    .bind::<Array<Text>, _>(names);
    unit.run(query).await?;
    Ok(())
}

/// The oldest open purchase of a product.
pub(super) async fn find_open(
    unit: &mut PgUnitOfWork,
    person: &Person,
    product: ProductId,
) -> Result<Option<Purchase>, StoreError> {
    let query = of_person(person)
        .filter(transacciones::estado.ne(PurchaseState::Paid.as_str()))
        .filter(transacciones::producto_id.eq(product.get()))
        .order((transacciones::creada_en.asc(), transacciones::id.asc()));
    first(unit, query).await
}

/// Other purchases that were paid, or begun and not ended, since this one began.
pub(super) async fn bought_since(
    unit: &mut PgUnitOfWork,
    purchase: &Purchase,
) -> Result<Vec<Purchase>, StoreError> {
    let person = purchase.sale().person();
    let since = to_sql_time(purchase.sale().created_at);
    let is_paid = transacciones::estado.eq(PurchaseState::Paid.as_str());
    let is_open = transacciones::estado.ne(PurchaseState::Paid.as_str());
    let is_later = is_paid
        .and(transacciones::pagada_en.ge(since))
        .or(is_open.and(transacciones::creada_en.ge(since)).nullable());
    let query = of_person(&person)
        .filter(transacciones::id.ne(purchase.id().get()))
        .filter(is_later)
        .order((transacciones::creada_en.desc(), transacciones::id.desc()));
    load(unit, query).await
}

/// The person's open and paid purchases. The states are spelt out as in the indexes that serve
/// this.
fn of_person(person: &Person) -> Purchases<'static> {
    let digest = email(person).cloned();
    let mac = person.mac.map(|mac| mac.to_string());
    let is_same = transacciones::cliente_huella
        .eq(digest)
        .or(transacciones::dispositivo_mac.eq(mac));
    purchases()
        .filter(transacciones::router_id.eq(person.router_id.as_str().to_owned()))
        .filter(sql::<Bool>(
            "transacciones.estado IN ('created', 'charging', 'verifying', 'pending', 'paid')",
        ))
        .filter(is_same)
}

fn email(person: &Person) -> Option<&String> {
    Some(&person.customer_digest).filter(|digest| !digest.is_empty())
}
