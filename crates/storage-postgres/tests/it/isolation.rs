//! Row-level security: what Postgres itself refuses, whatever a query forgets.

use domain::ids::TenantId;
use ports::store::{Scope, Store};
use test_support::builders;
use test_support::postgres::TestDatabase;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::support::{Shop, buy, database, open_shop, platform, scoped, store};

/// A connection that sees what this scope sees, as the server's transactions do.
async fn client(database: &TestDatabase, scope: &str) -> Client {
    let client = database.connect().await;
    client
        .execute("SELECT set_config('app.alcance', $1, false)", &[&scope])
        .await
        .unwrap();
    client
}

/// Tables with a column `empresa_id`, and `empresas` itself.
async fn company_tables(client: &Client) -> Vec<String> {
    let rows = client
        .query(
            "SELECT DISTINCT table_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' \
                 AND (column_name = 'empresa_id' OR table_name = 'empresas') ORDER BY 1",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn count(client: &Client, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    client.query_one(&query, &[]).await.unwrap().get(0)
}

/// Two shops, each with a row in every table of companies.
async fn two_full_shops(database: &TestDatabase) -> (Shop, Shop) {
    let store = store(database, 1);
    let shops = (open_shop(&store, 1).await, open_shop(&store, 2).await);
    for (number, shop) in [(1, &shops.0), (2, &shops.1)] {
        let mut unit = platform(&store).await;
        buy(&mut unit, shop, number).await;
        unit.commit().await.unwrap();
        let statements = format!(
            "INSERT INTO usuarios (rol, empresa_id, email, password_hash, nombre) \
                 VALUES ('cliente_admin', '{id}', '{id}@x.test', 'h', 'n'); \
             INSERT INTO sesiones_revocadas (jti, usuario_id, expira_en) \
                 SELECT gen_random_uuid(), id, now() FROM usuarios WHERE empresa_id = '{id}'; \
             INSERT INTO logos VALUES ('{id}', '{id}.png', 'image/png', '', 'e', now()); \
             INSERT INTO api_keys_tracking (key_id, empresa_id, router_id, key_hash, issued_at, \
                 expires_at) VALUES ('{id}', '{id}', '{router}', '{id}', now(), now()); \
             INSERT INTO credenciales_router VALUES \
                 ('wifi-{id}', '{id}', '{router}', 'k1:x', now()); \
             INSERT INTO revisiones_router (router_id, empresa_id, revisar_en) \
                 VALUES ('{router}', '{id}', now()); \
             INSERT INTO claves_idempotencia \
                 SELECT router_id, 'cabecera', 'k', empresa_id, id, 'h', now() \
                 FROM transacciones WHERE empresa_id = '{id}'; \
             INSERT INTO reembolsos (empresa_id, compra_id, llave, monto, moneda, \
                 reembolsado_antes, creado_en) \
                 SELECT empresa_id, id, gen_random_uuid(), 1, 'MXN', 0, now() \
                 FROM transacciones WHERE empresa_id = '{id}'; \
             INSERT INTO bandeja_salida (empresa_id, tipo, creada_en, proximo_intento_en) \
                 VALUES ('{id}', 'sale_approved', now(), now()); \
             INSERT INTO bandeja_webhooks (pasarela, empresa_id, evento_id, tema, verificado, \
                 cuerpo_hash, recibido_en, proximo_intento_en) \
                 VALUES ('conekta', '{id}', 'e', 't', true, 'h', now(), now()); \
             INSERT INTO auditorias_pasarela (empresa_id, pasarela, proxima_en) \
                 VALUES ('{id}', 'conekta', now()); \
             INSERT INTO auditoria (accion, empresa_id, sujeto_tipo, sujeto_id, creada_en) \
                 VALUES ('a', '{id}', 't', 'i', now());",
            id = shop.tenant.id,
            router = shop.router.id,
        );
        let client = client(database, "*").await;
        client.batch_execute(&statements).await.unwrap();
    }
    shops
}

#[tokio::test]
async fn every_table_of_companies_is_guarded() {
    let database = database().await;
    let client = database.connect().await;
    for table in company_tables(&client).await {
        let row = client
            .query_one(
                "SELECT relrowsecurity AND relforcerowsecurity, \
                 (SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname \
                      AND p.cmd = 'ALL' AND p.permissive = 'PERMISSIVE') \
                 FROM pg_class c WHERE oid = to_regclass($1)",
                &[&table],
            )
            .await
            .unwrap();
        let (is_forced, policies): (bool, i64) = (row.get(0), row.get(1));
        assert!(is_forced && policies == 1, "{table}");
    }
}

#[tokio::test]
async fn a_query_without_its_filter_sees_the_own_rows_only() {
    let database = database().await;
    let (mine, _theirs) = two_full_shops(&database).await;
    let platform = client(&database, "*").await;
    let me = client(&database, mine.tenant.id.as_str()).await;
    let nobody = database.connect().await;
    let empty = client(&database, "").await;
    let mut tables = company_tables(&me).await;
    tables.push("sesiones_revocadas".to_owned());
    assert!(tables.len() > 12);
    for table in tables {
        let all = count(&platform, &table).await;
        assert!(all >= 2, "{table} has rows of both");
        assert_eq!(count(&me, &table).await * 2, all, "{table}");
        assert_eq!(count(&nobody, &table).await, 0, "{table} without a scope");
        assert_eq!(count(&empty, &table).await, 0, "{table} in an empty scope");
    }
}

#[tokio::test]
async fn rows_in_another_companys_name_are_refused() {
    let database = database().await;
    let (mine, theirs) = two_full_shops(&database).await;
    let me = client(&database, mine.tenant.id.as_str()).await;
    let (my_id, their_id) = (&mine.tenant.id, &theirs.tenant.id);
    let their_router = &theirs.router.id;
    let statements = [
        format!(
            "INSERT INTO routers (id, empresa_id, nombre, host, usuario, password_encrypted, \
             api_key_hash) VALUES ('R', '{their_id}', 'n', 'h', 'u', 'p', 'x')"
        ),
        format!(
            "INSERT INTO auditoria (accion, empresa_id, sujeto_tipo, sujeto_id, creada_en) \
             VALUES ('a', '{their_id}', 't', 'i', now())"
        ),
        "INSERT INTO auditoria (accion, sujeto_tipo, sujeto_id, creada_en) \
         VALUES ('a', 't', 'i', now())"
            .to_owned(),
        "INSERT INTO empresas (id, nombre) VALUES ('EMP_NEW', 'n')".to_owned(),
        // An own row must not be given away either.
        format!("UPDATE bandeja_salida SET empresa_id = '{their_id}', compra_id = NULL"),
    ];
    for statement in statements {
        let error = me.batch_execute(&statement).await.unwrap_err();
        assert_eq!(
            error.code(),
            Some(&SqlState::INSUFFICIENT_PRIVILEGE),
            "{statement}: {error:?}"
        );
    }
    // A reference that crosses the border is refused even where the row itself is one's own.
    let crossing = format!(
        "INSERT INTO productos (empresa_id, router_id, perfil_mikrotik_id, \
         perfil_mikrotik_nombre, nombre_venta, precio) \
         VALUES ('{my_id}', '{their_router}', '*9', 'p', 'n', 1)"
    );
    let error = me.batch_execute(&crossing).await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::FOREIGN_KEY_VIOLATION));
    // Neither are other companies' rows there to be changed.
    let changed = me.execute("DELETE FROM claves_idempotencia", &[]).await;
    assert_eq!(changed.unwrap(), 1);
    let platform = client(&database, "*").await;
    assert_eq!(count(&platform, "claves_idempotencia").await, 1);
}

