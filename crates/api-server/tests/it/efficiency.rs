//! What a sale costs, counted: router commands and round trips, write transactions, what waits
//! inside a transaction. Nothing here is measured in time.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future;
use gateway_sim::{Fault, FaultSpec, Gateway};
use reqwest::Method;

use crate::harness::server::Server;
use crate::harness::shop::Shop;
use crate::harness::wait::{PATIENCE, until, within};
use crate::harness::wish::Wish;
use crate::harness::world::World;

const MAC: &str = "AA:BB:CC:00:11:22";
const IP: &str = "10.5.50.9";

async fn sell(world: &World, server: &Server, shop: &Shop, wish: &Wish) {
    let answer = world.buy(server, shop, wish).await.unwrap();
    answer.expect(200);
}

#[tokio::test]
async fn a_sale_on_a_warm_connection_is_two_commands_and_two_round_trips() {
    let world = World::with(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    for gateway in [Gateway::Conekta, Gateway::MercadoPago] {
        sell(
            &world,
            &server,
            &shop,
            &Wish::new(gateway, format!("warm-{gateway}")),
        )
        .await;
        world.router.reset_counters();
        sell(
            &world,
            &server,
            &shop,
            &Wish::new(gateway, format!("sale-{gateway}")),
        )
        .await;
        let counted = world.router.counters();
        assert_eq!(counted.all_commands(), 2, "{counted:?}");
        assert_eq!(counted.round_trips, 2, "{counted:?}");
        assert_eq!(counted.commands_of("/ip/hotspot/user/add"), 1);
        assert_eq!(counted.commands_of("/ip/hotspot/user/set"), 1);
        assert_eq!(counted.connections, 0, "{counted:?}");
    }
}

#[tokio::test]
async fn automatic_login_makes_it_five_commands_and_polling() {
    let world = World::with(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    let mut wish = Wish::new(Gateway::Conekta, "warm");
    wish.device = Some((MAC.to_owned(), IP.to_owned()));
    world.router.add_host(MAC, IP).unwrap();
    // Also teaches what this router can do.
    sell(&world, &server, &shop, &wish).await;
    let (mac, ip) = ("AA:BB:CC:00:11:33", "10.5.50.10");
    world.router.add_host(mac, ip).unwrap();
    let mut wish = Wish::new(Gateway::Conekta, "counted");
    wish.device = Some((mac.to_owned(), ip.to_owned()));
    world.router.reset_counters();
    let answer = world.buy(&server, &shop, &wish).await.unwrap();
    answer.expect(200);
    assert_eq!(answer.text("/auto_conexion/estado"), "conectado");
    let counted = world.router.counters();
    let polls = counted.commands_of("/ip/hotspot/active/print");
    for once in [
        "/ip/hotspot/user/add",
        "/ip/hotspot/user/set",
        "/ip/hotspot/host/print",
        "/ip/hotspot/cookie/add",
        "/ip/hotspot/active/login",
    ] {
        assert_eq!(counted.commands_of(once), 1, "{once}: {counted:?}");
    }
    assert!(polls >= 1, "{counted:?}");
    assert_eq!(counted.all_commands(), 5 + polls, "{counted:?}");
}

#[tokio::test]
async fn no_answer_of_the_router_grows_with_its_users() {
    let world = World::overheard(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    world.router.fill_users("pocos", 10).unwrap();
    let mut said = Vec::new();
    for (number, more) in [0, 0, 5000].into_iter().enumerate() {
        world
            .router
            .fill_users(&format!("muchos-{number}-"), more)
            .unwrap();
        let (mac, ip) = (
            format!("AA:BB:CC:00:22:0{number}"),
            format!("10.5.60.{number}"),
        );
        world.router.add_host(&mac, &ip).unwrap();
        let mut wish = Wish::new(Gateway::Conekta, format!("cliente-{number}"));
        wish.device = Some((mac, ip));
        let before = world.router.transcript().len();
        sell(&world, &server, &shop, &wish).await;
        // A full refund ends access: the look-ups of a removal count too.
        let sale = world.sale_to(&wish.email()).await.unwrap();
        let back = world.refund(&server.base, &shop, sale.id, "todo", None);
        back.await.unwrap().expect(200);
        world.at_rest().await;
        let lines = world.router.transcript();
        said.push(lines[before..].to_vec());
    }
    // The first also connects. How often a session is looked for depends on the moment.
    let without_polls = |lines: &Vec<String>| -> usize {
        let polls = |line: &&String| !line.contains("/ip/hotspot/active/print");
        lines.iter().filter(polls).count()
    };
    let (few, many) = (without_polls(&said[1]), without_polls(&said[2]));
    assert!(few > 5, "{:#?}", said[1]);
    assert!(many <= few + 2, "{:#?}\n{:#?}", said[1], said[2]);
    let longest = |lines: &Vec<String>| lines.iter().map(String::len).max().unwrap();
    assert!(longest(&said[2]) <= longest(&said[1]) + 16);
}

/// Writes down which transactions write, and what each made of a sale. Transaction ids are given
/// to writers only, and are written by the very transaction that they name.
const RECORDER: &str = "
    CREATE TABLE prueba_escrituras (xid text NOT NULL, tabla text NOT NULL, estado text);
    CREATE FUNCTION prueba_anota() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO prueba_escrituras VALUES (pg_current_xact_id()::text, TG_TABLE_NAME, NULL);
        RETURN NULL;
    END $$;
    CREATE FUNCTION prueba_anota_venta() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO prueba_escrituras
            VALUES (pg_current_xact_id()::text, TG_TABLE_NAME, NEW.estado || ' ' || NEW.estado_hotspot);
        RETURN NULL;
    END $$;
    DO $$
    DECLARE tabla text;
    BEGIN
        -- Uses of API keys are counted in batches, apart from any sale.
        FOR tabla IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('transacciones', 'api_keys_tracking', 'prueba_escrituras')
        LOOP
            EXECUTE format('CREATE TRIGGER prueba AFTER INSERT OR UPDATE OR DELETE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION prueba_anota()', tabla);
        END LOOP;
    END $$;
    CREATE TRIGGER prueba AFTER INSERT OR UPDATE OR DELETE ON transacciones
        FOR EACH ROW EXECUTE FUNCTION prueba_anota_venta();
";

#[tokio::test]
async fn a_sale_is_three_write_transactions_before_access_and_one_after() {
    let world = World::with(&[("WORKERS_ENABLED", "false")]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    // Whose account it is, is learned apart from any sale, once.
    until("the account to be known", async || {
        let known = "SELECT count(*) FROM empresas WHERE mercado_pago_collector IS NOT NULL";
        (world.count(known).await == 1).then_some(())
    })
    .await;
    world.sql.batch_execute(RECORDER).await.unwrap();
    for gateway in [Gateway::Conekta, Gateway::MercadoPago] {
        world
            .sql
            .batch_execute("DELETE FROM prueba_escrituras")
            .await
            .unwrap();
        sell(
            &world,
            &server,
            &shop,
            &Wish::new(gateway, format!("sale-{gateway}")),
        )
        .await;
        let states = "SELECT string_agg(estado, ',' ORDER BY xid::bigint) FROM prueba_escrituras \
            WHERE estado IS NOT NULL";
        let states: Option<String> = world.sql.query_one(states, &[]).await.unwrap().get(0);
        assert_eq!(
            states.as_deref(),
            Some("created pending,charging pending,paid pending,paid active"),
        );
        let all = "SELECT count(DISTINCT xid) FROM prueba_escrituras";
        assert_eq!(world.count(all).await, 4);
    }
}

#[tokio::test]
async fn two_hundred_waiting_purchases_hold_no_transaction_and_no_catalogue() {
    const WAITING: usize = 200;
    const ARRIVING: usize = 16;
    let world = World::with(&[
        ("GATEWAY_TIMEOUT_MS", "300000"),
        ("ROUTER_TIMEOUT_MS", "60000"),
        ("RECONCILE_GIVE_UP_MS", "3600000"),
    ])
    .await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    let wishes: Vec<Wish> = (0..WAITING)
        .map(|number| {
            let gateway = [Gateway::Conekta, Gateway::MercadoPago][number % 2];
            Wish::new(gateway, format!("cliente-{number}"))
        })
        .collect();
    let hold = FaultSpec::always(Fault::Hold { after: false });
    world.gateways.fault(hold.token("cliente"));
    let is_over = AtomicBool::new(false);
    let sales = async {
        let sales = wishes.iter().enumerate().map(async |(number, wish)| {
            // Not all at one moment: a slow machine would refuse some before they come to wait.
            let gateways = &world.gateways;
            gateways
                .wait_until(|gateways| gateways.held().len() + ARRIVING > number)
                .await;
            world.buy(&server, &shop, wish).await
        });
        let answers = future::join_all(sales).await;
        is_over.store(true, Ordering::Relaxed);
        answers
    };
    let watch = async {
        let all_wait = within(PATIENCE, async || {
            (world.gateways.held().len() >= WAITING).then_some(())
        });
        assert!(all_wait.await.is_some(), "{}", world.gateways.held().len());
        let url = format!("{}/api/v1/catalogo_perfiles_venta", server.base);
        for _ in 0..20 {
            let idle = "SELECT count(*) FROM pg_stat_activity \
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            // A worker may be between two statements at the moment of one look, not of several.
            let none = within(PATIENCE, async || {
                (world.count(idle).await == 0).then_some(())
            });
            assert!(none.await.is_some());
            let request = world.http.request(Method::GET, url.clone());
            let request = request.header("X-API-Key", &shop.api_key);
            world.http.send(request).await.unwrap().expect(200);
        }
        let long = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND pid <> pg_backend_pid() AND xact_start < now() - interval '2 seconds'";
        assert_eq!(world.count(long).await, 0);
        assert!(!is_over.load(Ordering::Relaxed));
        world.gateways.clear_faults();
        world.gateways.release_all();
    };
    let (answers, ()) = future::join(sales, watch).await;
    for answer in answers {
        answer.unwrap().expect(200);
    }
    world.expect_all_is_well().await;
}

#[tokio::test]
async fn a_connection_costs_one_descriptor_and_there_may_be_as_many_as_the_hard_limit_says() {
    const CONNECTIONS: usize = 100;
    let world = World::with(&[]).await;
    let server = world.server().await;
    let process = format!("/proc/{}", server.id());
    let limits = std::fs::read_to_string(format!("{process}/limits")).unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let numbers: Vec<&str> = files.unwrap().split_whitespace().skip(3).collect();
    assert_eq!(numbers[0], numbers[1], "soft and hard");

    let descriptors = || std::fs::read_dir(format!("{process}/fd")).unwrap().count();
    let before = descriptors();
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        let address = server.base.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream
            .write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
        open.push(stream);
    }
    // The database's connections come and go meanwhile.
    let more = descriptors() - before;
    assert!(
        (CONNECTIONS - 20..CONNECTIONS + 40).contains(&more),
        "{more}"
    );
}
