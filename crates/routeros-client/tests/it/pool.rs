//! The pool: sharing, probing, evicting, versions, the breaker.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use routeros_client::CallOptions;
use routeros_client::Command;
use routeros_client::ConnectOptions;
use routeros_client::{BreakerCounts, BreakerState, Pool, PoolConfig, PoolError};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::router::{Ask, Done, Router, options};

/// A router that counts and can be told to go silent.
struct Host {
    options: ConnectOptions,
    connections: Arc<AtomicUsize>,
    asks: mpsc::UnboundedReceiver<Ask>,
    /// Connections up to this number get no more answers.
    silent: watch::Sender<usize>,
}

impl Host {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut options = options();
        options.port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (told, asks) = mpsc::unbounded_channel();
        let (silent, quiet) = watch::channel(0);
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let (told, quiet) = (told.clone(), quiet.clone());
                tokio::spawn(async move {
                    let mut router = Router::new(tcp);
                    while let Some(ask) = router.ask().await {
                        drop(told.send(ask.clone()));
                        if *quiet.borrow() < number {
                            router.answer(&ask, Done, &[]).await;
                        }
                    }
                });
            }
        });
        Self {
            options,
            connections,
            asks,
            silent,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The paths of all commands since the last call, but for cancels, which nobody waits for.
    fn paths(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.asks.try_recv().ok())
            .map(|ask| ask.path)
            .filter(|path| path != "/cancel")
            .collect()
    }
}

fn config() -> PoolConfig {
    PoolConfig::default().with_failure_threshold(2)
}

