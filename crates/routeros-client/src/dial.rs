//! From a host name to a TCP connection, past the address filter.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::connect_error::{ConnectError, Stage};
use crate::diagnosis::Diagnosis;
use crate::host::Host;
use crate::options::ConnectOptions;
use crate::time::after;

/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;
/// Time between keep-alive probes.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);
/// The shortest and longest time before the first probe that systems take: Linux holds it in 15
/// bits of seconds.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(32_767));

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
