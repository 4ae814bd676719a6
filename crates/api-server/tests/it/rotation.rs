//! `rotate-keys`: killed half-way, begun again, and the old key is of no more use to anybody.

use gateway_sim::Gateway;

use crate::harness::server::{Server, Variable};
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::{ENCRYPTION_KEY, World};

const NEW_KEY: &str = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
/// Every place of a sealed text that this test fills.
const SEALED: &str = "SELECT conekta_private_key AS text FROM empresas \
    UNION ALL SELECT mercado_pago_access_token FROM empresas \
    UNION ALL SELECT secreto FROM credenciales_pasarela \
    UNION ALL SELECT password_encrypted FROM routers \
    UNION ALL SELECT password_hotspot FROM transacciones";

fn with_keys(world: &World, keys: &str) -> Vec<Variable> {
    let mut environment = world.environment();
    environment.push(("ENCRYPTION_KEYS", keys.to_owned()));
    environment
}

/// How many stored secrets each key has sealed: the old one, the new one.
async fn sealed_by(world: &World) -> (i64, i64) {
    let count = format!(
        "SELECT count(*) FILTER (WHERE text LIKE 'k1:%'), count(*) FILTER (WHERE text LIKE 'k2:%') \
         FROM ({SEALED}) AS sealed"
    );
    let row = world.sql.query_one(&count, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn keys_are_rotated_though_the_first_try_dies_half_way() {
    let world = World::with(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    for number in 0..3 {
        let wish = Wish::new(Gateway::Conekta, format!("antes-{number}"));
        let sold = world.buy(&server, &shop, &wish).await;
        sold.unwrap().expect(200);
    }
    drop(server);
    let (old, new) = sealed_by(&world).await;
    assert!(
        old > 5 && new == 0,
        "{old} by the old key, {new} by the new"
    );

    // The last secret of the batch is held, so that the process is in the middle of it.
    let both = format!("k2:{NEW_KEY},k1:{ENCRYPTION_KEY}");
    let hold = "BEGIN; SELECT 1 FROM transacciones FOR UPDATE";
    world.sql.batch_execute(hold).await.unwrap();
    let dying = Server::run(&["rotate-keys"], &with_keys(&world, &both));
    until("the rotation to be under way", async || {
        let waiting = "SELECT 1 FROM pg_locks \
            WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
        let found = world.sql.query(waiting, &[]).await.unwrap();
        (!found.is_empty()).then_some(())
    })
    .await;
    dying.kill();
    world.sql.batch_execute("COMMIT").await.unwrap();

    let mut again = Server::run(&["rotate-keys"], &with_keys(&world, &both));
    let status = again.ended().await;
    assert_eq!(status.code(), Some(0), "{}", again.log.tail());
    assert_eq!(sealed_by(&world).await, (0, old + new));

    // Without the new key nothing starts, and it says which one is missing.
    let mut blind = Server::run(&["serve"], &world.environment());
    assert_eq!(blind.ended().await.code(), Some(1));
    assert!(blind.log.text().contains("not configured: k2"));

    // Without the old one everything goes on.
    let server = Server::serve(&with_keys(&world, &format!("k2:{NEW_KEY}"))).await;
    let wish = Wish::new(Gateway::MercadoPago, "despues");
    world.buy(&server, &shop, &wish).await.unwrap().expect(200);
    world.expect_all_is_well().await;
}
