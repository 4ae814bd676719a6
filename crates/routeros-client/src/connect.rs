//! From settings to a logged-in connection.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use routeros_proto::connection::{CloseReason, Event};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::client::{Client, Peer};
use crate::connect_error::{ConnectError, Diagnosis, Stage};
use crate::host::Host;
use crate::link::Link;
use crate::login_failure::Failure;
use crate::moment::after;
use crate::options::{ConnectOptions, Tls};
#[cfg(feature = "tls")]
use crate::tls;

/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;
/// Time between keep-alive probes.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);
/// The shortest and longest time before the first probe that systems take: Linux holds it in 15
/// bits of seconds.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(32_767));

/// Connects, shakes hands, logs in. The connection lives in a task of its own on the present
/// runtime and closes with the last clone of the handle.
///
/// # Errors
/// [`ConnectError`], with a [`Diagnosis`] of what is probably wrong.
pub async fn connect(options: ConnectOptions) -> Result<Client, ConnectError> {
    // Kept off the caller's future: handshakes are large and happen once.
    Box::pin(establish(&options))
        .await
        .map_err(|error| error.to(&options.host, options.port))
}

/// Logs in on a stream that is connected already: a tunnel, a proxy, a test. Host, port, TLS and
/// address filter of the options are not used.
///
/// # Errors
/// [`ConnectError`] when the login does not succeed.
pub async fn connect_over<S>(stream: S, options: &ConnectOptions) -> Result<Client, ConnectError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    start(
        stream,
        Peer::default(),
        options,
        after(options.timeouts.login),
    )
    .await
}

/// Each step ends by its own time or by the total, and says itself that it did.
async fn establish(options: &ConnectOptions) -> Result<Client, ConnectError> {
    let latest = after(options.timeouts.total);
    let host = Host::parse(&options.host).map_err(ConnectError::invalid_settings)?;
    let tcp = dial(&host, options, latest).await?;
    let peer = Peer {
        address: tcp.peer_addr().ok(),
        fingerprint: None,
    };
    match &options.tls {
        Tls::Off => start(tcp, peer, options, latest).await,
        #[cfg(feature = "tls")]
        Tls::On(trust) => {
            let own = after(options.timeouts.tls);
            let (config, name) = tls::client_config(&host, trust)?;
            let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
            let handshake = async {
                let shaken = connector.connect(name, tcp).await;
                shaken.map_err(tls::failed)
            };
            let stream = timeout_at(own.min(latest), handshake)
                .await
                .unwrap_or_else(|_elapsed| {
                    // A handshake that had all its time was most probably not understood.
                    let diagnosis = if latest < own {
                        Diagnosis::TimedOut
                    } else {
                        Diagnosis::SpeaksPlain
                    };
                    Err(ConnectError::new(Stage::Tls, diagnosis))
                })?;
            let (_, session) = stream.get_ref();
            let fingerprint = tls::shown(session.peer_certificates());
            let peer = Peer {
                fingerprint,
                ..peer
            };
            start(stream, peer, options, latest).await
        }
    }
}

async fn start<S>(
    stream: S,
    peer: Peer,
    options: &ConnectOptions,
    latest: Instant,
) -> Result<Client, ConnectError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut link = Link::new(stream, options.protocol);
    let port = match options.tls {
        // Over a stream of the caller's the port means nothing.
        Tls::Off => peer.address.map(|_| options.port),
        #[cfg(feature = "rustls")]
        Tls::On(_) => None,
    };
    match log_in(&mut link, options, latest).await {
        Ok(()) => Ok(Client::start(link, peer, options)),
        Err(failure) => Err(failure.into_error(link.head(), port)),
    }
}

