//! States that the database refuses whatever the code above it does.

use domain::gateway::PaymentStatus;
use domain::payment_method::NextAction;
use domain::purchase::{FactSource, Purchase};
use ports::store::UnitOfWork;
use ports::store::error::StoreError;
use test_support::builders::{self, NOW};
use test_support::postgres::TestDatabase;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::support::{Shop, buy, database, open_shop, platform, store};

async fn client(database: &TestDatabase) -> Client {
    let client = database.connect().await;
    client.batch_execute("SET app.alcance = '*'").await.unwrap();
    client
}

/// The constraint that refuses the statement.
async fn refusal(client: &Client, statement: &str) -> (SqlState, String) {
    let error = client.batch_execute(statement).await.unwrap_err();
    let error = error.as_db_error().unwrap();
    let constraint = error.constraint().unwrap_or_default();
    (error.code().clone(), constraint.to_owned())
}

async fn send_charge(unit: &mut Box<dyn UnitOfWork>, purchase: &mut Purchase) {
    let name = purchase.access().name.clone();
    let order = Some(format!("order-{}", purchase.id()));
    purchase
        .begin_charge(name, "*1".to_owned(), order, NOW)
        .unwrap();
    assert!(unit.purchases().save(purchase).await.unwrap());
}

async fn pay(unit: &mut Box<dyn UnitOfWork>, purchase: &mut Purchase) {
    let facts = builders::facts(purchase, PaymentStatus::Approved, "paid");
    let expected = purchase.expected_payment(None);
    purchase
        .apply_facts(&facts, &expected, FactSource::FollowUp, NOW)
        .unwrap();
    assert!(unit.purchases().save(purchase).await.unwrap());
}

/// A shop with one created and one paid purchase.
async fn shop_with_sales(database: &TestDatabase) -> (Shop, Purchase, Purchase) {
    let store = store(database, 1);
    let shop = open_shop(&store, 1).await;
    let mut unit = platform(&store).await;
    let created = buy(&mut unit, &shop, 1).await;
    let mut paid = buy(&mut unit, &shop, 2).await;
    send_charge(&mut unit, &mut paid).await;
    pay(&mut unit, &mut paid).await;
    unit.commit().await.unwrap();
    (shop, created, paid)
}

#[tokio::test]
async fn purchases_in_impossible_states_are_refused() {
    let database = database().await;
    let (_shop, created, paid) = shop_with_sales(&database).await;
    let client = client(&database).await;
    let changes = [
        // Nobody gets access unpaid.
        (
            created.id(),
            "estado_hotspot = 'active', usuario_creado_en = now()",
            "transacciones_acceso_check",
        ),
        (
            paid.id(),
            "estado_hotspot = 'active'",
            "transacciones_acceso_check",
        ),
        // Nothing is paid without a charge that was announced, or without a time.
        (
            created.id(),
            "estado = 'paid', estado_pago = 'paid', pagada_en = now()",
            "transacciones_pagada_check",
        ),
        (paid.id(), "pagada_en = NULL", "transacciones_pagada_check"),
        (
            paid.id(),
            "cargo_enviado_en = NULL",
            "transacciones_pagada_check",
        ),
        // What callers see agrees.
        (
            paid.id(),
            "estado_pago = 'pending'",
            "transacciones_estado_pago_check",
        ),
        // Charges and states agree.
        (
            created.id(),
            "cargo_enviado_en = now()",
            "transacciones_cargo_check",
        ),
        (
            created.id(),
            "estado = 'verifying'",
            "transacciones_cargo_check",
        ),
        // Never more back than was taken, never less than nothing.
        (
            paid.id(),
            "monto_reembolsado = 20",
            "transacciones_reembolsado_check",
        ),
        (
            paid.id(),
            "monto_reembolsado = -1",
            "transacciones_reembolsado_check",
        ),
        (
            paid.id(),
            "monto_cobrado = 5, monto_reembolsado = 5.01",
            "transacciones_reembolsado_check",
        ),
        (paid.id(), "monto = 0", "transacciones_monto_check"),
        (
            paid.id(),
            "estado = 'unheard_of'",
            "transacciones_estado_check",
        ),
        (
            paid.id(),
            "estado_hotspot = 'unheard_of'",
            "transacciones_estado_hotspot_check",
        ),
        (paid.id(), "moneda = 'ZZZ'", "transacciones_moneda_check"),
        (
            paid.id(),
            "tipo_usuario = 'x'",
            "transacciones_tipo_usuario_check",
        ),
    ];
    for (id, change, constraint) in changes {
        let statement = format!("UPDATE transacciones SET {change} WHERE id = {id}");
        let refused = refusal(&client, &statement).await;
        let expected = (SqlState::CHECK_VIOLATION, constraint.to_owned());
        assert_eq!(refused, expected, "{change}");
    }
    let fine = format!(
        "UPDATE transacciones SET estado_hotspot = 'active', usuario_creado_en = now(), \
         monto_reembolsado = 19.99 WHERE id = {}",
        paid.id()
    );
    client.batch_execute(&fine).await.unwrap();
}