#[tokio::test]
async fn strange_ids_neither_escape_nor_widen_the_scope() {
    let database = database().await;
    let store = store(&database, 1);
    open_shop(&store, 1).await;
    let strange = ["*", "'", "''", "\\", "\\'", "x';COMMIT;--", "$$", "%"];
    for id in strange {
        let id = TenantId::parse(id).unwrap();
        let mut unit = store.begin(Scope::Tenant(id.clone())).await.unwrap();
        assert_eq!(unit.tenants().list().await.unwrap(), [], "{id}");
        unit.commit().await.unwrap();
    }
    // Such an id works like any other, but for the one that would be everybody's.
    for id in strange {
        let id = TenantId::parse(id).unwrap();
        let tenant = domain::tenant::Tenant {
            id: id.clone(),
            ..builders::tenant(7)
        };
        let mut unit = store.begin(Scope::Tenant(id.clone())).await.unwrap();
        let stored = unit.tenants().insert(&tenant).await;
        assert_eq!(stored.is_ok(), id.as_str() != "*", "{id}: {stored:?}");
        if stored.is_ok() {
            assert_eq!(unit.tenants().list().await.unwrap(), [tenant], "{id}");
        }
    }
}

#[tokio::test]
async fn the_scope_ends_with_its_transaction() {
    let database = database().await;
    let store = store(&database, 1);
    let shop = open_shop(&store, 1).await;
    for _turn in 0..2 {
        assert_eq!(
            platform(&store).await.tenants().list().await.unwrap().len(),
            1
        );
        let other = TenantId::parse("EMP_OTHER").unwrap();
        let mut unit = store.begin(Scope::Tenant(other)).await.unwrap();
        assert_eq!(unit.tenants().find(&shop.tenant.id).await.unwrap(), None);
        unit.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_ordinary_user_is_bound_and_the_store_knows() {
    let database = database().await;
    assert!(store(&database, 1).is_isolated().await.unwrap());
}

/// Where the owner connects as a superuser the second wall is down; the first one must do.
#[tokio::test]
async fn sales_of_others_are_not_found_without_row_level_security_either() {
    let database = database().await;
    let store = store(&database, 1);
    let shops = (open_shop(&store, 1).await, open_shop(&store, 2).await);
    let mut unit = platform(&store).await;
    let theirs = buy(&mut unit, &shops.1, 2).await;
    unit.commit().await.unwrap();
    let client = client(&database, "*").await;
    client
        .batch_execute("ALTER TABLE transacciones DISABLE ROW LEVEL SECURITY")
        .await
        .unwrap();
    let mut mine = scoped(&store, &shops.0.tenant.id).await;
    let purchases = mine.purchases();
    assert_eq!(purchases.find(theirs.id()).await.unwrap(), None);
    let by_reference = purchases
        .find_by_reference(theirs.sale().gateway, &theirs.sale().reference)
        .await;
    assert_eq!(by_reference.unwrap(), None);
    mine.commit().await.unwrap();
    let mut own = scoped(&store, &shops.1.tenant.id).await;
    assert_eq!(
        own.purchases().find(theirs.id()).await.unwrap(),
        Some(theirs)
    );
    own.commit().await.unwrap();
}