fn pool(config: PoolConfig) -> Pool<u8> {
    Pool::new(config, Handle::current(), Arc::new(|| 0))
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn hello() -> Command {
    Command::new("/hello")
}

async fn use_once(pool: &Pool<u8>, options: &ConnectOptions) -> Result<(), PoolError> {
    let lease = pool.lease(&1, 1, soon(), || Ok(options.clone())).await?;
    lease.execute(hello()).await.unwrap();
    Ok(())
}

#[tokio::test]
async fn callers_share_one_connection() {
    let mut host = Host::start().await;
    let pool = pool(config());
    let uses = (0..20).map(|_| use_once(&pool, &host.options));
    for outcome in futures::future::join_all(uses).await {
        outcome.unwrap();
    }
    assert_eq!((host.connections(), pool.sessions()), (1, 1));
    let paths = host.paths();
    assert_eq!(paths.len(), 21, "a login and the commands: {paths:?}");
    assert_eq!(pool.breaker(&1), Some(BreakerState::Closed));
    assert_eq!(pool.breaker(&2), None);
}

#[tokio::test]
async fn a_crowded_connection_gets_company_up_to_the_cap() {
    let host = Host::start().await;
    let pool = pool(config().with_max_sessions(2).with_leases_per_session(1));
    let mut leases = Vec::new();
    for _ in 0..6 {
        let lease = pool.lease(&1, 1, soon(), || Ok(host.options.clone())).await;
        let lease = lease.unwrap();
        lease.execute(hello()).await.unwrap();
        leases.push(lease);
        tokio::task::yield_now().await;
    }
    while pool.sessions() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(host.connections(), 2);
}

#[tokio::test(start_paused = true)]
async fn leases_are_limited_and_waiting_for_one_is_bounded() {
    let host = Host::start().await;
    let pool = pool(config().with_max_leases(1));
    let held = pool
        .lease(&1, 1, soon(), || Ok(host.options.clone()))
        .await
        .unwrap();
    let refused = pool.lease(&1, 1, soon(), || Ok(host.options.clone())).await;
    assert!(matches!(refused, Err(PoolError::TimedOut)));
    drop(held);
    use_once(&pool, &host.options).await.unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_probed_before_use_and_replaced_when_dead() {
    let mut host = Host::start().await;
    let pool = pool(
        config()
            .with_probe_after(Duration::ZERO)
            .with_probe_timeout(Duration::from_millis(500)),
    );
    use_once(&pool, &host.options).await.unwrap();
    use_once(&pool, &host.options).await.unwrap();
    let probe = "/system/identity/print";
    assert_eq!(host.paths(), ["/login", "/hello", probe, "/hello"]);
    // The first connection goes silent, as one does that a firewall has forgotten.
    host.silent.send_replace(1);
    use_once(&pool, &host.options).await.unwrap();
    assert_eq!(host.paths(), [probe, "/login", "/hello"]);
    assert_eq!((host.connections(), pool.sessions()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn unused_connections_and_routers_are_let_go() {
    let host = Host::start().await;
    let pool = pool(config());
    use_once(&pool, &host.options).await.unwrap();
    assert_eq!(pool.sessions(), 1);
    tokio::time::sleep(config().idle_timeout * 2).await;
    assert_eq!(pool.sessions(), 0);
    assert_eq!(pool.breaker(&1), None, "forgotten");
}

#[tokio::test]
async fn a_new_version_replaces_the_old_and_serves_late_comers() {
    let (old, new) = (Host::start().await, Host::start().await);
    let pool = pool(config());
    let lease = pool
        .lease(&1, 1, soon(), || Ok(old.options.clone()))
        .await
        .unwrap();
    lease.execute(hello()).await.unwrap();
    let newer = pool
        .lease(&1, 2, soon(), || Ok(new.options.clone()))
        .await
        .unwrap();
    newer.execute(hello()).await.unwrap();
    lease
        .execute(hello())
        .await
        .expect("a lease in use stays good");
    drop(lease);
    let late = pool.lease(&1, 1, soon(), || panic!("the pool knows better"));
    late.await.unwrap().execute(hello()).await.unwrap();
    assert_eq!((old.connections(), new.connections()), (1, 1));
}

#[tokio::test]
async fn a_dead_router_fails_fast_and_is_tried_again() {
    let host = Host::start().await;
    let mut closed = host.options.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    closed.port = listener.local_addr().unwrap().port();
    drop(listener);
    let pool = pool(
        config()
            .with_backoff_first(Duration::from_secs(600))
            .with_backoff_max(Duration::from_secs(600)),
    );
    let lease = |key| {
        let options = if key == 1 {
            closed.clone()
        } else {
            host.options.clone()
        };
        let pool = pool.clone();
        async move { pool.lease(&key, 1, soon(), || Ok(options)).await }
    };
    for _ in 0..2 {
        assert!(matches!(lease(1).await, Err(PoolError::Connect(_))));
    }
    match lease(1).await {
        Err(PoolError::Suspended { last, retry_in }) => {
            assert!(last.unwrap().is_unreachable());
            assert!(retry_in.unwrap() > Duration::from_secs(240));
        }
        other => panic!("{other:?}"),
    }
    lease(2).await.expect("others are not concerned");
    let counts = BreakerCounts {
        closed: 1,
        open: 1,
        half_open: 0,
    };
    assert_eq!(pool.breakers(), counts);
}

#[tokio::test]
async fn a_trial_closes_the_breaker_when_the_router_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut options = options();
    options.port = address.port();
    let pool = pool(
        config()
            .with_failure_threshold(1)
            .with_backoff_first(Duration::ZERO),
    );
    for _ in 0..3 {
        let failed = pool.lease(&1, 1, soon(), || Ok(options.clone())).await;
        assert!(matches!(failed, Err(PoolError::Connect(_))));
        assert_eq!(pool.breaker(&1), Some(BreakerState::Open));
    }
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        Router::new(tcp).serve().await;
    });
    use_once(&pool, &options).await.unwrap();
    assert_eq!(pool.breaker(&1), Some(BreakerState::Closed));
}

#[tokio::test]
async fn silence_opens_the_breaker_too() {
    let host = Host::start().await;
    let pool = pool(
        config()
            .with_probe_timeout(Duration::from_millis(20))
            .with_backoff_first(Duration::from_secs(600))
            .with_backoff_max(Duration::from_secs(600)),
    );
    let mut options = host.options.clone();
    options.timeouts.login = Duration::from_millis(500);
    let lease = pool
        .lease(&1, 1, soon(), || Ok(options.clone()))
        .await
        .unwrap();
    lease.execute(hello()).await.unwrap();
    host.silent.send_replace(usize::MAX);
    let limit = CallOptions::timeout(Duration::from_millis(20));
    lease.execute_with(hello(), limit).await.unwrap_err();
    assert_eq!(pool.breaker(&1), Some(BreakerState::Closed));
    // The doubtful connection is probed, then replaced, which fails as well.
    let next = pool.lease(&1, 1, soon(), || Ok(options.clone())).await;
    assert!(matches!(next, Err(PoolError::Connect(_))), "{next:?}");
    assert_eq!(pool.breaker(&1), Some(BreakerState::Open));
}

#[test]
fn connections_outlive_the_runtime_of_who_asked() {
    let home = tokio::runtime::Runtime::new().unwrap();
    let pool: Pool<u8> = Pool::new(config(), home.handle().clone(), Arc::new(|| 0));
    let host = home.block_on(Host::start());
    for _ in 0..2 {
        // As an actix worker that comes and goes.
        let worker = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        worker.block_on(use_once(&pool, &host.options)).unwrap();
    }
    assert_eq!(host.connections(), 1);
}