#[tokio::test]
async fn other_impossible_rows_are_refused() {
    let database = database().await;
    let (shop, ..) = shop_with_sales(&database).await;
    let client = client(&database).await;
    let id = &shop.tenant.id;
    let statements = [
        (
            "INSERT INTO instalacion (unica, id) VALUES (false, gen_random_uuid())".to_owned(),
            SqlState::CHECK_VIOLATION,
            "instalacion_unica_check",
        ),
        (
            "INSERT INTO instalacion (id) VALUES (gen_random_uuid())".to_owned(),
            SqlState::UNIQUE_VIOLATION,
            "instalacion_pkey",
        ),
        (
            format!(
                "INSERT INTO usuarios (rol, empresa_id, email, password_hash, nombre) \
                 VALUES ('super_admin', '{id}', 'e', 'h', 'n')"
            ),
            SqlState::CHECK_VIOLATION,
            "usuarios_empresa_check",
        ),
        (
            "INSERT INTO usuarios (rol, email, password_hash, nombre) \
             VALUES ('cliente_admin', 'e', 'h', 'n')"
                .to_owned(),
            SqlState::CHECK_VIOLATION,
            "usuarios_empresa_check",
        ),
        (
            "UPDATE routers SET puerto = 70000".to_owned(),
            SqlState::CHECK_VIOLATION,
            "routers_puerto_check",
        ),
        (
            "UPDATE productos SET precio = 0".to_owned(),
            SqlState::CHECK_VIOLATION,
            "productos_precio_check",
        ),
        (
            "UPDATE productos SET detalles = '{}'".to_owned(),
            SqlState::CHECK_VIOLATION,
            "productos_detalles_check",
        ),
        (
            "UPDATE empresas SET conekta_mode = 'sandbox'".to_owned(),
            SqlState::CHECK_VIOLATION,
            "empresas_conekta_mode_check",
        ),
    ];
    for (statement, code, constraint) in statements {
        let refused = refusal(&client, &statement).await;
        assert_eq!(refused, (code, constraint.to_owned()), "{statement}");
    }
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    let database = database().await;
    let client = client(&database).await;
    let append = "INSERT INTO auditoria (accion, sujeto_tipo, sujeto_id, creada_en) \
                  VALUES ('a', 't', 'i', now())";
    client.batch_execute(append).await.unwrap();
    for statement in [
        "UPDATE auditoria SET accion = 'b'",
        "DELETE FROM auditoria",
        "TRUNCATE auditoria",
    ] {
        let (code, _constraint) = refusal(&client, statement).await;
        assert_eq!(code, SqlState::RESTRICT_VIOLATION, "{statement}");
    }
    let row = client
        .query_one("SELECT count(*) FROM auditoria", &[])
        .await;
    assert_eq!(row.unwrap().get::<_, i64>(0), 1);
}

#[tokio::test]
async fn the_columns_that_callers_know_follow_the_state() {
    let database = database().await;
    let (_shop, created, paid) = shop_with_sales(&database).await;
    let client = client(&database).await;
    let shown = async |id: domain::ids::PurchaseId| {
        let query = format!(
            "SELECT transaccion_id, estado_pago, estado_hotspot, monto::text FROM transacciones \
             WHERE id = {id}"
        );
        let row = client.query_one(&query, &[]).await.unwrap();
        (
            row.get::<_, Option<String>>(0),
            row.get::<_, String>(1),
            row.get::<_, String>(2),
            row.get::<_, String>(3),
        )
    };
    let text = str::to_owned;
    assert_eq!(
        shown(created.id()).await,
        (None, text("pending"), text("pending"), text("19.99"))
    );
    assert_eq!(
        shown(paid.id()).await,
        (
            paid.payment().order_id.clone(),
            text("paid"),
            text("pending"),
            text("19.99")
        )
    );
}

#[tokio::test]
async fn what_a_gateway_sends_cannot_keep_a_sale_from_being_written() {
    let database = database().await;
    let store = store(&database, 1);
    let shop = open_shop(&store, 1).await;
    let mut unit = platform(&store).await;
    let mut purchase = buy(&mut unit, &shop, 1).await;
    send_charge(&mut unit, &mut purchase).await;
    let mut facts = builders::facts(&purchase, PaymentStatus::Approved, "pa\0id");
    facts.detail = Some("long ".repeat(5_000));
    facts.card.issuer = Some("b\0nk".to_owned());
    facts.next_action = Some(NextAction::PassChallenge {
        url: "https://x.test/\0".to_owned(),
    });
    let expected = purchase.expected_payment(None);
    purchase
        .apply_facts(&facts, &expected, FactSource::FollowUp, NOW)
        .unwrap();
    assert!(unit.purchases().save(&mut purchase).await.unwrap());
    let found = unit.purchases().find(purchase.id()).await.unwrap().unwrap();
    assert_eq!(found.payment().gateway_status.as_deref(), Some("paid"));
    assert_eq!(found.payment().gateway_detail, facts.detail);
    assert_eq!(found.payment().card.issuer.as_deref(), Some("bnk"));
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_named_not_guessed() {
    let database = database().await;
    let (_shop, _created, paid) = shop_with_sales(&database).await;
    let client = client(&database).await;
    let damage = format!(
        "UPDATE transacciones SET motivo_fallo = 'x' WHERE id = {}",
        paid.id()
    );
    client.batch_execute(&damage).await.unwrap();
    let store = store(&database, 1);
    let error = platform(&store)
        .await
        .purchases()
        .find(paid.id())
        .await
        .unwrap_err();
    let StoreError::Corrupt { table, id } = error else {
        panic!("{error:?}");
    };
    assert_eq!((table, id), ("transacciones", paid.id().to_string()));
}
