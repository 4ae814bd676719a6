//! Right and wrong configuration, and servers that start together.

use std::net::TcpListener;

use futures::future;
use reqwest::Method;
use test_support::postgres::TestDatabase;

use crate::harness::server::{Server, Variable};
use crate::harness::wait::until;
use crate::harness::world::World;

/// The required variables of README.md, and nothing else.
fn checklist(database_url: String) -> Vec<Variable> {
    let fixed = [
        ("JWT_APIKEY_SECRET", "strong_random_secret_for_api_keys_1"),
        ("JWT_SESSION_SECRET", "strong_random_secret_for_sessions_2"),
        ("SUPER_ADMIN_INITIAL_EMAIL", "admin@tuempresa.com"),
        ("SUPER_ADMIN_INITIAL_PASSWORD", "ClaveAdminFichas123!"),
        (
            "BACKEND_CORS_ORIGINS",
            "[\"https://portal.tuempresa.com\", \"http://localhost:5173\"]",
        ),
    ];
    let fixed = fixed.map(|(name, value)| (name, value.to_owned()));
    [("DATABASE_URL", database_url)]
        .into_iter()
        .chain(fixed)
        .collect()
}

async fn is_ready(world: &World, server: &Server) -> bool {
    let request = world
        .http
        .request(Method::GET, format!("{}/ready", server.base));
    let answer = world.http.send(request).await;
    answer.is_some_and(|answer| answer.status == 200)
}

#[tokio::test]
async fn all_problems_are_told_at_once_and_no_secret() {
    let environment: Vec<Variable> = [
        ("DATABASE_URL", "mysql://root:hunter2@db/shop"),
        ("JWT_APIKEY_SECRET", "hunter2"),
        ("SUPER_ADMIN_INITIAL_EMAIL", "nobody"),
        ("SUPER_ADMIN_INITIAL_PASSWORD", "hunter2"),
        ("BACKEND_CORS_ORIGINS", "portal.test"),
        ("ENCRYPTION_KEYS", "k1:hunter2"),
        ("BIND_ADDR", "here"),
        ("GATEWAY_TIMEOUT_MS", "soon"),
        ("ROUTER_ALLOWED_NETWORKS", "everywhere"),
        ("PUBLIC_BASE_URL", "ftp://u:hunter2@x"),
        ("TRUSTED_PROXIES", "somebody"),
        ("LOG_FORMAT", "xml"),
        ("WORKERS_ENABLED", "perhaps"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    for arguments in [&["serve"][..], &["--check-config"], &["migrate"]] {
        let mut server = Server::run(arguments, &environment);
        let status = server.ended().await;
        assert_eq!(status.code(), Some(2), "{arguments:?}");
        let told = server.log.text();
        for (name, _) in &environment {
            assert!(told.contains(name), "{name} in {told}");
        }
        // Not set at all.
        assert!(told.contains("JWT_SESSION_SECRET"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn the_checklist_alone_suffices() {
    let database = TestDatabase::empty().await;
    let mut environment = checklist(database.url());
    let mut checked = Server::run(&["--check-config"], &environment);
    let status = checked.ended().await;
    let told = checked.log.text();
    assert_eq!(status.code(), Some(0), "{told}");
    assert!(told.contains("warning: ENCRYPTION_KEYS"), "{told}");

    // The default port may be somebody else's on this machine.
    environment.push(("BIND_ADDR", "127.0.0.1:0".to_owned()));
    let server = Server::serve(&environment).await;
    let world = World::around(database, &[]).await;
    assert!(is_ready(&world, &server).await);
    assert!(server.log.contains("ENCRYPTION_KEYS"));
}

#[tokio::test]
async fn replicas_may_start_together_on_an_empty_database() {
    let world = World::around(TestDatabase::empty().await, &[]).await;
    let servers = future::join_all((0..3).map(|_| world.server())).await;
    for server in &servers {
        assert!(is_ready(&world, server).await, "{}", server.log.tail());
    }
    let owners = world.count("SELECT count(*) FROM usuarios WHERE rol = 'super_admin'");
    assert_eq!(owners.await, 1);
    world.open_shop(&servers[2]).await;
}

#[tokio::test]
async fn a_busy_port_is_told_in_one_line() {
    let world = World::with(&[]).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut server = world.server_with(&[("BIND_ADDR", &address)]).await;
    let status = server.ended().await;
    assert_eq!(status.code(), Some(1));
    let told = server.log.text();
    let lines = told
        .matches(&format!("cannot listen on {address}: "))
        .count();
    assert_eq!(lines, 1, "{told}");
}

#[tokio::test]
async fn a_database_that_is_away_is_told_in_one_line_and_without_its_password() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    drop(taken);
    let url = format!("postgresql://wifi:hunter2@{address}/nowhere");
    let mut environment = checklist(url);
    environment.push(("DATABASE_START_TIMEOUT_MS", "0".to_owned()));
    let mut server = Server::run(&["serve"], &environment);
    let status = server.ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(server.log.contains("no connection to the database"));
    assert!(!server.log.contains("hunter2"));
}

#[tokio::test]
async fn a_database_that_comes_up_late_is_waited_for() {
    let database = TestDatabase::empty().await;
    let real = database.url();
    let (_, at) = real.split_once('@').unwrap();
    let upstream = at.split('/').next().unwrap().to_owned();
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = door.local_addr().unwrap();
    drop(door);
    let mut environment = checklist(real.replace(&upstream, &address.to_string()));
    environment.push(("BIND_ADDR", "127.0.0.1:0".to_owned()));
    let server = Server::run(&["serve"], &environment);
    until("the server to miss its database", async || {
        server.log.contains("the database is not up").then_some(())
    })
    .await;
    // Only now there is somebody at its address.
    let door = tokio::net::TcpListener::bind(address).await.unwrap();
    let relaying = tokio::spawn(async move {
        loop {
            let (mut client, _) = door.accept().await.unwrap();
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let mut server = tokio::net::TcpStream::connect(upstream).await.unwrap();
                tokio::io::copy_bidirectional(&mut client, &mut server)
                    .await
                    .ok();
            });
        }
    });
    until("the server to listen", async || {
        server.log.contains("listening on ").then_some(())
    })
    .await;
    relaying.abort();
}

#[tokio::test]
async fn only_the_working_directory_is_searched_for_settings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "LOG_FORMAT=nonsense\n").unwrap();
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let mut problems = Vec::new();
    for place in [&below, folder.path()] {
        let told = std::process::Command::new(env!("CARGO_BIN_EXE_api-server"))
            .arg("--check-config")
            .current_dir(place)
            .env_clear()
            .output()
            .unwrap();
        problems.push(
            String::from_utf8(told.stderr)
                .unwrap()
                .contains("LOG_FORMAT"),
        );
    }
    assert_eq!(problems, [false, true]);
}

#[tokio::test]
async fn a_request_is_logged_with_who_asked_from_where_and_how_long_it_took() {
    let world = World::with(&[]).await;
    let server = world.server().await;
    let shop = world.open_shop(&server).await;
    let wish = crate::harness::wish::Wish::new(gateway_sim::Gateway::Conekta, "logged");
    world.buy(&server, &shop, &wish).await.unwrap().expect(200);
    let log = server.log.text();
    let line = log
        .lines()
        .find(|line| line.contains("pagar-conekta") && line.contains("request finished"))
        .unwrap_or_else(|| panic!("{log}"));
    for part in [
        "client=127.0.0.1",
        "caller=\"key_",
        "tenant=\"EMP_",
        "purchase=",
        "duration_ms=",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
