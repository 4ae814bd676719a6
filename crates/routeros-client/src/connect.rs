//! From settings to a logged-in connection.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;

use routeros_proto::connection::{CloseReason, Event};
use routeros_proto::login::LoginError;
use routeros_proto::trap::TrapClass;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::client::{Client, Peer};
use crate::connect_error::{ConnectError, Stage};
use crate::diagnosis::Diagnosis;
use crate::dial::dial;
use crate::host::Host;
use crate::link::{Head, Link};
use crate::options::ConnectOptions;
use crate::time::after;
use crate::tls::{self, Tls};

/// The port of `api-ssl`, unless moved.
const TLS_PORT: u16 = 8729;

/// Connects, shakes hands, logs in. The connection lives in a task of its own on the present
/// runtime and closes with the last clone of the handle.
///
/// # Errors
/// [`ConnectError`], with a [`Diagnosis`] of what is probably wrong.
pub async fn connect(options: ConnectOptions) -> Result<Client, ConnectError> {
    // Kept off the caller's future: handshakes are large and happen once.
    Box::pin(establish(&options)).await
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
    let mut peer = Peer {
        address: tcp.peer_addr().ok(),
        fingerprint: None,
    };
    match &options.tls {
        Tls::Off => start(tcp, peer, options, latest).await,
        Tls::On(trust) => {
            let own = after(options.timeouts.tls);
            let handshake = tls::handshake(tcp, &host, trust);
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
            peer.fingerprint = tls::fingerprint(&stream);
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
        Tls::On(_) => None,
    };
    match log_in(&mut link, options, latest).await {
        Ok(()) => Ok(Client::start(link, peer, options)),
        Err(failure) => {
            let diagnosis = failure.diagnose(link.head(), port);
            let error = ConnectError::new(Stage::Login, diagnosis);
            Err(match failure {
                Failure::Refused(refusal) => error.because(refusal),
                Failure::Closed(reason) => error.because(reason),
                Failure::Io(kind) => error.because(io::Error::from(kind)),
            })
        }
    }
}

/// Why a login did not come to a good end.
enum Failure {
    Refused(LoginError),
    Closed(CloseReason),
    Io(io::ErrorKind),
}

impl Failure {
    /// `port` is that of a plain connection.
    fn diagnose(&self, head: Head, port: Option<u16>) -> Diagnosis {
        let spoken = if head.is_tls_alert() || (head.is_empty() && port == Some(TLS_PORT)) {
            Some(Diagnosis::SpeaksTls)
        } else if head.may_be_reply() {
            None
        } else {
            Some(Diagnosis::NotRouterOs)
        };
        match self {
            Self::Refused(LoginError::Refused(trap)) => match trap.class() {
                TrapClass::Permission => Diagnosis::MissingPolicy,
                TrapClass::Transient | TrapClass::Interrupted => Diagnosis::Overloaded,
                _ => Diagnosis::WrongCredentials,
            },
            Self::Refused(LoginError::TimedOut) => spoken.unwrap_or(Diagnosis::Silent),
            Self::Refused(LoginError::NoChallenge | LoginError::UnexpectedChallenge) => {
                Diagnosis::LoginMethod
            }
            Self::Refused(_) => Diagnosis::NotRouterOs,
            Self::Closed(CloseReason::Fatal(_)) => Diagnosis::ClosedEarly,
            Self::Closed(CloseReason::Protocol(_) | CloseReason::NotAReply) => {
                spoken.unwrap_or(Diagnosis::NotRouterOs)
            }
            Self::Closed(_) | Self::Io(_) => spoken.unwrap_or(Diagnosis::ClosedEarly),
        }
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
