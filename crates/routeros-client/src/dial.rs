//! From a host name to a TCP connection, past the address filter.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::connect_error::{ConnectError, Stage};
use crate::diagnosis::Diagnosis;
use crate::options::ConnectOptions;

/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;
/// Time between keep-alive probes.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);

/// Resolves, filters and connects, all within `options.timeouts.connect`.
pub(crate) async fn dial(options: &ConnectOptions) -> Result<TcpStream, ConnectError> {
    let deadline = Instant::now() + options.timeouts.connect;
    let resolved = timeout_at(deadline, resolve(&options.host, options.port))
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
    tune(&tcp, options.keepalive)
        .map_err(|error| ConnectError::new(Stage::Dial, Diagnosis::Unreachable).because(error))?;
    Ok(tcp)
}

async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    match host.parse::<IpAddr>() {
        Ok(address) => Ok(vec![SocketAddr::new(address, port)]),
        Err(_) => Ok(lookup_host((host, port)).await?.collect()),
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

fn tune(tcp: &TcpStream, keepalive: Duration) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let probes = TcpKeepalive::new()
        .with_time(keepalive)
        .with_interval(PROBE_INTERVAL);
    SockRef::from(tcp).set_tcp_keepalive(&probes)
}