async fn log_in<S>(
    link: &mut Link<S>,
    options: &ConnectOptions,
    latest: Instant,
) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let now = link.now();
    let limit = options
        .timeouts
        .login
        .min(latest.saturating_duration_since(Instant::now()));
    let started =
        link.connection()
            .login(options.credentials.clone(), options.login, Some(limit), now);
    if started.is_err() {
        return Err(Failure::Closed(CloseReason::Aborted));
    }
    let mut alarm = pin!(sleep_until(after(limit)));
    loop {
        let error = link.error();
        while let Some(event) = link.connection().poll_event() {
            match event {
                Event::LoggedIn => return Ok(()),
                Event::LoginFailed(refusal) => return Err(Failure::Refused(refusal)),
                Event::Closed(reason) => {
                    return Err(match error {
                        Some(kind) => Failure::Io(kind),
                        None => Failure::Closed(reason.clone()),
                    });
                }
                Event::Call { .. } | Event::Stray(_) => {}
            }
        }
        poll_fn(|cx| {
            if link.poll(cx, true).is_ready() {
                return Poll::Ready(());
            }
            if alarm.as_mut().poll(cx).is_ready() {
                alarm.as_mut().reset(after(limit));
                link.tell_time();
                return Poll::Ready(());
            }
            Poll::Pending
        })
        .await;
    }
}

/// Resolves, filters and connects, all within `options.timeouts.connect` and by `latest`.
pub(crate) async fn dial(
    host: &Host,
    options: &ConnectOptions,
    latest: Instant,
) -> Result<TcpStream, ConnectError> {
    let deadline = after(options.timeouts.connect).min(latest);
    let resolved = timeout_at(deadline, resolve(host, options.port))
        .await
        .map_err(|_elapsed| ConnectError::new(Stage::Resolve, Diagnosis::TimedOut))?
        .map_err(|error| {
            ConnectError::new(Stage::Resolve, Diagnosis::NameNotFound).because(error)
        })?;
    if resolved.is_empty() {
        return Err(ConnectError::new(Stage::Resolve, Diagnosis::NameNotFound));
    }
    // The very addresses that were checked are dialled: a name that resolves differently a moment
    // later cannot get past the filter.
    let allowed: Vec<SocketAddr> = resolved
        .into_iter()
        .filter(|address| {
            options
                .address_filter
                .as_ref()
                .is_none_or(|filter| filter(*address))
        })
        .take(MAX_ADDRESSES)
        .collect();
    if allowed.is_empty() {
        return Err(ConnectError::new(
            Stage::Resolve,
            Diagnosis::AddressFiltered,
        ));
    }
    let tcp = first_reachable(&allowed, deadline).await?;
    tcp.set_nodelay(true)
        .map_err(|error| ConnectError::new(Stage::Dial, Diagnosis::Unreachable).because(error))?;
    if let Some(idle) = options.keepalive {
        keep_alive(&tcp, idle).map_err(|error| {
            let reason = "TCP keep-alive cannot be set".to_owned();
            ConnectError::new(Stage::Dial, Diagnosis::InvalidSettings(reason)).because(error)
        })?;
    }
    Ok(tcp)
}

async fn resolve(host: &Host, port: u16) -> io::Result<Vec<SocketAddr>> {
    match host {
        Host::Address(address) => Ok(vec![SocketAddr::new(*address, port)]),
        Host::Name(name) => Ok(lookup_host((name.as_str(), port)).await?.collect()),
    }
}

/// Tries one address after the other; each gets its share of what is left of the time.
async fn first_reachable(
    addresses: &[SocketAddr],
    deadline: Instant,
) -> Result<TcpStream, ConnectError> {
    let mut last = ConnectError::new(Stage::Dial, Diagnosis::Unreachable);
    for (tried, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let shares = u32::try_from(addresses.len() - tried).unwrap_or(1).max(1);
        match timeout_at(Instant::now() + left / shares, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => {
                let diagnosis = match error.kind() {
                    io::ErrorKind::ConnectionRefused => Diagnosis::Refused,
                    _ => Diagnosis::Unreachable,
                };
                last = ConnectError::new(Stage::Dial, diagnosis).because(error);
            }
            Err(_) => last = ConnectError::new(Stage::Dial, Diagnosis::TimedOut),
        }
    }
    Err(last)
}

fn keep_alive(tcp: &TcpStream, idle: Duration) -> io::Result<()> {
    let (shortest, longest) = KEEPALIVE;
    let probes = TcpKeepalive::new()
        .with_time(idle.clamp(shortest, longest))
        .with_interval(PROBE_INTERVAL);
    SockRef::from(tcp).set_tcp_keepalive(&probes)
}
